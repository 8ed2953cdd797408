"""A suspended case stands still: no commands, no jobs, no messages; its clocks go on with the time they had left."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.domain.rejection import Conflict, Suspended
from engine.package import DelegateContext
from engine.services import (
    audit,
    case_changes,
    cases,
    deployments,
    messages,
    signals,
    supervision,
    suspending,
    user_tasks,
)
from engine.services.runtime import Runtime
from engine.store import clocks
from engine.store.database import Database
from engine.store.times import from_ms
from engine.store.unit_of_work import Statement, read_only, unit_of_work
from tests.contract.bureau import CHIEF, HEAD, LI, NOW, make_runtime, open_tasks
from tests.contract.playing import advance, begin, complete, count, elements, entries, settle

WAITING = f"""{HEAD}
  <bpmn:message id="paid" name="paid"/><bpmn:signal id="alarm" name="alarm"/>
  <bpmn:process id="waiting" name="等候" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:userTask id="answer" camunda:candidateGroups="clerk" camunda:dueDate="2026-11-25" rongcuo:clock="reply"/>
    <bpmn:boundaryEvent id="late" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition id="t"><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="daily" attachedToRef="answer" cancelActivity="false">
      <bpmn:timerEventDefinition id="d"><bpmn:timeCycle>R2/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="money" attachedToRef="answer" cancelActivity="false">
      <bpmn:messageEventDefinition id="m" messageRef="paid"/></bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="bell" attachedToRef="answer" cancelActivity="false">
      <bpmn:signalEventDefinition id="s" signalRef="alarm"/></bpmn:boundaryEvent>
    <bpmn:userTask id="urge" camunda:candidateGroups="clerk"/>
    <bpmn:userTask id="remind" camunda:candidateGroups="clerk"/>
    <bpmn:userTask id="book" camunda:candidateGroups="clerk"/>
    <bpmn:userTask id="flee" camunda:candidateGroups="clerk"/>
    <bpmn:endEvent id="finish"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="answer"/>
    <bpmn:sequenceFlow id="f2" sourceRef="answer" targetRef="finish"/>
    <bpmn:sequenceFlow id="f3" sourceRef="late" targetRef="urge"/>
    <bpmn:sequenceFlow id="f4" sourceRef="daily" targetRef="remind"/>
    <bpmn:sequenceFlow id="f5" sourceRef="money" targetRef="book"/>
    <bpmn:sequenceFlow id="f6" sourceRef="bell" targetRef="flee"/>
  </bpmn:process>
  <bpmn:process id="payer" name="付款" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:intermediateThrowEvent id="pay"><bpmn:messageEventDefinition id="m2" messageRef="paid"/>
    </bpmn:intermediateThrowEvent>
    <bpmn:endEvent id="over"/>
    <bpmn:sequenceFlow id="g1" sourceRef="begin" targetRef="pay"/>
    <bpmn:sequenceFlow id="g2" sourceRef="pay" targetRef="over"/>
  </bpmn:process>
