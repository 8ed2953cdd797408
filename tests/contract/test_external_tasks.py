"""Work that programs outside fetch by topic: one holds it at a time, and it is done once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.actor import Actor
from engine.domain.rejection import Conflict, Forbidden, Invalid, NotFound, ProblemsFound
from engine.services import deployments, external_tasks, supervision
from engine.services.external_tasks import Fetched
from engine.services.runtime import Runtime
from engine.store.database import Database
from tests.contract.bureau import CHIEF, HEAD, LI, make_runtime
from tests.contract.playing import advance, begin, count, elements, entries, settle, values

PROGRAM = Actor(person_id="program", name="接口", permissions=frozenset({"serve"}))
MINUTE = timedelta(minutes=1)

PRINTED = f"""{HEAD}<bpmn:error id="jam" name="jam" errorCode="JAM"/>
  <bpmn:process id="printed" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:serviceTask id="print" camunda:type="external" camunda:topic="print">
      <bpmn:extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="text">=letter</camunda:inputParameter>
      </camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:boundaryEvent id="jammed" attachedToRef="print">
      <bpmn:errorEventDefinition id="d" errorRef="jam"/></bpmn:boundaryEvent>
    <bpmn:userTask id="sign" camunda:candidateGroups="clerk"/>
    <bpmn:userTask id="repair" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="print"/>
    <bpmn:sequenceFlow id="f2" sourceRef="print" targetRef="sign"/>
    <bpmn:sequenceFlow id="f3" sourceRef="jammed" targetRef="repair"/>
  </bpmn:process></bpmn:definitions>""".encode()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    runtime = make_runtime(database.url, tmp_path)
    runtime.config = replace(runtime.config, external_topics=frozenset({"print"}))
    deployments.deploy(runtime, {"printed.bpmn": PRINTED}, actor=CHIEF, comment="test")
    return runtime


def fetch(
    runtime: Runtime, worker: str = "w1", *, topics: tuple[str, ...] = ("print",), limit: int = 10
) -> list[Fetched]:
    return external_tasks.fetch_and_lock(runtime, worker, topics, limit=limit, lease=MINUTE, actor=PROGRAM)


def test_a_program_fetches_the_work_and_completes_it(runtime: Runtime) -> None:
    case_id = begin(runtime, "printed", {"letter": "通知"})
    (task,) = fetch(runtime)
    assert (task.case_id, task.element_id, task.variables) == (case_id, "print", {"text": "通知"})

    external_tasks.complete(runtime, task.id, "w1", {"pages": 3}, actor=PROGRAM)

    assert elements(runtime, case_id) == ["sign"]
    assert values(runtime, case_id)["pages"] == 3
    assert [entry.actor for entry in entries(runtime, case_id, "served")] == ["program"]
    assert count(runtime, "job") == 0


def test_our_own_worker_leaves_the_work_to_programs_outside(runtime: Runtime) -> None:
    case_id = begin(runtime, "printed", {"letter": ""})
    settle(runtime)

    assert elements(runtime, case_id) == []
    assert count(runtime, "job", "state = 'external' AND attempts = 0") == 1


def test_one_worker_holds_a_task_until_its_lease_is_over(runtime: Runtime) -> None:
    case_id = begin(runtime, "printed", {"letter": ""})
    (first,) = fetch(runtime, "w1")
    assert fetch(runtime, "w2") == []

    advance(runtime, MINUTE)
    (second,) = fetch(runtime, "w2")

    assert (second.id, second.key, second.attempts) == (first.id, first.key, 2)
    with pytest.raises(Conflict):
        external_tasks.complete(runtime, first.id, "w1", {}, actor=PROGRAM)
    external_tasks.complete(runtime, second.id, "w2", {}, actor=PROGRAM)
    assert elements(runtime, case_id) == ["sign"]


def test_a_worker_fetches_its_topics_only_and_no_more_than_it_asks_for(runtime: Runtime) -> None:
    for _ in range(3):
        begin(runtime, "printed", {"letter": ""})

    assert fetch(runtime, topics=("mail",)) == []
    assert len(fetch(runtime, limit=2)) == 2
    assert len(fetch(runtime, limit=2)) == 1


def test_completing_twice_has_one_effect(runtime: Runtime) -> None:
    case_id = begin(runtime, "printed", {"letter": ""})
    (task,) = fetch(runtime)
    for _ in range(2):
        external_tasks.complete(runtime, task.id, "w1", {"pages": 1}, actor=PROGRAM)

    assert elements(runtime, case_id) == ["sign"]


def test_an_error_goes_the_way_that_the_diagram_draws(runtime: Runtime) -> None:
    case_id = begin(runtime, "printed", {"letter": ""})
    (task,) = fetch(runtime)

    external_tasks.report_error(runtime, task.id, "w1", "JAM", "卡纸", actor=PROGRAM)

    assert elements(runtime, case_id) == ["repair"]


def test_a_failure_is_offered_again_after_a_pause_as_often_as_the_worker_says(runtime: Runtime) -> None:
    begin(runtime, "printed", {"letter": ""})
    (task,) = fetch(runtime)
    external_tasks.report_failure(
        runtime, task.id, "w1", "no paper", retries=1, retry_after=timedelta(minutes=5), actor=PROGRAM
    )
    advance(runtime, timedelta(minutes=4))
    assert fetch(runtime) == []

    advance(runtime, MINUTE)
    (again,) = fetch(runtime)
    assert (again.id, again.retries, again.error) == (task.id, 1, "no paper")


def test_a_task_out_of_retries_is_an_incident_that_a_supervisor_offers_again(runtime: Runtime) -> None:
    case_id = begin(runtime, "printed", {"letter": ""})
    for _ in range(3):
        (task,) = fetch(runtime)
        external_tasks.report_failure(runtime, task.id, "w1", "no paper", actor=PROGRAM)
        advance(runtime, timedelta(hours=1))
    (incident,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    assert (incident.case_id, incident.message) == (case_id, "no paper")
    assert fetch(runtime) == []

    assert incident.job_id is not None
    supervision.retry(runtime, incident.job_id, actor=CHIEF, reason="已加纸")
    (task,) = fetch(runtime)
    external_tasks.complete(runtime, task.id, "w1", {}, actor=PROGRAM)

    assert elements(runtime, case_id) == ["sign"]


def test_a_lease_can_be_extended_and_given_back(runtime: Runtime) -> None:
    begin(runtime, "printed", {"letter": ""})
    (task,) = fetch(runtime)
    external_tasks.extend_lock(runtime, task.id, "w1", timedelta(minutes=10), actor=PROGRAM)
    advance(runtime, timedelta(minutes=9))
    assert fetch(runtime, "w2") == []

    external_tasks.unlock(runtime, task.id, "w1", actor=PROGRAM)
    assert len(fetch(runtime, "w2")) == 1
    with pytest.raises(Conflict):
        external_tasks.unlock(runtime, task.id, "w1", actor=PROGRAM)


def test_refused_calls_change_nothing(runtime: Runtime) -> None:
    begin(runtime, "printed", {"letter": ""})
    (task,) = fetch(runtime)

    with pytest.raises(Forbidden):
        external_tasks.fetch_and_lock(runtime, "w1", ["print"], limit=1, lease=MINUTE, actor=LI)
    with pytest.raises(Forbidden):
        external_tasks.complete(runtime, task.id, "w1", {}, actor=LI)
    with pytest.raises(NotFound):
        external_tasks.complete(runtime, 1, "w1", {}, actor=PROGRAM)
    with pytest.raises(Conflict):
        external_tasks.complete(runtime, task.id, "w2", {}, actor=PROGRAM)
    with pytest.raises(Invalid):
        external_tasks.complete(runtime, task.id, "w1", {"pages": object()}, actor=PROGRAM)
    with pytest.raises(Invalid):
        external_tasks.fetch_and_lock(runtime, "", ["print"], limit=1, lease=MINUTE, actor=PROGRAM)
    assert count(runtime, "job", "worker = 'w1'") == 1


def test_a_topic_that_nobody_serves_is_refused_unless_the_configuration_lists_it(
    runtime: Runtime, tmp_path: Path
) -> None:
    mailed = PRINTED.replace(b'topic="print"', b'topic="mail"')
    with pytest.raises(ProblemsFound) as refused:
        deployments.deploy(runtime, {"mailed.bpmn": mailed}, actor=CHIEF, comment="test")
    assert [problem.key for problem in refused.value.problems] == ["unknown.topic"]

    runtime.config = replace(runtime.config, external_topics=frozenset({"*"}))
    deployments.deploy(runtime, {"mailed.bpmn": mailed}, actor=CHIEF, comment="test")
    begin(runtime, "printed", {"letter": ""})
    assert len(fetch(runtime, topics=("mail",))) == 1
