"""A worker killed before any statement: every effect is there once, and without the guard the test would see it."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from engine.domain.identity import be_process
from engine.services import deployments, job_effects, signals, supervision
from engine.services.runtime import Runtime
from engine.store import jobs as job_rows
from engine.store.database import Database
from engine.store.jobs import Job
from engine.store.unit_of_work import unit_of_work
from tests.contract.bureau import CHIEF, make_runtime
from tests.contract.playing import advance, begin, complete, move, settle
from tests.soak.counted import Ledger, Tally, process, tally

HOUR = timedelta(hours=1)
AFTER_THE_LEASE = timedelta(minutes=2)
# How many statements apart the kills are in this short form; `make soak` kills before every one.
STRIDE = 9
MOST_STATEMENTS = 400
# The numbers by which the rows of the children are told apart.
_children = count(1)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.txt")


@pytest.fixture
def runtime(database: Database, tmp_path: Path, ledger: Ledger) -> Runtime:
    runtime = make_runtime(database.url, tmp_path)
    runtime.delegates = {"note": ledger}
    deployments.deploy(runtime, {"counted.bpmn": process("PT1H")}, actor=CHIEF, comment="test")
    return runtime


def in_a_process_of_its_own(runtime: Runtime, action: Callable[[], object]) -> int | None:
    """Run in a child that takes nothing back; its exit code, negative when it was killed."""
    runtime.database.close()
    runtime.live.clear()
    number = next(_children)
    be_process(0)

    def child() -> None:
        # The clock stands still: a number drawn by chance could be that of another child or of the parent.
        be_process(number)
        action()
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    return process.exitcode


def settle_and_die(runtime: Runtime, statement_number: int) -> None:
    seen = 0

    def die(*_arguments: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement_number:
            os.kill(os.getpid(), signal.SIGKILL)

    runtime.database.observers.append(die)
    settle(runtime)


def kill_everywhere(runtime: Runtime, ledger: Ledger, *, stride: int) -> tuple[int, Tally]:
    """Kill the worker before every `stride`-th statement until it lives through; kills, and what became of it all."""
    kills, total = 0, Tally()
    for number in range(1, MOST_STATEMENTS, stride):
        marks = {}
        for name in ("a", "b"):
            mark, partner = f"{number}{name}", f"{number}{'b' if name == 'a' else 'a'}"
            marks[begin(runtime, "counted", {"mark": mark, "partner": partner})] = mark
        move(runtime, HOUR)
        signals.broadcast(runtime, "alarm", {}, actor=CHIEF)

        code = in_a_process_of_its_own(runtime, lambda number=number: settle_and_die(runtime, number))
        kills += code != 0
        advance(runtime, AFTER_THE_LEASE)

        total = total + tally(runtime, ledger, marks, {"beat": 1, "heard": 1, "ticked": 1, "sent": 1})
        for case_id in marks:
            complete(runtime, case_id, "stay")
        if code == 0:
            return kills, total
    pytest.fail("the worker never lived through")


def test_a_worker_killed_anywhere_loses_nothing_and_doubles_nothing(runtime: Runtime, ledger: Ledger) -> None:
    kills, found = kill_everywhere(runtime, ledger, stride=STRIDE)

    assert kills > 5
    assert (found.lost, found.doubled) == (0, 0)
    assert supervision.unresolved_incidents(runtime, actor=CHIEF) == []


def test_the_kills_are_seen_when_a_job_ends_in_a_transaction_of_its_own(
    runtime: Runtime, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: an effect that commits apart from its job is doubled by a kill between the two."""
    real = job_effects.run

    def run(given: Runtime, job: Job) -> None:
        real(given, job)
        with unit_of_work(given.database) as uow:
            job_rows.finish(uow, job)

    monkeypatch.setattr(job_effects, "take", lambda _uow, _job: None)
    monkeypatch.setattr(job_effects, "run", run)

    _, found = kill_everywhere(runtime, ledger, stride=5)

    assert found.doubled > 0
