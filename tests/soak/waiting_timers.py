"""100,000 timers wait: what they cost while they do, and how late those are that fall due beside them."""

import multiprocessing
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.scheduler.worker import Worker
from engine.services import deployments, jobs
from engine.services.runtime import Runtime
from engine.store import jobs as job_rows
from engine.store.database import Database
from engine.store.jobs import NewJob
from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, read_only, unit_of_work
from rongcuo.bootstrap import build
from tests.contract.bureau import CHIEF, HEAD, config
from tests.contract.playing import begin
from tests.postgresql import restartable

WAITING = 100_000
WORKERS = 2
CASES = 200
PROMISED_SECONDS = 1.0

DUE = f"""{HEAD}<bpmn:process id="due" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t">
      <bpmn:timeDate>=moment</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="done"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="wait"/>
    <bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="done"/>
  </bpmn:process></bpmn:definitions>""".encode()


def soak(minutes: float) -> dict[str, object]:
    """Raises AssertionError when p99 of the lateness is over what is promised."""
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="rongcuo-soak-") as folder, restartable() as server:
        for name, url in (
            ("sqlite", f"sqlite:///{Path(folder) / 'soak.db'}"),
            ("postgresql", server.url.replace("postgresql://", "postgresql+psycopg://", 1)),
        ):
            figures |= {f"{name} {what}": value for what, value in _one(url, Path(folder), minutes * 30).items()}
    assert all(float(str(value)) <= PROMISED_SECONDS for what, value in figures.items() if "p99" in what), figures
    return figures


def _one(url: str, folder: Path, seconds: float) -> dict[str, object]:
    runtime = build(database_url=url, data=folder, secret=b"soak", config=config())
    deployments.deploy(runtime, {"due.bpmn": DUE}, actor=CHIEF, comment="soak")
    idle_before = _idle_claim_ms(runtime)
    _fill(runtime)
    idle = _idle_claim_ms(runtime)
    lateness: list[float] = []
    ends = time.monotonic() + seconds
    while not lateness or time.monotonic() < ends:
        lateness += _lateness(runtime, url, folder)
    runtime.database.close()
    lateness.sort()
    return {
        "fired": len(lateness),
        "lateness p50 s": round(lateness[len(lateness) // 2], 3),
        "lateness p99 s": round(lateness[int(len(lateness) * 0.99)], 3),
        "claim of nothing ms": round(idle, 3),
        "claim of nothing ms, empty table": round(idle_before, 3),
    }


def _fill(runtime: Runtime) -> None:
    """Timers of one case that are due in a year and later."""
    now = runtime.clock.now()
    case_id = begin(runtime, "due", {"moment": now + timedelta(days=365)})
    with unit_of_work(runtime.database) as uow:
        waiting = [
            NewJob(kind="timer", case_id=case_id, token=number, due_at=now + timedelta(days=366, seconds=number))
            for number in range(1000, 1000 + WAITING)
        ]
        job_rows.add(uow, waiting, now=now)


def _idle_claim_ms(runtime: Runtime) -> float:
    begun = time.process_time()
    for _ in range(200):
        jobs.run_due(runtime)
    return (time.process_time() - begun) / 200 * 1000


def _lateness(runtime: Runtime, url: str, folder: Path) -> list[float]:
    """Cases whose timers fall due one after the other within some seconds; how late each was."""
    # Far enough ahead that all cases are entered before the first is due.
    first = runtime.clock.now() + timedelta(seconds=8)
    due = {
        begin(runtime, "due", {"moment": moment}): moment
        for moment in (first + timedelta(milliseconds=20 * number) for number in range(CASES))
    }
    runtime.database.close()
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_work, args=(url, folder), daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    time.sleep(max(0.0, (first - datetime.now(UTC)).total_seconds()) + CASES * 0.02 + 3)
    for worker in workers:
        worker.kill()
        worker.join()
    return _late(Database(url), due)


def _late(database: Database, due: dict[int, datetime]) -> list[float]:
    ended = Statement("SELECT at FROM history WHERE case_id = :case_id AND what = 'entered' AND element_id = 'done'")
    found = []
    for case_id, moment in due.items():
        with read_only(database) as uow:
            row = uow.first(ended, case_id=case_id)
        found.append(60.0 if row is None else (row.at - to_ms(moment)) / 1000)
    database.close()
    return found


def _work(url: str, folder: Path) -> None:
    Worker(build(database_url=url, data=folder, secret=b"soak", config=config())).run()
