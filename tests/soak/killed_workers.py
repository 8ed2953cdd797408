"""Worker processes killed at random, and the database too: nothing is lost, nothing doubled; a control must fail."""

import contextlib
import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg

from engine.scheduler.worker import Worker
from engine.services import deployments, job_effects, jobs, signals
from engine.services.runtime import Runtime
from engine.store import jobs as job_rows
from engine.store.database import Database
from engine.store.jobs import Job
from engine.store.unit_of_work import Statement, read_only, unit_of_work
from rongcuo.bootstrap import build
from tests.contract.bureau import CHIEF, config
from tests.contract.playing import begin
from tests.postgresql import RestartedServer, restartable
from tests.soak.counted import BEATS, Ledger, Tally, process, tally

# Short, so that a killed worker's jobs are soon free again.
LEASE = timedelta(seconds=2)
CASES = 40
MOST_CONTROLS = 10
EXPECTED = {"beat": BEATS, "heard": 1, "ticked": 1, "sent": 1}
HEAD = f"{'database':<12}{'workers':>8}{'rounds':>8}{'restarts':>10}{'kills':>8}{'cases':>8}{'effects':>9}{'calls':>8}"
HEAD += f"{'lost':>7}{'doubled':>9}  guard"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """`guard` False: jobs end in a transaction of their own, which must be seen."""

    database: str
    workers: int
    restarts: bool = False
    guard: bool = True


SETTINGS = [
    Setting(database="sqlite", workers=2),
    Setting(database="sqlite", workers=4),
    Setting(database="postgresql", workers=2),
    Setting(database="postgresql", workers=4, restarts=True),
    Setting(database="sqlite", workers=2, guard=False),
    Setting(database="postgresql", workers=2, guard=False),
]


def soak(minutes: float) -> dict[str, object]:
    """Print a row for every setting. Raises AssertionError when one lost or doubled anything, or a control did not."""
    print(HEAD, flush=True)
    total, kills, wrong = Tally(), 0, []
    for setting in SETTINGS:
        with tempfile.TemporaryDirectory(prefix="rongcuo-soak-") as folder:
            found, killed = _one(setting, minutes * 60 / len(SETTINGS), Path(folder))
        if setting.guard:
            total, kills = total + found, kills + killed
        if found.doubled == 0 if not setting.guard else (found.lost, found.doubled) != (0, 0):
            wrong.append(setting)
    if wrong:
        raise AssertionError(f"not as promised: {wrong}")
    return {"kills": kills, "effects": total.effects, "lost": total.lost, "doubled": total.doubled}


def _one(setting: Setting, seconds: float, folder: Path) -> tuple[Tally, int]:
    ledger = Ledger(folder / "ledger.txt")
    with _database(setting, folder) as (url, server):
        workers = _Workers(setting)
        total, rounds, ends = Tally(), 0, time.monotonic() + seconds
        while rounds == 0 or time.monotonic() < ends or (_saw_nothing(setting, total) and rounds < MOST_CONTROLS):
            total = total + _round(url, folder, ledger, workers, server, rounds)
            rounds += 1
    restarts = 0 if server is None else server.restarts
    print(
        f"{setting.database:<12}{setting.workers:>8}{rounds:>8}{restarts:>10}{workers.kills:>8}{total.cases:>8}"
        f"{total.effects:>9}{total.calls:>8}{total.lost:>7}{total.doubled:>9}  {'yes' if setting.guard else 'NO'}",
        flush=True,
    )
    return total, workers.kills


def _saw_nothing(setting: Setting, total: Tally) -> bool:
    """A control goes on until a kill has fallen between an effect and the end of its job."""
    return not setting.guard and total.doubled == 0


@contextlib.contextmanager
def _database(setting: Setting, folder: Path) -> Iterator[tuple[str, RestartedServer | None]]:
    if setting.database == "sqlite":
        yield f"sqlite:///{folder / 'soak.db'}", None
        return
    with restartable() as server:
        yield server.url.replace("postgresql://", "postgresql+psycopg://", 1), server if setting.restarts else None


