"""Article 21: what is tolerated or was diligent is no error: nobody is called to account for it."""

from typing import Any

import pytest

from tests.acceptance import story
from tests.acceptance.office import Office

pytestmark = pytest.mark.article("21")


def concluded(office: Office, outcome: str, ground: str, **more: Any) -> int:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case, established_grounds=[ground])
    if "legal_review" in office.waiting(case):
        office.do("sun", case, "legal_review", legal_opinion="passed", legal_comment="同意。")
    if "told_of_proposal" in office.waiting(case):
        office.do(story.SUBJECT, case, "told_of_proposal", defence_answer="none")
    story.hold_meeting(office, case, outcome)
    story.conclude(office, case, outcome, adopted_grounds=[ground], **more)
    return case


def measures(office: Office) -> list[dict[str, str]]:
    return [{"person": story.SUBJECT, "measure": story.first_of(office, "dispositions"), "detail": ""}]


@pytest.mark.parametrize(("outcome", "ground"), [("tolerated", "16.2"), ("diligent", "15.1")])
def test_nobody_is_called_to_account_even_if_a_measure_is_sent_along(office: Office, outcome: str, ground: str) -> None:
    matters = [{"item": "依据", "requirement": "核对"}] if outcome == "tolerated" else []
    more = {"correction_matters": matters} if matters else {}
    case = concluded(office, outcome, ground, dispositions=measures(office), **more)

    assert office.view(case).header.outcome == outcome
    assert "accountability" not in office.waiting(case)
    assert not office.variables(case).get("dispositions")


def test_leniency_is_another_thing_and_its_measure_is_carried_out(office: Office) -> None:
    case = concluded(office, "mitigated_liability", "17.1", dispositions=measures(office))

    assert "accountability" in office.waiting(case)
