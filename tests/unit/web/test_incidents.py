"""Incidents on the supervisor's screen: grouped by cause, tried again one by one or all at once."""

import re
from collections.abc import Callable

import pytest

from engine.domain.actor import SYSTEM
from engine.services import deployments
from engine.services.runtime import LiveCases, Runtime
from engine.store import variables
from engine.store.unit_of_work import unit_of_work
from tests.unit.web.conftest import DIAGRAM, FILES, Browser

LogIn = Callable[[str], Browser]

FORKED = DIAGRAM.replace(
    '<bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="done"/>',
    """<bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="which"/>
    <bpmn:exclusiveGateway id="which" name="金额"><bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:exclusiveGateway>
    <bpmn:sequenceFlow id="f3" sourceRef="which" targetRef="done">
      <bpmn:conditionExpression>=amount &gt; 5</bpmn:conditionExpression>
    </bpmn:sequenceFlow>""",
).replace(
    "<bpmn:incoming>f2</bpmn:incoming>\n    </bpmn:endEvent>", "<bpmn:incoming>f3</bpmn:incoming>\n    </bpmn:endEvent>"
)


@pytest.fixture
def stuck(runtime: Runtime, logged_in: LogIn) -> list[int]:
    """Two cases that stand still at the same gateway for the same reason."""
    deployments.deploy(runtime, {**FILES, "leave.bpmn": FORKED.encode()}, actor=SYSTEM, comment="forked")
    ann = logged_in("ann")
    for number in ("one", "two"):
        ann.post("/start/leave/ask", reason=number, _key=number)
        (task,) = re.findall(r'href="(/tasks/\d+)"', ann.get("/inbox?tab=groups").text)[:1]
        assert ann.post(task, answer="yes", _version="1").status_code == 303
    sue = logged_in("sue").get("/supervision").text
    return [int(case) for case in re.findall(r'name="incident".*?href="/cases/(\d+)"', sue)]


def _ticks(page: str) -> list[str]:
    return re.findall(r'name="incident" value="(\d+)" checked', page)


def _mend(runtime: Runtime, case_id: int) -> None:
    with unit_of_work(runtime.database) as uow:
        variables.write(uow, case_id, {("", "amount"): 9}, [])
    runtime.live = LiveCases()


def test_cases_stopped_by_one_cause_stand_together(stuck: list[int], logged_in: LogIn) -> None:
    page = logged_in("sue").get("/supervision").text

    assert len(stuck) == 2
    (form,) = re.findall(r'<form class="panel-body incident".*?</form>', page, re.DOTALL)
    assert '金额 <span class="tag bad">2 个故障</span>' in form
    assert len(_ticks(form)) == 2


def test_all_that_one_cause_stopped_go_on_at_once_with_a_reason_on_record(
    stuck: list[int], runtime: Runtime, logged_in: LogIn
) -> None:
    sue = logged_in("sue")
    ticks = _ticks(sue.get("/supervision").text)
    for case_id in stuck:
        _mend(runtime, case_id)

    answer = sue.client.post(
        "/supervision/incidents/retry", data={"csrf_token": sue.token, "incident": ticks, "reason": "金额已补录"}
    )

    assert (answer.status_code, answer.location) == (303, "/supervision?said=retried")
    assert _ticks(sue.get("/supervision").text) == []
    for case_id in stuck:
        page = sue.get(f"/cases/{case_id}").text
        assert "已办结" in page
        assert "金额已补录" in page


def test_one_of_them_is_tried_alone_and_what_sticks_again_comes_back(stuck: list[int], logged_in: LogIn) -> None:
    sue = logged_in("sue")
    ticks = _ticks(sue.get("/supervision").text)

    sue.post("/supervision/incidents/retry", incident=ticks[0], reason="再试")

    again = _ticks(sue.get("/supervision").text)
    assert len(again) == len(stuck)
    assert ticks[0] not in again
    assert ticks[1] in again


@pytest.mark.usefixtures("stuck")
def test_a_retry_needs_a_reason_and_a_supervisor(logged_in: LogIn) -> None:
    tick = _ticks(logged_in("sue").get("/supervision").text)[0]

    assert logged_in("sue").post("/supervision/incidents/retry", incident=tick, reason=" ").status_code == 422
    assert logged_in("ann").post("/supervision/incidents/retry", incident=tick, reason="x").status_code == 403


def test_an_incident_that_is_gone_is_passed_over(logged_in: LogIn) -> None:
    answer = logged_in("sue").post("/supervision/incidents/retry", incident="7", reason="x")

    assert answer.location == "/supervision?said=retried_none"
