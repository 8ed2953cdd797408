"""A case of the regulation from its start to the archive, one for each origin and each outcome."""

import pytest

from tests.acceptance import story
from tests.acceptance.office import Office


@pytest.mark.article(4)
@pytest.mark.article(20)
@pytest.mark.article(22)
def test_an_individual_applies_is_tolerated_corrects_and_the_case_is_archived(office: Office) -> None:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case, dissent=True)
    story.hold_meeting(office, case, "tolerated")
    story.conclude(office, case, "tolerated", correction_matters=[{"item": "依据", "requirement": "核对"}])

    # Article 22: correction and notice start together, neither waits for the other.
    assert office.waiting(case) == ["draft_notice", "order"]
    story.draft_notice(office, case)
    office.advance(days=6)
    story.serve(office, case)
    assert "notice_overdue" not in office.waiting(case)
    (clock,) = [clock for clock in office.view(case).clocks if clock.name == "notice"]
    assert clock.state == "met"
    story.publish_and_file(office, case)

    story.order_correction(office, case)
    story.rectify(office, case)
    story.verify(office, case)
    story.close_and_archive(office, case)

    view = office.view(case)
    assert (view.header.state, view.header.outcome) == ("ended", "tolerated")
    assert view.chain_intact
    assert len(office.linked(case)) == 1


@pytest.mark.article(12)
@pytest.mark.article(20)
def test_a_dissent_sends_the_report_back_once_and_then_goes_along(office: Office) -> None:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case, dissent=True)

    assert office.waiting(case) == ["convene"]
    assert [dissent["reason"] for dissent in office.variables(case)["dissents"]] == ["保留意见。"]


@pytest.mark.article(19)
@pytest.mark.article(18)
def test_a_case_of_the_unit_ends_without_tolerance_and_its_disposition_is_carried_out(office: Office) -> None:
    case = story.open_by_unit(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case, established_grounds=["19"], report_proposal="不予容错。")
    if "legal_review" in office.waiting(case):
        office.do("sun", case, "legal_review", legal_opinion="passed", legal_comment="程序合法。")
    # An adverse proposal is told to the subject before anything is decided.
    office.do(story.SUBJECT, case, "told_of_proposal", defence_answer="none")
    story.hold_meeting(office, case, "not_tolerated")
    story.conclude(
        office,
        case,
        "not_tolerated",
        adopted_grounds=["19"],
        dispositions=[{"person": story.SUBJECT, "measure": story.first_of(office, "dispositions"), "detail": ""}],
    )

    assert office.waiting(case) == ["accountability", "draft_notice"]
    story.give_notice(office, case)
    story.publish_and_file(office, case)
    office.do(
        "tang",
        case,
        "accountability",
        execution_result="executed",
        executed_on=story.day(office),
        execution_note="已谈话。",
    )
    story.close_and_archive(office, case)
    assert office.view(case).header.outcome == "not_tolerated"


@pytest.mark.article(25)
def test_a_complaint_found_untrue_is_answered_and_the_name_cleared(office: Office) -> None:
    case = story.open_for_complaint(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case, facts_finding="untrue", malicious_suspected=True)
    if "legal_review" in office.waiting(case):
        office.do("sun", case, "legal_review", legal_opinion="passed", legal_comment="同意。")
    story.hold_meeting(office, case, "untrue")
    story.conclude(office, case, "untrue", adopted_grounds=[], malicious=True)

    assert office.waiting(case) == ["clarify_name", "complaint_feedback", "draft_notice"]
    story.give_notice(office, case)
    story.publish_and_file(office, case)
    office.do(
        "han",
        case,
        "complaint_feedback",
        feedback_kind="answer",
        feedback_text="经查不属实。",
        feedback_on=story.day(office),
    )
    office.do(
        "han",
        case,
        "clarify_name",
        clarify_way="会议通报",
        clarify_scope="本局",
        clarified_on=story.day(office),
        clarify_text="经查不属实。",
    )
    story.close_and_archive(office, case)
    assert office.view(case).header.state == "ended"


