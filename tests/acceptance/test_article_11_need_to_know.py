"""Article 11: who has no part in a case learns nothing of it."""

import pytest

from tests.acceptance import story
from tests.acceptance.office import Office
from tests.acceptance.test_article_10_evidence import SCAN, collected, inquiry, upload

pytestmark = pytest.mark.article("11")
WORDS = "加油站"


def test_an_outsider_finds_neither_the_case_nor_its_task_nor_its_file(office: Office) -> None:
    case = inquiry(office)
    file_id = upload(office, "zhao", SCAN)
    office.do("zhao", case, "collect_evidence", none_against="无。", **collected(office, document=[file_id]))
    task = office.task(case, "hear_subject").id
    number = office.view(case).header.number

    for path in (f"/cases/{case}", f"/tasks/{task}", f"/files/{file_id}"):
        assert office.browser("liu").get(path).status_code == 404, path
        with office.browser("zhao").get(path) as own:
            assert own.status_code == 200, path
    for path in (f"/search?q={WORDS}", f"/search?q={number}", "/cases", f"/cases?q={WORDS}", "/inbox"):
        assert f"/cases/{case}" not in office.browser("liu").get(path).text, path
    assert f"/cases/{case}" in office.browser("zhao").get(f"/search?q={WORDS}").text


def test_an_outsider_is_told_the_same_as_of_a_case_that_does_not_exist(office: Office) -> None:
    case = story.apply_as_individual(office)
    outsider = office.browser("liu")

    assert outsider.get(f"/cases/{case}").status_code == outsider.get("/cases/1").status_code == 404
    assert office.try_to_say("liu", case, "withdraw").status_code == 404


def test_a_file_that_is_in_no_case_yet_is_seen_by_who_uploaded_it_only(office: Office) -> None:
    file_id = upload(office, "zhao", SCAN)

    assert office.browser("qian").get(f"/files/{file_id}").status_code == 404
    with office.browser("zhao").get(f"/files/{file_id}") as own:
        assert own.data == SCAN


def test_supervision_is_for_supervisors(office: Office) -> None:
    story.apply_as_individual(office)

    assert office.browser("liu").get("/supervision").status_code == 403
    assert WORDS in office.browser("feng").get("/supervision").text
