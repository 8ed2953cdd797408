"""Timers and delegates: once in the database, again after a failure, an incident in the end."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.domain.clock import MovableClock
from engine.package import DelegateContext
from engine.services import cases, deployments, jobs, supervision
from engine.services.runtime import Runtime
from engine.store.database import Database
from tests.contract.bureau import CHIEF, HEAD, LI, NOW, make_runtime, open_tasks, reopened
from tests.contract.playing import cases_of

WAITING = f"""{HEAD}
  <bpmn:process id="waiting" name="等候" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:userTask id="answer" name="答复" camunda:candidateGroups="clerk"/>
    <bpmn:boundaryEvent id="late" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P3D</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:userTask id="urge" name="督促" camunda:candidateGroups="chief"/>
    <bpmn:endEvent id="finish"/>
    <bpmn:endEvent id="urged"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="answer"/>
    <bpmn:sequenceFlow id="f2" sourceRef="answer" targetRef="finish"/>
    <bpmn:sequenceFlow id="f3" sourceRef="late" targetRef="urge"/>
    <bpmn:sequenceFlow id="f4" sourceRef="urge" targetRef="urged"/>
  </bpmn:process>
</bpmn:definitions>""".encode()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path, files={"waiting.bpmn": WAITING})


def clock_of(runtime: Runtime) -> MovableClock:
    assert isinstance(runtime.clock, MovableClock)
    return runtime.clock


def settle(runtime: Runtime) -> None:
    while jobs.run_due(runtime):
        pass


def start(runtime: Runtime) -> int:
    return cases.start(runtime, "waiting", "begin", {}, actor=LI, key="start")


def elements(runtime: Runtime, case_id: int) -> list[str]:
    return sorted(task.element_id for task in open_tasks(runtime, case_id))


def test_a_timer_fires_when_it_is_due_and_once(runtime: Runtime) -> None:
    case_id = start(runtime)
    clock_of(runtime).advance(timedelta(days=3) - timedelta(seconds=1))
    settle(runtime)
    assert elements(runtime, case_id) == ["answer"]

    clock_of(runtime).advance(timedelta(seconds=1))
    settle(runtime)
    settle(runtime)

    assert elements(runtime, case_id) == ["answer", "urge"]


def test_the_next_due_moment_is_known_to_every_process(runtime: Runtime, database: Database, tmp_path: Path) -> None:
    start(runtime)

    assert jobs.next_due(reopened(runtime, database.url, tmp_path)) == NOW + timedelta(days=3)


SERVED = f"""{HEAD}
  <bpmn:process id="served" name="外呼" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:serviceTask id="call" name="登记" camunda:type="external" camunda:topic="register"/>
    <bpmn:userTask id="after" name="之后" camunda:candidateGroups="clerk"/>
    <bpmn:endEvent id="finish"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="call"/>
    <bpmn:sequenceFlow id="f2" sourceRef="call" targetRef="after"/>
    <bpmn:sequenceFlow id="f3" sourceRef="after" targetRef="finish"/>
  </bpmn:process>
</bpmn:definitions>""".encode()


class Register:
    """A delegate that fails as often as it is told and notes the keys it was called with."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.keys: list[str] = []

    def __call__(self, _variables: Mapping[str, Any], context: DelegateContext) -> Mapping[str, Any]:
        self.keys.append(context.key)
        if len(self.keys) <= self.failures:
            raise ConnectionError("no line")
        return {"receipt": "R-1"}


def serving(database: Database, folder: Path, delegate: Register) -> tuple[Runtime, int]:
    runtime = make_runtime(database.url, folder, files={"waiting.bpmn": WAITING})
    runtime.delegates = {"register": delegate}
    deployments.deploy(runtime, {"served.bpmn": SERVED}, actor=CHIEF, comment="test")
    return runtime, cases.start(runtime, "served", "begin", {}, actor=LI, key="start")


@pytest.mark.bpmn("service task: delegate", "runs")
def test_a_delegate_that_fails_is_tried_again_with_the_same_key(database: Database, tmp_path: Path) -> None:
    delegate = Register(failures=2)
    runtime, case_id = serving(database, tmp_path, delegate)
    for _ in range(3):
        settle(runtime)
        clock_of(runtime).advance(timedelta(hours=1))

    assert elements(runtime, case_id) == ["after"]
    assert len(delegate.keys) == 3
    assert len(set(delegate.keys)) == 1


def test_a_delegate_that_fails_for_good_is_an_incident_that_a_supervisor_retries(
    database: Database, tmp_path: Path
) -> None:
    delegate = Register(failures=3)
    runtime, case_id = serving(database, tmp_path, delegate)
    for _ in range(4):
        settle(runtime)
        clock_of(runtime).advance(timedelta(hours=1))
    (incident,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    assert (incident.case_id, incident.element_id) == (case_id, "call")
    assert "no line" in incident.message

    assert incident.job_id is not None
    supervision.retry(runtime, incident.job_id, actor=CHIEF, reason="线路已恢复")
    settle(runtime)

    assert elements(runtime, case_id) == ["after"]
    assert supervision.unresolved_incidents(runtime, actor=CHIEF) == []


LINKING = f"""{HEAD}<bpmn:message id="m" name="told"/>
  <bpmn:process id="linking" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:serviceTask id="link" camunda:type="external" camunda:topic="start-linked-case"><bpmn:extensionElements>
      <camunda:inputOutput><camunda:inputParameter name="processId">follow</camunda:inputParameter>
      </camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="link"/>
  </bpmn:process>
  <bpmn:process id="follow" isExecutable="true">
    <bpmn:startEvent id="a_told"><bpmn:messageEventDefinition id="d" messageRef="m"/></bpmn:startEvent>
    <bpmn:startEvent id="plain"/>
    <bpmn:userTask id="told" camunda:candidateGroups="clerk"/>
    <bpmn:userTask id="visit" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="a_told" targetRef="told"/>
    <bpmn:sequenceFlow id="f2" sourceRef="plain" targetRef="visit"/>
  </bpmn:process></bpmn:definitions>""".encode()


def test_a_linked_case_begins_at_the_start_that_waits_for_nothing(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path, files={"linking.bpmn": LINKING})
    cases.start(runtime, "linking", "begin", {}, actor=LI, key="start")

    settle(runtime)

    (linked,) = cases_of(runtime, "follow")
    assert elements(runtime, linked) == ["visit"]
