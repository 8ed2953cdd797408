"""Article 26: a case stays under the rules that were in force when it began."""

import pytest

from engine.domain.actor import SYSTEM
from engine.services import deployments
from rongcuo.bootstrap import diagram_files
from tests.acceptance import story
from tests.acceptance.office import Office

pytestmark = pytest.mark.article("26")


def test_a_case_keeps_the_process_forms_and_decisions_with_which_it_began(office: Office) -> None:
    earlier = story.apply_as_individual(office)
    files = diagram_files()
    changed = files["accept.form"].replace("受理".encode(), "收件".encode())
    assert changed != files["accept.form"]

    deployments.deploy(office.runtime, files | {"accept.form": changed}, actor=SYSTEM, comment="修订")
    later = story.apply_as_individual(office)

    assert [office.view(case).header.version for case in (earlier, later)] == [1, 2]
    assert ["收件" in accept_page(office, case) for case in (earlier, later)] == [False, True]
    for case in (earlier, later):
        story.accept(office, case)
        assert office.waiting(case) == ["approve_start"]
    assert [office.view(case).header.version for case in (earlier, later)] == [1, 2]


def accept_page(office: Office, case: int) -> str:
    return office.browser("zhang").get(f"/tasks/{office.task(case, 'accept').id}").text
