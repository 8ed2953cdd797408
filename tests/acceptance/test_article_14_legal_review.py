"""Article 14: a major case goes through legal review before it is deliberated."""

from typing import Any

import pytest

from tests.acceptance import story
from tests.acceptance.office import Office

pytestmark = pytest.mark.article("14")


def investigated(office: Office, **report: Any) -> int:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case, **report)
    return case


@pytest.mark.parametrize(("loss", "waiting"), [("99999.99", "convene"), ("100000", "legal_review")])
def test_a_loss_at_the_configured_line_makes_the_case_major(office: Office, loss: str, waiting: str) -> None:
    case = investigated(office, found_loss=loss)

    assert office.waiting(case) == [waiting]


def test_whoever_investigated_does_not_do_the_legal_review(office: Office) -> None:
    case = investigated(office, found_loss="100000")

    answer = office.try_to_do("zhao", case, "legal_review", legal_opinion="passed", legal_comment="同意。")

    assert answer.status_code == 403
    assert office.waiting(case) == ["legal_review"]


def test_deliberation_follows_a_review_that_was_passed(office: Office) -> None:
    case = investigated(office, found_loss="100000")

    office.do("sun", case, "legal_review", legal_opinion="passed", legal_comment="程序合法。")

    assert office.waiting(case) == ["convene"]


def test_a_review_that_finds_fault_sends_the_report_back(office: Office) -> None:
    case = investigated(office, found_loss="100000")

    office.do("sun", case, "legal_review", legal_opinion="returned", legal_comment="依据不全。")

    assert office.waiting(case) == ["write_report"]
