"""What every measurement needs: a bureau on a database, a case to work on, a line to print."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from engine.config import config_from
from engine.domain.actor import Actor
from engine.domain.clock import MovableClock
from engine.services import cases, deployments, people, user_tasks
from engine.services.runtime import LiveCases, Runtime
from engine.store import user_tasks as task_rows
from engine.store.unit_of_work import read_only
from rongcuo.bootstrap import build
from tests.bench import diagrams

CLERK = Actor(person_id="clerk", name="办事员", groups=frozenset({"clerk"}))
NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)


def open_runtime(database_url: str, folder: Path) -> Runtime:
    """The bureau on a database that may hold it already."""
    return build(
        database_url=database_url,
        data=folder,
        secret=b"bench",
        clock=MovableClock(NOW),
        config=config_from({"office": {"name": "bench"}, "groups": {"clerk": {"zh": "办事员"}}}, where="bench"),
    )


def make_runtime(database_url: str, folder: Path) -> Runtime:
    """A new bureau with one clerk and the diagrams of the measurements."""
    runtime = open_runtime(database_url, folder)
    deployments.deploy(
        runtime, {"loop.bpmn": diagrams.loop(), "blocks.bpmn": diagrams.blocks()}, actor=CLERK, comment="bench"
    )
    people.register(
        runtime, "clerk", "办事员", login="clerk", password="bench-bench", groups=("clerk",), since=date(2020, 1, 1)
    )
    return runtime


def say(what: str, value: str, goal: str) -> None:
    print(f"{what:<66}{value:>16}   goal {goal}", flush=True)


def cpu_ms(action: Callable[[], object], *, times: int, before: Callable[[], object] | None = None) -> float:
    """Median CPU milliseconds of this process for one call."""
    found = []
    for _ in range(times):
        if before is not None:
            before()
        start = time.process_time_ns()
        action()
        found.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(found)


class Loop:
    """One case of the loop, worked round by round."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.case_id = cases.start(runtime, "loop", "begin", {}, actor=CLERK, key=f"b{time.monotonic_ns()}")
        with read_only(runtime.database) as uow:
            self.task_id = next(task.id for task in task_rows.of_case(uow, self.case_id) if task.is_open)
        self.rounds = 0

    def claim(self) -> None:
        user_tasks.claim(self.runtime, self.task_id, actor=CLERK)

    def claim_cold(self) -> None:
        self.claim()
        self.runtime.live = LiveCases()

    def work(self) -> None:
        """The step by itself: the key of a browser's request costs two statements more."""
        self.rounds += 1
        done = user_tasks.complete(self.runtime, self.task_id, {}, actor=CLERK, version=None, key=None)
        if done.next_task_id is None:
            raise LookupError("the loop did not go round")
        self.task_id = done.next_task_id
