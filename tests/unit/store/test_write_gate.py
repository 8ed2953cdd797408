"""Writers of several processes take turns, and none is left out."""

import multiprocessing
import os
import signal
import time
from multiprocessing.queues import Queue
from pathlib import Path

import pytest

from engine.store.database import Database
from engine.store.unit_of_work import Statement, unit_of_work
from engine.store.write_gate import WriteGate

PROCESSES = 6
SECONDS = 2.0
INSERT = Statement("INSERT INTO reading (id, case_id, person_id, at, what) VALUES (:id, 1, 'x', 1, 'y')")


def write_for_a_while(url: str, number: int, done: "Queue[int]") -> None:
    database = Database(url)
    ends, commits = time.monotonic() + SECONDS, 0
    while time.monotonic() < ends:
        with unit_of_work(database) as uow:
            uow.run(INSERT, id=number * 1_000_000 + commits)
            time.sleep(0.002)
        commits += 1
    database.close()
    done.put(commits)


def test_no_writer_is_left_out(tmp_path: Path) -> None:
    """Without the gate one of six commits once or twice while another commits hundreds of times."""
    url = f"sqlite:///{tmp_path / 'gate.db'}"
    database = Database(url)
    database.create_tables()
    database.close()
    context = multiprocessing.get_context("fork")
    done: Queue[int] = context.Queue()
    writers = [context.Process(target=write_for_a_while, args=(url, n, done)) for n in range(PROCESSES)]
    for writer in writers:
        writer.start()
    commits = sorted(done.get(timeout=30) for _ in writers)
    for writer in writers:
        writer.join()

    assert commits[0] * 4 > commits[-1], commits


def test_a_writer_that_is_killed_lets_the_next_one_in(tmp_path: Path) -> None:
    gate = WriteGate(tmp_path / "gate")
    inside = multiprocessing.get_context("fork").Event()

    def stay() -> None:
        with gate.passed():
            inside.set()
            time.sleep(60)

    with gate.passed():
        pass
    writer = multiprocessing.get_context("fork").Process(target=stay)
    writer.start()
    assert inside.wait(10)
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    begun = time.monotonic()
    with gate.passed():
        assert time.monotonic() - begun < 5


def test_a_thread_that_waits_for_itself_is_let_through_to_sqlite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = WriteGate(tmp_path / "gate")
    monkeypatch.setattr("engine.store.write_gate.PATIENCE", 0.1)

    with gate.passed(), gate.passed():
        pass