def _round(
    url: str, folder: Path, ledger: Ledger, workers: "_Workers", server: RestartedServer | None, number: int
) -> Tally:
    """Start cases, kill while they work, let the work come to rest, count."""
    runtime = _runtime(url, folder, ledger)
    if number == 0:
        deployments.deploy(runtime, {"counted.bpmn": process("PT1S")}, actor=CHIEF, comment="soak")
    marks = {}
    for case in range(CASES):
        mark, partner = f"{number}-{case}", f"{number}-{case ^ 1}"
        marks[begin(runtime, "counted", {"mark": mark, "partner": partner})] = mark
    signals.broadcast(runtime, "alarm", {}, actor=CHIEF)
    runtime.database.close()

    workers.start(runtime)
    workers.kill_for(6.0, server)
    _rest(url)
    workers.stop()

    runtime = _runtime(url, folder, ledger)
    found = tally(runtime, ledger, marks, EXPECTED)
    runtime.database.close()
    return found


def _runtime(url: str, folder: Path, ledger: Ledger) -> Runtime:
    runtime = build(database_url=url, data=folder, secret=b"soak", config=config())
    runtime.delegates = {"note": ledger}
    return runtime


class _Workers:
    """Processes that run jobs, each replaced when it is killed."""

    def __init__(self, setting: Setting) -> None:
        self.kills = 0
        self._guard = setting.guard
        self._count = setting.workers
        self._running: list[BaseProcess] = []
        self._chance = random.Random(setting.workers)

    def start(self, runtime: Runtime) -> None:
        """Copies of this process: a fresh one would be killed before it has begun to work. It holds no connection."""
        self._make = lambda: _work(runtime, guard=self._guard)
        self._running = [_spawned(self._make) for _ in range(self._count)]

    def kill_for(self, seconds: float, server: RestartedServer | None) -> None:
        ends = time.monotonic() + seconds
        next_restart = time.monotonic() + seconds / 2
        while time.monotonic() < ends:
            time.sleep(self._chance.uniform(0.05, 0.5))
            chosen = self._chance.randrange(self._count)
            victim = self._running[chosen]
            if victim.pid is not None and victim.is_alive():
                os.kill(victim.pid, signal.SIGKILL)
                self.kills += 1
            victim.join()
            self._running[chosen] = _spawned(self._make)
            if server is not None and time.monotonic() > next_restart:
                server.restart()
                next_restart = ends

    def stop(self) -> None:
        for worker in self._running:
            worker.kill()
            worker.join()


def _spawned(make: Callable[[], None]) -> BaseProcess:
    started = multiprocessing.get_context("fork").Process(target=make, daemon=True)
    started.start()
    return started


def _work(runtime: Runtime, *, guard: bool) -> None:
    """A worker process. It never gives up: here a death is the killer's doing, not the job's."""
    job_effects.LEASE = jobs.LEASE = LEASE  # type: ignore[misc]
    jobs.MOST_ATTEMPTS = 1_000_000
    jobs.pause_after = lambda _attempts: timedelta(seconds=1)
    if not guard:
        _without_guard()
    while True:
        with contextlib.suppress(Exception):  # the database may be away
            Worker(runtime).run()
        time.sleep(0.2)


def _without_guard() -> None:
    real = job_effects.run

    def run_then_end(runtime: Runtime, job: Job) -> None:
        real(runtime, job)
        time.sleep(0.05)  # so that kills fall between the two
        with unit_of_work(runtime.database) as uow:
            job_rows.finish(uow, job)

    job_effects.take = lambda _uow, _job: None
    job_effects.run = run_then_end


_LEFT = Statement("SELECT count(*) AS n FROM job")


def _rest(url: str) -> None:
    """Wait until no job is left, at most a minute: what is missing then is counted as lost."""
    database = Database(url)
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with contextlib.suppress(psycopg.OperationalError), read_only(database) as uow:
            row = uow.first(_LEFT)
            if row is not None and row.n == 0:
                break
        time.sleep(0.3)
    database.close()
