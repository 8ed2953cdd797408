"""A token that stands still is an incident; it is tried again on the record, and the incident ends with its cause."""

from pathlib import Path

import pytest

from engine.domain.rejection import Conflict, Forbidden
from engine.services import audit, cases, supervision, user_tasks
from engine.services.runtime import LiveCases, Runtime
from engine.services.supervision import IncidentRow
from engine.store import history, variables
from engine.store.database import Database
from engine.store.unit_of_work import read_only, unit_of_work
from tests.contract.bureau import CHIEF, HEAD, LI, make_runtime, open_tasks

CHOICE = f"""{HEAD}
  <bpmn:process id="choice" name="分流" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:parallelGateway id="both"/>
    <bpmn:exclusiveGateway id="which"/>
    <bpmn:userTask id="high" name="大额" camunda:candidateGroups="clerk"/>
    <bpmn:userTask id="beside" name="并行" camunda:candidateGroups="clerk"/>
    <bpmn:endEvent id="finish"/>
    <bpmn:endEvent id="stop"><bpmn:terminateEventDefinition id="t"/></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="both"/>
    <bpmn:sequenceFlow id="f2" sourceRef="both" targetRef="which"/>
    <bpmn:sequenceFlow id="f3" sourceRef="both" targetRef="beside"/>
    <bpmn:sequenceFlow id="f4" sourceRef="which" targetRef="high">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=amount &gt; 5</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f5" sourceRef="high" targetRef="finish"/>
    <bpmn:sequenceFlow id="f6" sourceRef="beside" targetRef="stop"/>
  </bpmn:process>
</bpmn:definitions>""".encode()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path, files={"choice.bpmn": CHOICE})


@pytest.fixture
def incident(runtime: Runtime) -> IncidentRow:
    cases.start(runtime, "choice", "begin", {}, actor=LI, key="start")
    (found,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    return found


def test_a_stuck_token_goes_on_when_its_cause_is_mended_and_it_is_tried_again(
    runtime: Runtime, incident: IncidentRow
) -> None:
    assert (incident.element_id, incident.job_id) == ("which", None)
    with unit_of_work(runtime.database) as uow:
        variables.write(uow, incident.case_id, {("", "amount"): 9}, [])
    runtime.live = LiveCases()

    supervision.retry_token(runtime, incident.case_id, incident.token, actor=CHIEF, reason="金额已补录")

    assert sorted(task.element_id for task in open_tasks(runtime, incident.case_id)) == ["beside", "high"]
    assert supervision.unresolved_incidents(runtime, actor=CHIEF) == []
    with read_only(runtime.database) as uow:
        (retried,) = [row for row in history.of_case(uow, incident.case_id) if row.what == "retried"]
    assert (retried.actor, retried.name, retried.element_id) == ("chief", "金额已补录", "which")
    assert audit.verify(runtime, incident.case_id).intact


def test_a_token_that_sticks_again_has_one_incident_the_new_one(runtime: Runtime, incident: IncidentRow) -> None:
    supervision.retry_token(runtime, incident.case_id, incident.token, actor=CHIEF, reason="再试")

    (again,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    assert again.token == incident.token
    assert again.incident_id != incident.incident_id


def test_an_incident_ends_when_its_token_is_gone(runtime: Runtime, incident: IncidentRow) -> None:
    (beside,) = open_tasks(runtime, incident.case_id)
    user_tasks.complete(runtime, beside.id, {}, actor=LI, version=None, key="1")

    assert supervision.unresolved_incidents(runtime, actor=CHIEF) == []


def test_only_supervisors_may_try_again_and_only_what_is_stuck(runtime: Runtime, incident: IncidentRow) -> None:
    with pytest.raises(Forbidden):
        supervision.retry_token(runtime, incident.case_id, incident.token, actor=LI, reason="再试")
    (beside,) = open_tasks(runtime, incident.case_id)
    with pytest.raises(Conflict):
        supervision.retry_token(runtime, incident.case_id, beside.token, actor=CHIEF, reason="再试")
