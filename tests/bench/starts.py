"""How many cases start in a second: one process on SQLite; on PostgreSQL clients against a bare psycopg loop."""

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

from engine.services import cases
from engine.services.runtime import Runtime
from engine.store.history import NewEntry
from tests import postgresql
from tests.bench.office import CLERK, make_runtime, open_runtime, say
from tests.bench.ratios import Notes

SECONDS = 3.0
CLIENTS = 2


def measure_starts(folder: Path) -> None:
    for mode, goal in (("NORMAL", 1000), ("FULL", 400)):
        rate = _sqlite_rate(folder, mode)
        say(f"SQLite, synchronous={mode}: cases started per second", f"{rate:.0f}", f">= {goal}")
    with postgresql.server() as server, postgresql.new_database(server) as url:
        _measure_postgresql(url, folder)


def _sqlite_rate(folder: Path, mode: str) -> float:
    runtime = make_runtime(f"sqlite:///{folder / f'starts-{mode}.db'}", folder)
    runtime.database.close()

    @event.listens_for(runtime.database._writing, "connect")
    def prepare(raw: Any, _record: object) -> None:
        raw.execute(f"PRAGMA synchronous={mode}")

    rate = _rate(lambda: _start(runtime))
    runtime.database.close()
    return rate


def _measure_postgresql(url: str, folder: Path) -> None:
    runtime = make_runtime(url, folder)
    notes = Notes()
    _start(runtime)
    runtime.database.observers.append(notes)
    _start(runtime)
    runtime.database.close()
    transaction = notes.transactions[0]
    ours = _together(_start_many, url, folder)
    bare = _together(_send_many, url, transaction)
    say(f"PostgreSQL, {CLIENTS} clients: cases started per second", f"{ours:.0f}", "")
    say(
        f"PostgreSQL, {CLIENTS} clients: against a bare psycopg loop",
        f"{ours / bare:.2f}",
        ">= 0.5",
    )


def _start(runtime: Runtime) -> None:
    cases.begin(runtime, "loop", "begin", {}, actor=CLERK, note=NewEntry(what="started", actor=CLERK.person_id))


def _rate(action: Callable[[], object]) -> float:
    action()
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        action()
        done += 1
    return done / (time.perf_counter() - begun)


def _together(work: Callable[..., None], *arguments: Any) -> float:
    """The sum of the rates of all clients."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    clients = [context.Process(target=work, args=(number, answers, *arguments)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    rates = [answers.get(timeout=120) for _ in clients]
    for client in clients:
        client.join()
    return float(sum(rates))


def _start_many(_number: int, answers: Any, url: str, folder: Path) -> None:
    runtime = open_runtime(url, folder)
    answers.put(_rate(lambda: _start(runtime)))
    runtime.database.close()


def _send_many(number: int, answers: Any, url: str, transaction: list[tuple[str, Any]]) -> None:
    """The statements of one start again and again, with keys of their own."""
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        sent = 0

        def send() -> None:
            nonlocal sent
            sent += 1
            offset = (number + 1) * 10**15 + sent * 10**6
            with connection.cursor() as cursor:
                for statement, parameters in transaction:
                    if isinstance(parameters, list):
                        cursor.executemany(statement, [_moved(row, offset) for row in parameters])
                    else:
                        cursor.execute(statement, _moved(parameters, offset))
            connection.commit()

        answers.put(_rate(send))


def _moved(row: dict[str, Any], offset: int) -> dict[str, Any]:
    """The same row for another case."""
    keys = {name: row[name] + offset for name in ("id", "case_id", "task_id") if isinstance(row.get(name), int)}
    number = {"number": f"{row['number']}/{offset}"} if "number" in row else {}
    return {**row, **keys, **number}
