"""Signals reach every waiting case once, and what one case throws another one hears."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.rejection import Forbidden
from engine.services import audit, messages, signals, supervision
from engine.services.runtime import Runtime
from engine.store import cases as case_rows
from engine.store.database import Database
from engine.store.unit_of_work import unit_of_work
from tests.contract.bureau import CHIEF, HEAD, LI, make_runtime
from tests.contract.playing import (
    advance,
    begin,
    cases_of,
    complete,
    count,
    elements,
    entries,
    number_of,
    settle,
    values,
)

NAMES = '<bpmn:signal id="alarm" name="alarm"/><bpmn:message id="order" name="order"/>'
CARRIED = """<bpmn:extensionElements><camunda:in sourceExpression="=level" target="level"/></bpmn:extensionElements>"""

LISTENING = f"""{HEAD}{NAMES}<bpmn:process id="listening" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:userTask id="work" camunda:candidateGroups="clerk"/>
    <bpmn:boundaryEvent id="hear" attachedToRef="work" cancelActivity="false">
      <bpmn:signalEventDefinition id="d" signalRef="alarm"/></bpmn:boundaryEvent>
    <bpmn:userTask id="heard" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="work"/>
    <bpmn:sequenceFlow id="f2" sourceRef="hear" targetRef="heard"/>
  </bpmn:process></bpmn:definitions>""".encode()

STARTED = f"""{HEAD}{NAMES}<bpmn:process id="started" isExecutable="true">
    <bpmn:startEvent id="begin"><bpmn:signalEventDefinition id="d" signalRef="alarm"/></bpmn:startEvent>
    <bpmn:userTask id="react" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="react"/>
  </bpmn:process></bpmn:definitions>""".encode()

THROWING = f"""{HEAD}{NAMES}<bpmn:process id="throwing" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:userTask id="work" camunda:candidateGroups="clerk"/>
    <bpmn:boundaryEvent id="hear" attachedToRef="work" cancelActivity="false">
      <bpmn:signalEventDefinition id="d" signalRef="alarm"/></bpmn:boundaryEvent>
    <bpmn:userTask id="heard" camunda:candidateGroups="clerk"/>
    <bpmn:intermediateThrowEvent id="cry"><bpmn:signalEventDefinition id="t" signalRef="alarm">{CARRIED}
    </bpmn:signalEventDefinition></bpmn:intermediateThrowEvent>
    <bpmn:userTask id="rest" camunda:candidateGroups="clerk"/>
    <bpmn:parallelGateway id="both"/><bpmn:userTask id="ready" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="both"/>
    <bpmn:sequenceFlow id="f2" sourceRef="both" targetRef="work"/>
    <bpmn:sequenceFlow id="f3" sourceRef="both" targetRef="ready"/>
    <bpmn:sequenceFlow id="f4" sourceRef="ready" targetRef="cry"/>
    <bpmn:sequenceFlow id="f5" sourceRef="cry" targetRef="rest"/>
    <bpmn:sequenceFlow id="f6" sourceRef="hear" targetRef="heard"/>
  </bpmn:process></bpmn:definitions>""".encode()

ASKING = f"""{HEAD}{NAMES}<bpmn:process id="asking" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:sendTask id="ask" messageRef="order" rongcuo:correlationKey="=item"/>
    <bpmn:userTask id="rest" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/>
    <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="rest"/>
  </bpmn:process></bpmn:definitions>""".encode()

ANSWERING = f"""{HEAD}{NAMES}<bpmn:process id="answering" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:receiveTask id="wait" messageRef="order" rongcuo:correlationKey="=item"/>
    <bpmn:userTask id="deliver" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="wait"/>
    <bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="deliver"/>
  </bpmn:process></bpmn:definitions>""".encode()

FILES = {
    "listening.bpmn": LISTENING,
    "started.bpmn": STARTED,
    "throwing.bpmn": THROWING,
    "asking.bpmn": ASKING,
    "answering.bpmn": ANSWERING,
}


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path, files=FILES)


def test_a_signal_reaches_every_waiting_case_and_starts_the_processes_that_begin_with_it(runtime: Runtime) -> None:
    waiting = [begin(runtime, "listening") for _ in range(3)]

    signals.broadcast(runtime, "alarm", {"level": 2}, actor=CHIEF)
    settle(runtime)

    assert [elements(runtime, case_id) for case_id in waiting] == [["heard", "work"]] * 3
    (started,) = cases_of(runtime, "started")
    assert elements(runtime, started) == ["react"]
    assert [values(runtime, case_id)["level"] for case_id in (*waiting, started)] == [2] * 4
    assert count(runtime, "job") == 0


def test_history_tells_who_gave_the_signal(runtime: Runtime) -> None:
    case_id = begin(runtime, "listening")
    signals.broadcast(runtime, "alarm", {}, actor=CHIEF)
    settle(runtime)

    for reached in (case_id, *cases_of(runtime, "started")):
        (entry,) = entries(runtime, reached, "signal")
        assert (entry.actor, entry.name) == ("chief", "alarm")
        assert audit.verify(runtime, reached).intact


def test_the_case_that_throws_a_signal_hears_it_once_and_so_do_the_others(runtime: Runtime) -> None:
    throwing = begin(runtime, "throwing", {"level": 9})
    other, listening = begin(runtime, "throwing"), begin(runtime, "listening")

    complete(runtime, throwing, "ready")
    settle(runtime)

    assert elements(runtime, throwing) == ["heard", "rest", "work"]
    assert elements(runtime, other) == ["heard", "ready", "work"]
    assert elements(runtime, listening) == ["heard", "work"]
    assert values(runtime, listening)["level"] == 9
    assert number_of(runtime, throwing) in entries(runtime, listening, "signal")[0].data
    assert len(cases_of(runtime, "started")) == 1


def test_the_same_signal_sent_twice_is_heard_once(runtime: Runtime) -> None:
    case_id = begin(runtime, "listening")
    for _ in range(2):
        signals.broadcast(runtime, "alarm", {}, signal_id="siren-1", actor=CHIEF)
    settle(runtime)

    assert elements(runtime, case_id) == ["heard", "work"]


def test_a_case_that_went_on_before_the_signal_came_is_left_alone(runtime: Runtime) -> None:
    case_id = begin(runtime, "listening")
    signals.broadcast(runtime, "alarm", {}, actor=CHIEF)
    complete(runtime, case_id, "work")
    settle(runtime)

    assert entries(runtime, case_id, "signal") == []
    assert count(runtime, "incident") == 0


def test_a_case_that_cannot_take_the_signal_holds_up_no_other(runtime: Runtime) -> None:
    broken, whole = begin(runtime, "listening"), begin(runtime, "listening")
    with unit_of_work(runtime.database) as uow:
        case_rows.advance(uow, replace(case_rows.get(uow, broken), execution=b"spoilt"))
    runtime.live.clear()

    signals.broadcast(runtime, "alarm", {}, actor=CHIEF)
    for _ in range(5):
        advance(runtime, timedelta(hours=1))

    assert elements(runtime, whole) == ["heard", "work"]
    (incident,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    assert incident.case_id == broken


def test_only_supervision_may_broadcast(runtime: Runtime) -> None:
    with pytest.raises(Forbidden):
        signals.broadcast(runtime, "alarm", {}, actor=LI)


def test_a_message_that_a_case_sends_reaches_the_case_that_waits_with_its_key(runtime: Runtime) -> None:
    first, second = begin(runtime, "answering", {"item": "A"}), begin(runtime, "answering", {"item": "B"})

    asking = begin(runtime, "asking", {"item": "B"})
    settle(runtime)

    assert [elements(runtime, case_id) for case_id in (first, second)] == [[], ["deliver"]]
    (entry,) = entries(runtime, second, "message")
    assert entry.actor == "system"
    assert number_of(runtime, asking) in entry.data


def test_a_message_that_a_case_sends_early_waits_for_its_receiver(runtime: Runtime) -> None:
    begin(runtime, "asking", {"item": "A"})
    settle(runtime)

    assert elements(runtime, begin(runtime, "answering", {"item": "A"})) == ["deliver"]


def test_a_message_that_fits_two_cases_is_an_incident_of_the_sender_until_one_is_left(runtime: Runtime) -> None:
    waiting = [begin(runtime, "answering", {"item": "A"}) for _ in range(2)]
    asking = begin(runtime, "asking", {"item": "A"})
    for _ in range(4):
        advance(runtime, timedelta(hours=1))
    (incident,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    assert incident.case_id == asking

    messages.correlate(runtime, "order", {}, case_id=waiting[0], actor=CHIEF)
    assert incident.job_id is not None
    supervision.retry(runtime, incident.job_id, actor=CHIEF, reason="已处理其一")
    settle(runtime)

    assert [elements(runtime, case_id) for case_id in waiting] == [["deliver"]] * 2
    assert supervision.unresolved_incidents(runtime, actor=CHIEF) == []
