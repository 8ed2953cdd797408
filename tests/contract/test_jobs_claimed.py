"""Who may run a job, when, and what a bad one does to the others: leases, quarantine, back-off, incidents, plans."""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.domain.rejection import Forbidden
from engine.domain.step import Step
from engine.package import DelegateContext
from engine.services import deployments, job_effects, jobs, retries, supervision
from engine.services.runtime import Runtime
from engine.services.stepping import Locked
from engine.store import external_tasks
from engine.store import jobs as job_rows
from engine.store.database import Database
from engine.store.jobs import IN_DATABASE, OUTSIDE, Job
from engine.store.times import from_ms
from engine.store.unit_of_work import Statement, UnitOfWork, read_only, unit_of_work
from tests.contract.bureau import CHIEF, HEAD, LI, NOW, make_runtime, reopened
from tests.contract.playing import advance, begin, complete, count, elements, entries, move, settle
from tests.contract.test_jobs_killed import in_a_process_of_its_own

HOUR = timedelta(hours=1)


def beating(rule: str) -> bytes:
    """A task with a timer beside it that opens a second task at every beat."""
    return f"""{HEAD}<bpmn:process id="beating" isExecutable="true">
      <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
      <bpmn:userTask id="stay" camunda:candidateGroups="clerk"/>
      <bpmn:boundaryEvent id="beat" attachedToRef="stay" cancelActivity="false">
        <bpmn:timerEventDefinition id="t">{rule}</bpmn:timerEventDefinition></bpmn:boundaryEvent>
      <bpmn:userTask id="beaten" camunda:candidateGroups="clerk"/>
      <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="stay"/>
      <bpmn:sequenceFlow id="f2" sourceRef="beat" targetRef="beaten"/>
    </bpmn:process></bpmn:definitions>""".encode()


def cycle(text: str) -> bytes:
    return beating(f"<bpmn:timeCycle>{text}</bpmn:timeCycle>")


CALLED = f"""{HEAD}<bpmn:process id="called" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:serviceTask id="call" camunda:type="external" camunda:topic="call"/>
    <bpmn:userTask id="after" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="call"/>
    <bpmn:sequenceFlow id="f2" sourceRef="call" targetRef="after"/>
  </bpmn:process></bpmn:definitions>""".encode()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path, files={"beating.bpmn": cycle("R/PT1H")})


def calling(runtime: Runtime, delegate: Callable[[Mapping[str, Any], DelegateContext], Mapping[str, Any]]) -> None:
    runtime.delegates = {"call": delegate}
    deployments.deploy(runtime, {"called.bpmn": CALLED}, actor=CHIEF, comment="test")


def claim(runtime: Runtime, lease: str, lane: str = IN_DATABASE) -> list[Job]:
    with unit_of_work(runtime.database) as uow:
        return job_rows.claim(
            uow, now=runtime.clock.now(), limit=20, lease=lease, length=timedelta(seconds=60), lane=lane
        )


def frozen_worker(runtime: Runtime) -> int:
    """One worker claims a beat and freezes past its lease; another runs it; the first one wakes. The case's id."""
    case_id = begin(runtime, "beating")
    move(runtime, HOUR)
    (job,) = claim(runtime, "frozen")
    move(runtime, timedelta(seconds=61))
    settle(runtime)
    assert elements(runtime, case_id) == ["beaten", "stay"]
    try:
        job_effects.run(runtime, job)
    except job_effects.LeaseLost:
        runtime.live.clear()
    return case_id


def test_a_worker_that_froze_past_its_lease_has_no_effect(runtime: Runtime) -> None:
    case_id = frozen_worker(runtime)

    assert elements(runtime, case_id) == ["beaten", "stay"]


