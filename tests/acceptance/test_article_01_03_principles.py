"""Articles 1 and 3: the help states purpose and principles; every hand-over and every reading is on record."""

import pytest

from engine.store.unit_of_work import Statement, read_only
from tests.acceptance import story
from tests.acceptance.office import Office

READINGS = Statement("SELECT person_id, what FROM reading WHERE case_id = :case_id ORDER BY id")


def readings(office: Office, case: int) -> list[tuple[str, str]]:
    with read_only(office.runtime.database) as uow:
        return [(row.person_id, row.what) for row in uow.all(READINGS, case_id=case)]


@pytest.mark.article("1")
@pytest.mark.article("3")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_help_states_purpose_and_principles_to_everybody(office: Office, language: str) -> None:
    client = office.browser("chen")
    client.set_cookie("language", language)

    page = client.get("/help/trace").text

    for number in ("1", "3"):
        article = office.runtime.articles[number]
        assert article.title_in(language) in page
        assert article.text_in(language) in page
    assert office.runtime.articles["3"].text_in("en") != office.runtime.articles["3"].text


@pytest.mark.article("3")
@pytest.mark.article("11")
def test_every_reading_of_a_case_is_on_record(office: Office) -> None:
    case = story.apply_as_individual(office)
    before = readings(office, case)

    assert office.browser("feng").get(f"/cases/{case}").status_code == 200
    assert office.browser("chen").get(f"/cases/{case}").status_code == 200
    assert office.browser("liu").get(f"/cases/{case}").status_code == 404

    added = readings(office, case)[len(before) :]
    assert [person for person, _what in added] == ["feng", "chen"]


@pytest.mark.article("3")
def test_every_hand_over_is_on_record_with_who_did_it(office: Office) -> None:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    story.investigate(office, case)

    done = [(row.element_id, row.actor) for row in office.view(case).history if row.what == "submitted"]

    assert done == [
        ("individual", "chen"),
        ("accept", "zhang"),
        ("approve_start", "wang"),
        ("form_team", "wang"),
        ("collect_evidence", "zhao"),
        ("hear_subject", "qian"),
        ("show_facts", "chen"),
        ("write_report", "zhao"),
        ("countersign", "qian"),
    ]


@pytest.mark.article("3")
def test_no_step_is_done_before_its_turn(office: Office) -> None:
    case = story.apply_as_individual(office)

    assert office.waiting(case) == ["accept"]
    # Not even a supervisor may do it in the registrar's place.
    answer = office.try_to_do(
        "feng", case, "accept", proposal="accepted", within_scope="yes", acceptance_reason="属于。"
    )
    assert answer.status_code == 403
    assert office.waiting(case) == ["accept"]
