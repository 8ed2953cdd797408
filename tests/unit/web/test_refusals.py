"""Why this person may not do this task, in the words of the reader."""

import re
from collections.abc import Callable

import pytest

from engine.domain.actor import SYSTEM
from engine.services import deployments
from engine.services.runtime import Runtime
from tests.unit.web.conftest import DIAGRAM, FILES, Browser

LogIn = Callable[[str], Browser]

SECOND_STEP = """<bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="approve"/>
    <bpmn:userTask id="approve" name="批准" camunda:candidateGroups="officer,office" rongcuo:separateFrom="check">
      <bpmn:incoming>f2</bpmn:incoming>
      <bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f3" sourceRef="approve" targetRef="done"/>"""
TWO_STEPS = DIAGRAM.replace('<bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="done"/>', SECOND_STEP).replace(
    "<bpmn:incoming>f2</bpmn:incoming>\n    </bpmn:endEvent>", "<bpmn:incoming>f3</bpmn:incoming>\n    </bpmn:endEvent>"
)


@pytest.fixture
def two_steps(runtime: Runtime) -> None:
    deployments.deploy(runtime, {**FILES, "leave.bpmn": TWO_STEPS.encode()}, actor=SYSTEM, comment="two steps")


def _task(browser: Browser, tab: str = "groups") -> str:
    return re.findall(r'href="(/tasks/\d+)"', browser.get(f"/inbox?tab={tab}").text)[0]


def _flash(page: str) -> str:
    return re.findall(r'<div class="flash warn" role="status"><p>(.*?)</p>', page)[0]


@pytest.mark.article(12)
@pytest.mark.usefixtures("two_steps", "case_id")
def test_whoever_did_the_step_is_told_which_one_bars_him_from_checking_it(logged_in: LogIn) -> None:
    ann = logged_in("ann")
    check = _task(ann)
    assert ann.post(check, answer="yes", _version="1").status_code == 303
    approve = _task(ann)

    assert _flash(ann.get(approve).text) == (
        "您办理过“审核申请”，此环节是对它的复核，按职责分离的规定不能由您办理。 您可以查看，不能办理。"
    )
    ann.post("/language", language="en", next="/inbox")
    assert _flash(ann.get(approve).text) == (
        "You did “审核申请”, which this step checks: separation of duties forbids that you do both. "
        "You may read, not act."
    )
    assert ann.post(f"{approve}/claim").status_code == 403
    assert 'role="status"' not in logged_in("eve").get(approve).text


def test_whoever_comes_second_is_told_who_has_the_task_since_when(logged_in: LogIn, task_id: int) -> None:
    logged_in("ann").post(f"/tasks/{task_id}/claim")
    bob = logged_in("bob")
    bob.post("/language", language="en", next="/inbox")

    assert (
        _flash(bob.get(f"/tasks/{task_id}").text)
        == "安娜 claimed this task on 2026-11-23 09:30. You may read, not act."
    )


def test_whoever_sees_the_case_but_is_not_asked_reads_whom_the_task_is_for(logged_in: LogIn, task_id: int) -> None:
    sue = logged_in("sue")

    assert _flash(sue.get(f"/tasks/{task_id}").text) == "此事项只由 经办人 办理，您不在其中。 您可以查看，不能办理。"
    sue.post("/language", language="en", next="/inbox")
    assert (
        _flash(sue.get(f"/tasks/{task_id}").text)
        == "This task is for Officers; you are not among them. You may read, not act."
    )


def test_a_done_task_says_who_did_it_and_when(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")
    ann.post(f"/tasks/{task_id}", answer="yes", _version="1")

    assert _flash(ann.get(f"/tasks/{task_id}").text) == "此事项已由 安娜 于 2026-11-23 09:30 办结。"


@pytest.mark.usefixtures("task_id")
def test_the_stage_is_called_in_the_language_of_the_reader(logged_in: LogIn, runtime: Runtime) -> None:
    object.__setattr__(runtime, "labels", {"en": {"check": "Check the request"}})
    sue = logged_in("sue")

    assert "审核申请" in sue.get("/supervision").text
    sue.post("/language", language="en", next="/inbox")
    page = sue.get("/supervision").text
    assert "<td>Check the request</td>" in page
    assert "<td>Officers</td>" in page