def test_without_the_check_of_the_lease_the_effect_is_doubled(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above."""
    monkeypatch.setattr(job_effects, "take", lambda _uow, _job: None)

    case_id = frozen_worker(runtime)

    assert elements(runtime, case_id) == ["beaten", "beaten", "stay"]


def test_a_step_that_fails_leaves_the_job_with_its_lease(runtime: Runtime) -> None:
    case_id = begin(runtime, "beating")
    move(runtime, HOUR)
    (job,) = claim(runtime, "mine")

    def fail(_locked: Locked) -> Step:
        raise ArithmeticError("in the middle")

    with pytest.raises(ArithmeticError):
        job_effects.step(runtime, job, fail)
    runtime.live.clear()

    assert count(runtime, "job", "lease = 'mine' AND state = 'waiting'") == 1
    job_effects.run(runtime, job)
    assert elements(runtime, case_id) == ["beaten", "stay"]


def test_a_call_that_takes_long_keeps_its_lease(
    runtime: Runtime, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_effects, "LEASE", timedelta(seconds=0.3))
    other = reopened(runtime, database.url, tmp_path)
    extended = threading.Event()
    real = job_effects.hold
    monkeypatch.setattr(job_effects, "hold", lambda given, job: (real(given, job), extended.set())[0])

    def slow(_inputs: Mapping[str, Any], _context: DelegateContext) -> Mapping[str, Any]:
        move(runtime, timedelta(seconds=50))
        assert extended.wait(10)
        move(runtime, timedelta(seconds=0.2))
        assert claim(other, "thief", OUTSIDE) == []
        return {}

    calling(runtime, slow)
    case_id = begin(runtime, "called")
    settle(runtime)

    assert elements(runtime, case_id) == ["after"]


def test_a_job_that_was_tried_before_is_claimed_alone(runtime: Runtime) -> None:
    for _ in range(4):
        begin(runtime, "beating")
    move(runtime, HOUR)
    assert len(claim(runtime, "dies")) == 4

    move(runtime, timedelta(seconds=61))
    claimed = [claim(runtime, f"next{number}") for number in range(5)]

    assert [len(jobs_) for jobs_ in claimed] == [1, 1, 1, 1, 0]
    assert all(job.worker_died for jobs_ in claimed for job in jobs_)


def test_a_job_that_kills_its_worker_is_one_incident_and_all_others_are_done(runtime: Runtime, tmp_path: Path) -> None:
    def poison(inputs: Mapping[str, Any], _context: DelegateContext) -> Mapping[str, Any]:
        if inputs.get("poison"):
            os.kill(os.getpid(), signal.SIGKILL)
        return {}

    calling(runtime, poison)
    case_ids = [begin(runtime, "called", {"poison": number == 3}) for number in range(8)]
    beating_case = begin(runtime, "beating")
    move(runtime, HOUR)

    died = 0
    for _ in range(6):
        died += in_a_process_of_its_own(runtime, lambda: settle(runtime)) != 0
        move(runtime, timedelta(minutes=2))

    assert died == 3
    waiting = [elements(runtime, case_id) for case_id in case_ids]
    assert [number for number, found in enumerate(waiting) if found != ["after"]] == [3]
    assert "beaten" in elements(runtime, beating_case)
    (incident,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    assert incident.case_id == case_ids[3]
    assert entries(runtime, case_ids[3], "incident") != []


def test_a_delegate_that_fails_blocks_no_other_case(runtime: Runtime) -> None:
    def fails_for_some(inputs: Mapping[str, Any], _context: DelegateContext) -> Mapping[str, Any]:
        if inputs.get("bad"):
            raise ConnectionError("no line")
        return {}

    calling(runtime, fails_for_some)
    case_ids = [begin(runtime, "called", {"bad": number % 2 == 0}) for number in range(6)]
    settle(runtime)

    assert [elements(runtime, case_id) for case_id in case_ids] == [[], ["after"]] * 3


def test_pauses_grow_and_end_at_an_hour() -> None:
    pauses = [jobs.pause_after(attempts).total_seconds() for attempts in (1, 2, 3, 4, 5, 50)]

    assert pauses == [40, 160, 640, 2560, 3600, 3600]


def test_a_failed_job_rests_as_long_as_its_pause(runtime: Runtime) -> None:
    tries: list[datetime] = []

    def fails(_inputs: Mapping[str, Any], _context: DelegateContext) -> Mapping[str, Any]:
        tries.append(runtime.clock.now())
        raise ConnectionError("no line")

    calling(runtime, fails)
    begin(runtime, "called")
    for _ in range(60):
        advance(runtime, timedelta(seconds=10))

    assert [(later - first).total_seconds() for first, later in pairwise(tries)] == [40, 160]


def test_all_jobs_that_one_cause_has_stopped_are_tried_again_together(runtime: Runtime) -> None:
    down = True

    def call(inputs: Mapping[str, Any], _context: DelegateContext) -> Mapping[str, Any]:
        if down or inputs.get("odd"):
            raise ConnectionError("other trouble" if inputs.get("odd") else "no line")
        return {}

    calling(runtime, call)
    case_ids = [begin(runtime, "called", {"odd": number == 0}) for number in range(4)]
    for _ in range(4):
        advance(runtime, HOUR)
    causes = retries.causes(runtime, actor=CHIEF)
    assert [(cause.element_id, cause.message, cause.number) for cause in causes] == [
        ("call", "ConnectionError: no line", 3),
        ("call", "ConnectionError: other trouble", 1),
    ]

    down = False
    with pytest.raises(Forbidden):
        retries.retry_all(runtime, "call", "ConnectionError: no line", actor=LI, reason="")
    assert retries.retry_all(runtime, "call", "ConnectionError: no line", actor=CHIEF, reason="线路恢复") == 3
    settle(runtime)

    assert [elements(runtime, case_id) for case_id in case_ids] == [[], ["after"], ["after"], ["after"]]
    assert [cause.number for cause in retries.causes(runtime, actor=CHIEF)] == [1]
    assert [entry.actor for entry in entries(runtime, case_ids[1], "retried")] == ["chief"]


def test_a_clock_that_jumps_ahead_and_back_fires_every_beat_once(runtime: Runtime) -> None:
    case_id = begin(runtime, "beating")
    for jump in (timedelta(minutes=61), -HOUR, HOUR / 2, HOUR / 2, -3 * HOUR, 4 * HOUR):
        advance(runtime, jump)

    # 13:02 of a case begun at 11:00 on a clock that stood at 13:02 at last: beats of 12:00 and 13:00.
    assert elements(runtime, case_id) == ["beaten", "beaten", "stay"]


def test_a_day_follows_the_calendar_and_24_hours_the_clock_in_the_night_of_the_change(
    database: Database, tmp_path: Path
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    runtime = make_runtime(database.url, tmp_path, files={"beating.bpmn": cycle("R2/P1D")})
    runtime.config = replace(runtime.config, zone=berlin)
    hourly = cycle("R2/PT24H").replace(b'id="beating"', b'id="hours"')
    deployments.deploy(runtime, {"hours.bpmn": hourly}, actor=CHIEF, comment="hours")
    for month, day, later in ((3, 27, 21), (10, 30, 19)):
        evening = datetime(2027, month, day, 20, tzinfo=berlin)
        runtime.clock.move_to(evening)  # type: ignore[attr-defined]  # the clock of the bureau is movable
        days, hours = begin(runtime, "beating"), begin(runtime, "hours")
        due = {case_id: _due(runtime, case_id).astimezone(berlin) for case_id in (days, hours)}

        assert (due[days].day - evening.day, due[days].hour) == (1, 20)
        assert due[hours].hour == later
        assert due[hours].timestamp() - evening.timestamp() == 24 * 3600

        advance(runtime, timedelta(hours=25))
        assert [elements(runtime, case_id) for case_id in (days, hours)] == [["beaten", "stay"]] * 2
        assert _due(runtime, days).astimezone(berlin).hour == 20


def _due(runtime: Runtime, case_id: int) -> datetime:
    with read_only(runtime.database) as uow:
        row = uow.first(Statement("SELECT due_at FROM job WHERE case_id = :case_id"), case_id=case_id)
    assert row is not None
    return from_ms(row.due_at)


def plan(uow: UnitOfWork, statement: Statement, **parameters: Any) -> str:
    if uow.is_sqlite:
        explained = Statement("EXPLAIN QUERY PLAN " + statement.sqlite)
        return "\n".join(row.detail for row in uow.all(explained, **parameters))
    cursor = uow._driver.cursor()
    cursor.execute("EXPLAIN " + statement.postgresql, parameters)
    return "\n".join(row[0] for row in cursor.fetchall())


def test_waiting_timers_cost_nothing_until_they_are_due(runtime: Runtime) -> None:
    """20,000 timers wait; the claim reads the partial index from its due end and meets none of them."""
    case_id = begin(runtime, "beating")
    waiting = [
        job_rows.NewJob(kind="timer", case_id=case_id, token=1000 + number, due_at=NOW + HOUR + number * timedelta(1))
        for number in range(20_000)
    ]
    with unit_of_work(runtime.database) as uow:
        job_rows.add(uow, waiting, now=NOW)
    if not runtime.database.is_sqlite:
        with unit_of_work(runtime.database) as uow:
            uow.run(Statement("ANALYZE job"))
    now = 1
    with unit_of_work(runtime.database) as uow:
        statements = job_rows._DUE_SQLITE if uow.is_sqlite else job_rows._DUE_POSTGRESQL
        plans = {
            "job_due": plan(uow, statements[IN_DATABASE], now=now, limit=20),
            "job_service_due": plan(uow, statements[OUTSIDE], now=now, limit=20),
            "job_external": plan(
                uow,
                external_tasks._FREE_SQLITE if uow.is_sqlite else external_tasks._FREE_POSTGRESQL,
                topic="print",
                now=now,
                limit=20,
            ),
        }

    for index, found in plans.items():
        assert f"{index} " in f"{found} ", found
        assert "SCAN job" not in found, found
        assert "Seq Scan on job" not in found, found
    assert jobs.run_due(runtime) == 0


def test_a_case_in_somebodys_hands_is_left_for_the_next_round(
    runtime: Runtime, database: Database, tmp_path: Path
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    busy, free = begin(runtime, "beating"), begin(runtime, "beating")
    other = reopened(runtime, database.url, tmp_path)
    move(runtime, HOUR)
    with unit_of_work(other.database) as uow:
        uow.first(Statement("SELECT id FROM process_instance WHERE id = :id FOR UPDATE"), id=busy)
        settle(runtime)
        assert elements(runtime, free) == ["beaten", "stay"]

    settle(runtime)
    assert elements(runtime, busy) == ["beaten", "stay"]


def test_a_timer_and_a_person_at_once_do_not_wait_for_each_other(
    runtime: Runtime, database: Database, tmp_path: Path
) -> None:
    """A failing job takes the case before the job, as steps do; the other order ended in deadlocks."""

    def fails(_inputs: Mapping[str, Any], _context: DelegateContext) -> Mapping[str, Any]:
        raise ConnectionError("no line")

    calling(runtime, fails)
    other = reopened(runtime, database.url, tmp_path)
    case_ids = [begin(runtime, "beating") for _ in range(10)]
    move(runtime, HOUR)
    gate = threading.Barrier(2)

    def finish() -> None:
        gate.wait()
        for case_id in case_ids:
            complete(other, case_id, "stay")

    person = threading.Thread(target=finish)
    person.start()
    gate.wait()
    settle(runtime)
    person.join()
    settle(runtime)

    assert supervision.unresolved_incidents(runtime, actor=CHIEF) == []
    assert count(runtime, "job") == 0