</bpmn:definitions>""".encode()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    runtime = make_runtime(database.url, tmp_path, files={})
    runtime.config.policies["reply"] = {"label": "答复", "days": 5, "calendar": "working"}  # type: ignore[index]
    deployments.deploy(runtime, {"waiting.bpmn": WAITING}, actor=CHIEF, comment="test")
    return runtime


@pytest.fixture
def case_id(runtime: Runtime) -> int:
    return begin(runtime, "waiting")


def suspend(runtime: Runtime, case_id: int) -> None:
    suspending.suspend(runtime, case_id, actor=CHIEF, reason="等候司法鉴定")


def resume(runtime: Runtime, case_id: int) -> None:
    suspending.resume(runtime, case_id, actor=CHIEF, reason="鉴定已出")


def due(runtime: Runtime, element_id: str) -> datetime:
    with read_only(runtime.database) as uow:
        row = uow.first(Statement("SELECT due_at FROM job WHERE element_id = :id"), id=element_id)
    assert row is not None
    return from_ms(row.due_at)


def test_a_suspended_case_takes_no_commands_and_says_who_suspended_it_and_why(runtime: Runtime, case_id: int) -> None:
    (task,) = open_tasks(runtime, case_id)
    suspend(runtime, case_id)

    for command in (
        lambda: user_tasks.claim(runtime, task.id, actor=LI),
        lambda: user_tasks.complete(runtime, task.id, {}, actor=LI, version=None, key="1"),
        lambda: case_changes.preview_back(runtime, case_id, "answer", actor=CHIEF),
        lambda: suspend(runtime, case_id),
    ):
        with pytest.raises(Suspended, match="等候司法鉴定") as refused:
            command()
        assert (refused.value.data["by"], refused.value.data["at"]) == ("chief", NOW)


def test_nothing_falls_due_in_a_suspended_case_and_later_everything_does(runtime: Runtime, case_id: int) -> None:
    suspend(runtime, case_id)
    advance(runtime, timedelta(days=10))
    assert elements(runtime, case_id) == ["answer"]

    resume(runtime, case_id)
    settle(runtime)
    assert elements(runtime, case_id) == ["answer"]
    assert (due(runtime, "late"), due(runtime, "daily")) == (NOW + timedelta(days=13), NOW + timedelta(days=11))

    advance(runtime, timedelta(days=3))
    assert elements(runtime, case_id) == ["answer", "remind", "remind", "urge"]


def test_a_cycle_goes_on_counting_from_where_it_stood(runtime: Runtime, case_id: int) -> None:
    suspend(runtime, case_id)
    advance(runtime, timedelta(days=10))
    resume(runtime, case_id)

    advance(runtime, timedelta(days=1))

    assert elements(runtime, case_id) == ["answer", "remind"]
    assert due(runtime, "daily") == NOW + timedelta(days=12)


def test_a_due_day_moves_by_whole_days_and_stays_the_end_of_a_day(runtime: Runtime, case_id: int) -> None:
    (task,) = open_tasks(runtime, case_id)
    assert task.due_at == datetime(2026, 11, 25, 16, tzinfo=UTC)  # 24:00 of 25 November in Shanghai
    suspend(runtime, case_id)
    advance(runtime, timedelta(days=2, hours=5))
    resume(runtime, case_id)

    (task,) = open_tasks(runtime, case_id)
    assert task.due_at == datetime(2026, 11, 27, 16, tzinfo=UTC)


def test_a_legal_clock_goes_on_with_the_working_days_that_were_left(runtime: Runtime, case_id: int) -> None:
    def last_day() -> date:
        with read_only(runtime.database) as uow:
            (row,) = clocks.of_case(uow, case_id)
        return date.fromisoformat(row.last_day)

    # Friday 20 November 2026: five working days are up on Friday 27.
    assert last_day() == date(2026, 11, 27)
    advance(runtime, timedelta(days=3))  # Monday: four are left
    suspend(runtime, case_id)
    advance(runtime, timedelta(days=5))  # Saturday
    resume(runtime, case_id)

    assert last_day() == date(2026, 12, 3)


def test_messages_are_kept_until_the_case_goes_on(runtime: Runtime, case_id: int) -> None:
    suspend(runtime, case_id)
    messages.correlate(runtime, "paid", {}, actor=CHIEF, case_id=case_id)
    begin(runtime, "payer")  # throws the same message
    settle(runtime)
    assert elements(runtime, case_id) == ["answer"]
    assert count(runtime, "message") == 2
    assert count(runtime, "incident") == 0

    resume(runtime, case_id)

    assert elements(runtime, case_id) == ["answer", "book", "book"]
    assert count(runtime, "message") == 0


def test_a_signal_waits_for_a_suspended_case(runtime: Runtime, case_id: int) -> None:
    suspend(runtime, case_id)
    signals.broadcast(runtime, "alarm", {}, actor=CHIEF)
    settle(runtime)
    advance(runtime, timedelta(days=1))
    assert elements(runtime, case_id) == ["answer"]
    assert count(runtime, "incident") == 0

    resume(runtime, case_id)
    settle(runtime)

    assert elements(runtime, case_id) == ["answer", "flee"]


def test_what_is_asked_of_a_suspended_case_is_on_record(runtime: Runtime, case_id: int) -> None:
    suspend(runtime, case_id)
    advance(runtime, timedelta(days=2))
    resume(runtime, case_id)

    (suspended,) = entries(runtime, case_id, "suspended")
    (resumed,) = entries(runtime, case_id, "resumed")
    assert (suspended.actor, suspended.name) == ("chief", "等候司法鉴定")
    assert (resumed.actor, resumed.name) == ("chief", "鉴定已出")
    assert '"days":2' in resumed.data.replace(" ", "")
    assert audit.verify(runtime, case_id).intact
    with pytest.raises(Conflict):
        resume(runtime, case_id)


def test_a_suspended_case_can_be_terminated(runtime: Runtime, case_id: int) -> None:
    suspend(runtime, case_id)
    case_changes.terminate(runtime, case_id, actor=CHIEF, reason="撤回")

    assert open_tasks(runtime, case_id) == []
    assert [count(runtime, table) for table in ("job", "subscription", "suspension")] == [0, 0, 0]


def test_a_worker_that_held_a_job_when_the_case_was_suspended_lays_it_down(runtime: Runtime, case_id: int) -> None:
    suspend(runtime, case_id)
    with unit_of_work(runtime.database) as uow:  # as if the worker had claimed it a moment before
        uow.run(Statement("UPDATE job SET state = 'waiting', due_at = 0 WHERE element_id = 'late'"))
    settle(runtime)

    assert count(runtime, "job", "state = 'waiting'") == 0
    assert count(runtime, "job", "state = 'paused-waiting' AND attempts = 0") == 2
    assert count(runtime, "incident") == 0


def test_a_delegate_that_is_being_called_is_called_again_with_the_same_key_when_the_case_goes_on(
    runtime: Runtime,
) -> None:
    served = f"""{HEAD}<bpmn:process id="served" isExecutable="true">
      <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
      <bpmn:serviceTask id="call" camunda:type="external" camunda:topic="register"/>
      <bpmn:userTask id="after" camunda:candidateGroups="clerk"/>
      <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="call"/>
      <bpmn:sequenceFlow id="f2" sourceRef="call" targetRef="after"/>
      </bpmn:process></bpmn:definitions>""".encode()
    keys: list[str] = []

    def register(_values: object, context: DelegateContext) -> dict[str, object]:
        keys.append(context.key)
        if len(keys) == 1:
            suspend(runtime, context.case_id)
        return {}

    runtime.delegates = {"register": register}
    deployments.deploy(runtime, {"served.bpmn": served}, actor=CHIEF, comment="test")
    case_id = begin(runtime, "served")
    settle(runtime)
    assert elements(runtime, case_id) == []
    assert count(runtime, "job", "state = 'paused-waiting' AND attempts = 0") == 1

    resume(runtime, case_id)
    settle(runtime)

    assert elements(runtime, case_id) == ["after"]
    assert (len(keys), len(set(keys))) == (2, 1)


def test_a_suspended_case_is_in_flight_and_nothing_in_it_is_late(runtime: Runtime, case_id: int) -> None:
    suspend(runtime, case_id)
    advance(runtime, timedelta(days=60))

    (row,), _ = supervision.in_flight(runtime, actor=CHIEF)
    assert (row.header.state, row.late, row.late_clocks) == ("suspended", False, ())
    assert supervision.summary(runtime, actor=CHIEF) == {
        "active": 1,
        "late_tasks": 0,
        "late_clocks": 0,
        "incidents": 0,
    }


def test_other_cases_go_on(runtime: Runtime, case_id: int) -> None:
    other = begin(runtime, "waiting")
    suspend(runtime, case_id)
    complete(runtime, other, "answer")

    assert elements(runtime, other) == []
    assert cases.startable(runtime, actor=LI) != []
