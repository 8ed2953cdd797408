"""Articles 23 and 24: correction within a time limit, extension on request, follow-up and relapse."""

import pytest

from tests.acceptance import story
from tests.acceptance.office import Office


def in_correction(office: Office) -> int:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case)
    story.hold_meeting(office, case, "tolerated")
    story.conclude(office, case, "tolerated", correction_matters=[{"item": "依据", "requirement": "核对"}])
    story.order_correction(office, case)
    return case


@pytest.mark.article(23)
def test_an_extension_is_asked_granted_and_every_deadline_is_kept(office: Office) -> None:
    case = in_correction(office)
    before = story.day(office, 30)

    office.say(
        story.SUBJECT,
        case,
        "extension_requested",
        extension_reason="制度修订需要时间。",
        extension_wanted_until=story.day(office, 45),
    )
    office.do(
        "xie",
        case,
        "decide_extension",
        extension_decision="granted",
        extended_until=story.day(office, 45),
        extension_comment="同意。",
    )

    assert "rectify" in office.waiting(case)
    office.advance(days=31)
    assert "urge" not in office.waiting(case)
    assert before < story.day(office)


@pytest.mark.article(23)
def test_an_overdue_correction_is_urged_again_every_seven_days(office: Office) -> None:
    case = in_correction(office)

    office.advance(days=32)
    assert office.waiting(case).count("urge") == 1
    office.advance(days=7)
    assert office.waiting(case).count("urge") == 2


@pytest.mark.article(23)
def test_a_correction_that_lacks_something_goes_back(office: Office) -> None:
    case = in_correction(office)
    story.rectify(office, case)
    story.verify(office, case, "returned")

    assert "rectify" in office.waiting(case)
    story.rectify(office, case)
    story.verify(office, case)
    assert "rectify" not in office.waiting(case)


@pytest.mark.article(24)
def test_a_relapse_found_at_a_visit_opens_a_new_correction(office: Office) -> None:
    case = in_correction(office)
    story.rectify(office, case)
    story.verify(office, case)
    (follow_up,) = office.linked(case)
    assert office.waiting(follow_up) == []

    office.advance(days=30)
    office.do("xie", follow_up, "visit", visited_on=story.day(office), visit_result="relapse", visit_note="复发。")
    office.do("song", follow_up, "supplement_archive", supplement_archive_number="2026-1-1")

    (again,) = office.linked(follow_up)
    assert office.waiting(again) == ["order"]
    assert office.view(again).header.process_id == "correction"


@pytest.mark.article(23)
def test_only_the_subject_or_the_starter_asks_for_an_extension(office: Office) -> None:
    case = in_correction(office)

    answer = office.try_to_say(
        "xie", case, "extension_requested", extension_reason="……", extension_wanted_until=story.day(office, 45)
    )

    assert answer.status_code == 403
    assert "decide_extension" not in office.waiting(case)


@pytest.mark.article(20)
def test_the_applicant_withdraws_and_the_leader_approves(office: Office) -> None:
    case = story.apply_as_individual(office)
    office.say(story.SUBJECT, case, "withdrawal_requested", withdrawal_reason="已另行解决。")

    office.do("wang", case, "approve_withdrawal", withdrawal_decision="approved", withdrawal_comment="同意。")

    assert office.view(case).header.state == "ended"
