"""The worker hears of new work at once, and a slow call delays no timer."""

import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.domain.clock import SystemClock
from engine.package import DelegateContext
from engine.scheduler import worker as worker_module
from engine.scheduler.worker import Worker
from engine.services import deployments
from engine.services.runtime import Runtime
from engine.store.database import Database
from tests import postgresql
from tests.contract.bureau import CHIEF, HEAD, make_runtime, reopened
from tests.contract.playing import begin, elements

SOON = f"""{HEAD}<bpmn:process id="soon" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t">
      <bpmn:timeDuration>PT0.3S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    <bpmn:userTask id="after" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="wait"/>
    <bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="after"/>
  </bpmn:process></bpmn:definitions>""".encode()
CALLED = f"""{HEAD}<bpmn:process id="called" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:serviceTask id="call" camunda:type="external" camunda:topic="call"/>
    <bpmn:userTask id="after" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="call"/>
    <bpmn:sequenceFlow id="f2" sourceRef="call" targetRef="after"/>
  </bpmn:process></bpmn:definitions>""".encode()


class Calls:
    """A delegate that hangs while it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, _inputs: Mapping[str, Any], _context: DelegateContext) -> Mapping[str, Any]:
        assert self.go_on.wait(30)
        return {}


def working(url: str, folder: Path, calls: Calls) -> Runtime:
    runtime = make_runtime(url, folder)
    runtime.clock = SystemClock()
    runtime.delegates = {"call": calls}
    deployments.deploy(runtime, {"soon.bpmn": SOON, "called.bpmn": CALLED}, actor=CHIEF, comment="test")
    return runtime


@pytest.fixture
def calls() -> Iterator[Calls]:
    calls = Calls()
    yield calls
    calls.go_on.set()


@pytest.fixture
def runtime(database: Database, tmp_path: Path, calls: Calls) -> Runtime:
    return working(database.url, tmp_path, calls)


def waits_until_after(runtime: Runtime, case_id: int, *, seconds: float) -> float | None:
    """How long it took until the task `after` was open; None when it took too long."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if elements(runtime, case_id) == ["after"]:
            return time.monotonic() - begun
        time.sleep(0.01)
    return None


def test_new_work_is_heard_of_at_once(
    runtime: Runtime, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another process on PostgreSQL, from this one on SQLite, without a look at the table in between."""
    monkeypatch.setattr(worker_module, "SAFETY_NET", worker_module.timedelta(seconds=60))
    sender = runtime if database.is_sqlite else reopened(runtime, database.url, tmp_path)
    worker = Worker(runtime)
    worker.start()
    try:
        time.sleep(1)
        assert waits_until_after(runtime, begin(sender, "called"), seconds=10) is not None
        assert waits_until_after(runtime, begin(sender, "called"), seconds=10) is not None
    finally:
        worker.stop()


def test_calls_that_hang_delay_no_timer(runtime: Runtime, calls: Calls) -> None:
    calls.go_on.clear()
    hanging = [begin(runtime, "called") for _ in range(5)]
    worker = Worker(runtime)
    worker.start()
    try:
        assert waits_until_after(runtime, begin(runtime, "soon"), seconds=10) is not None
        assert [elements(runtime, case_id) for case_id in hanging] == [[]] * 5
        calls.go_on.set()
        assert [waits_until_after(runtime, case_id, seconds=10) is not None for case_id in hanging] == [True] * 5
    finally:
        calls.go_on.set()
        worker.stop()


@pytest.mark.postgresql
def test_a_worker_goes_on_when_the_database_was_stopped_and_started_again(tmp_path: Path, calls: Calls) -> None:
    with postgresql.restartable() as server:
        runtime = working(server.url.replace("postgresql://", "postgresql+psycopg://", 1), tmp_path, calls)
        worker = Worker(runtime)
        worker.start()
        try:
            first = begin(runtime, "soon")
            server.stop()
            time.sleep(1)
            server.restart()
            assert waits_until_after(runtime, first, seconds=20) is not None
            assert waits_until_after(runtime, begin(runtime, "called"), seconds=20) is not None
        finally:
            worker.stop()
            runtime.database.close()
