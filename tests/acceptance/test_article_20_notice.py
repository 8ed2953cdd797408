"""Article 20: unit and parties are told within seven days of the decision."""

import pytest

from tests.acceptance import story
from tests.acceptance.office import Office

pytestmark = pytest.mark.article(20)


def decided(office: Office) -> int:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case)
    story.hold_meeting(office, case, "diligent")
    story.conclude(office, case, "diligent")
    return case


def notice_clock(office: Office, case: int) -> object:
    (clock,) = [clock for clock in office.view(case).clocks if clock.name == "notice"]
    return clock.state, clock.starts.isoformat(), clock.target.isoformat(), clock.last_day.isoformat()


def test_the_day_of_the_resolution_is_not_counted(office: Office) -> None:
    case = decided(office)

    assert notice_clock(office, case) == ("running", "2026-11-20", "2026-11-27", "2026-11-27")


def test_a_notice_served_on_day_six_is_in_time(office: Office) -> None:
    case = decided(office)
    story.draft_notice(office, case)
    office.advance(days=6)
    story.serve(office, case)

    assert notice_clock(office, case) == ("met", "2026-11-20", "2026-11-27", "2026-11-27")
    assert office.variables(case)["notice_in_time"] is True


def test_a_notice_missed_on_day_eight_is_escalated_and_stays_late_when_served(office: Office) -> None:
    case = decided(office)
    story.draft_notice(office, case)
    office.advance(days=7, hours=14, minutes=59)
    assert "notice_overdue" not in office.waiting(case)

    office.advance(minutes=1)

    assert "notice_overdue" in office.waiting(case)
    assert notice_clock(office, case) == ("missed", "2026-11-20", "2026-11-27", "2026-11-27")
    office.advance(days=1)
    story.serve(office, case)
    assert notice_clock(office, case) == ("met_late", "2026-11-20", "2026-11-27", "2026-11-27")
    assert office.variables(case)["notice_in_time"] is False


def test_the_office_is_reminded_before_the_target(office: Office) -> None:
    case = decided(office)

    office.advance(days=3)

    assert office.variables(case)["notice_reminded_on"].isoformat() == "2026-11-23"


def test_whoever_drafted_the_notice_does_not_check_it(office: Office) -> None:
    case = decided(office)
    office.do(
        "luo",
        case,
        "draft_notice",
        notice_title="告知书",
        notice_text="……",
        recipients=[{"name": "执法科", "kind": "unit"}],
    )

    answer = office.try_to_do("luo", case, "review_notice", notice_review="passed")

    assert answer.status_code == 403
    assert office.waiting(case) == ["review_notice"]
