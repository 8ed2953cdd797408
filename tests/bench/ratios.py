"""The step against a bare transaction of the same statements, sent by SQLAlchemy's `exec_driver_sql`.

A database is copied, steps are run on the original with every statement and parameter noted, and the notes are sent to
the copy: the same rows, the same indexes, the same commits. What is above 1 is ours.
"""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.store.database import Database
from tests import postgresql
from tests.bench.office import Loop, make_runtime, open_runtime, say

STEPS = 300
END = "-- the end"
Copy = Callable[[], str]


@dataclass
class Notes:
    """Transactions as they were sent: (statement, parameters); those of `timed` were steps."""

    transactions: list[list[tuple[str, Any]]] = field(default_factory=lambda: [[]])
    timed: set[int] = field(default_factory=set)

    def __call__(self, statement: str, parameters: Any) -> None:
        if statement == END:
            self.transactions.append([])
        else:
            self.transactions[-1].append((statement, parameters))


def measure_ratios(folder: Path) -> None:
    with _sqlite(folder) as (url, copy):
        _compare("SQLite", url, copy, folder)
    with postgresql.server() as server, _postgresql(server) as (url, copy):
        _compare("PostgreSQL", url, copy, folder)


def _compare(name: str, url: str, copy: Copy, folder: Path) -> None:
    runtime = make_runtime(url, folder)
    loop = Loop(runtime)
    for _ in range(20):
        loop.work()
    runtime.database.close()
    copied = copy()
    loop.runtime = runtime = open_runtime(url, folder)
    notes = Notes()
    runtime.database.observers.append(notes)
    found: dict[str, float] = {}
    for kind, before in (("cold", loop.claim_cold), ("warm", loop.claim)):
        times = []
        for _ in range(STEPS):
            before()
            notes.timed.add(len(notes.transactions) - 1)
            start = time.process_time_ns()
            loop.work()
            times.append(time.process_time_ns() - start)
        found[kind] = statistics.median(times) / 1e6
    runtime.database.close()
    bare = _replay(copied, notes)
    say(f"{name}: bare transaction of the step's statements, CPU ms", f"{bare:.3f}", "")
    say(f"{name}: step with a warm cache against it", f"{found['warm'] / bare:.2f}", "<= 3")
    say(f"{name}: step with nothing cached against it", f"{found['cold'] / bare:.2f}", "<= 5")


def _replay(url: str, notes: Notes) -> float:
    """Median CPU milliseconds of the noted steps as bare transactions."""
    database = Database(url)
    times = []
    for number, transaction in enumerate(notes.transactions):
        if not transaction:
            continue
        start = time.process_time_ns()
        with database._writing.connect() as connection, connection.begin():
            for statement, parameters in transaction:
                result = connection.exec_driver_sql(statement, parameters)
                if result.returns_rows:
                    result.fetchall()
        if number in notes.timed:
            times.append(time.process_time_ns() - start)
    database.close()
    return statistics.median(times) / 1e6


@contextmanager
def _sqlite(folder: Path) -> Iterator[tuple[str, Copy]]:
    original, copied = folder / "ratio.db", folder / "ratio-copy.db"

    def copy() -> str:
        shutil.copy(original, copied)
        return f"sqlite:///{copied}"

    yield f"sqlite:///{original}", copy


@contextmanager
def _postgresql(server: str) -> Iterator[tuple[str, Copy]]:
    def copy() -> str:
        for name in ("ratio_copy",):
            postgresql.execute(server, f"CREATE DATABASE {name} TEMPLATE ratio")
        return _url(server, "ratio_copy")

    postgresql.execute(server, "CREATE DATABASE ratio")
    try:
        yield _url(server, "ratio"), copy
    finally:
        for name in ("ratio", "ratio_copy"):
            postgresql.execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _url(server: str, name: str) -> str:
    return postgresql.with_database(server, name).replace("postgresql://", "postgresql+psycopg://", 1)