@pytest.mark.parametrize(
    ("outcome", "finding", "grounds"),
    [
        pytest.param("diligent", "substantiated", ["15.1"], marks=pytest.mark.article(15)),
        pytest.param("tolerated", "substantiated", ["16.2"], marks=pytest.mark.article(16)),
        pytest.param("mitigated_liability", "substantiated", ["17.1"], marks=pytest.mark.article(17)),
        pytest.param("discipline_waived", "substantiated", ["17.1"], marks=pytest.mark.article(18)),
        pytest.param("not_tolerated", "substantiated", [], marks=pytest.mark.article(19)),
        pytest.param("untrue", "untrue", [], marks=pytest.mark.article(25)),
        pytest.param("unproven", "unproven", [], marks=pytest.mark.article(25)),
    ],
)
def test_every_outcome_can_be_suggested_concluded_and_starts_the_notice(
    office: Office, outcome: str, finding: str, grounds: list[str]
) -> None:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    more = {"minor_fault": True, "small_harm": True} if outcome == "discipline_waived" else {}
    story.investigate(office, case, facts_finding=finding, established_grounds=grounds, **more)
    if "legal_review" in office.waiting(case):
        office.do("sun", case, "legal_review", legal_opinion="passed", legal_comment="同意。")
    if "told_of_proposal" in office.waiting(case):
        office.do(story.SUBJECT, case, "told_of_proposal", defence_answer="none")
    assert office.variables(case)["suggestion"]["outcome"] == outcome

    story.hold_meeting(office, case, outcome)
    matters = {"correction_matters": [{"item": "依据", "requirement": "核对"}]} if outcome == "tolerated" else {}
    story.conclude(office, case, outcome, adopted_grounds=grounds, **matters)

    assert "draft_notice" in office.waiting(case)
    assert ("order" in office.waiting(case)) == (outcome == "tolerated")
    assert office.view(case).header.outcome == outcome


@pytest.mark.article(19)
def test_abuse_of_power_bars_tolerance_even_when_the_chair_concludes_it(office: Office) -> None:
    case = story.open_by_unit(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case, established_grounds=["19"])
    if "legal_review" in office.waiting(case):
        office.do("sun", case, "legal_review", legal_opinion="passed", legal_comment="同意。")
    office.do(story.SUBJECT, case, "told_of_proposal", defence_answer="none")
    story.hold_meeting(office, case, "tolerated")

    story.conclude(
        office,
        case,
        "tolerated",
        adopted_grounds=["19"],
        correction_matters=[{"item": "依据", "requirement": "核对"}],
    )

    assert office.waiting(case) == ["conclude"]


@pytest.mark.article(2)
@pytest.mark.article(20)
def test_a_refused_application_ends_with_a_notice_of_refusal(office: Office) -> None:
    case = story.apply_as_individual(office)
    story.accept(office, case, "supplement", supplement_wanted="补充检查记录。")
    office.do(story.SUBJECT, case, "supplement", supplement_text="已补充。")
    story.accept(office, case, "refused", within_scope="no")
    story.approve_start(office, case)
    office.do("zhang", case, "issue_refusal", refusal_text="不属于适用范围。", refusal_served_on=story.day(office))

    assert office.view(case).header.state == "ended"


@pytest.mark.article(20)
def test_a_supplement_that_does_not_come_goes_back_to_the_registrar(office: Office) -> None:
    case = story.apply_as_individual(office)
    story.accept(office, case, "supplement", supplement_wanted="补充检查记录。")

    office.advance(days=14)

    assert office.waiting(case) == ["accept"]


def test_no_majority_leads_to_another_meeting(office: Office) -> None:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case)
    story.hold_meeting(
        office, case, "tolerated", votes={"wang": "agree", "ma": "disagree", "hu": "agree", "guo": "abstain"}
    )

    office.do("ma", case, "decide_next", deliberation_next="meeting", next_reason="未形成多数。")

    assert office.waiting(case) == ["convene"]
