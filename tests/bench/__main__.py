"""Measure the step and the pages, and print: CPU of this process, medians. `make bench`."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from engine.config import Config, config_from
from engine.domain.actor import Actor
from engine.domain.clock import MovableClock
from engine.domain.user_task import UserTask
from engine.services import cases, deployments, inbox, people, user_tasks
from engine.services.runtime import LiveCases, Runtime
from engine.store import user_tasks as task_rows
from engine.store.cases import get as get_case
from engine.store.unit_of_work import read_only, unit_of_work
from rongcuo.bootstrap import build
from tests.acceptance.office import hidden_fields
from tests.bench import diagrams
from web.app import create_app

CLERK = Actor(person_id="clerk", name="办事员", groups=frozenset({"clerk"}))
NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        runtime = make_runtime(Path(folder))
        _step(runtime)
        _growth(runtime)
        _blocks(runtime)
        _pages(runtime)
        _processes(Path(folder))


def make_runtime(folder: Path) -> Runtime:
    runtime = build(
        database_url=f"sqlite:///{folder / 'bench.db'}",
        data=folder,
        secret=b"bench",
        clock=MovableClock(NOW),
        config=_config(),
    )
    deployments.deploy(
        runtime,
        {"loop.bpmn": diagrams.loop(), "blocks.bpmn": diagrams.blocks()},
        actor=CLERK,
        comment="bench",
    )
    people.register(
        runtime, "clerk", "办事员", login="clerk", password="bench-bench", groups=("clerk",), since=date(2020, 1, 1)
    )
    return runtime


def _config() -> Config:
    return config_from({"office": {"name": "bench"}, "groups": {"clerk": {"zh": "办事员"}}}, where="bench")


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


def _step(runtime: Runtime) -> None:
    loop = Loop(runtime)
    cold = cpu_ms(loop.work, times=200, before=loop.claim_cold)
    warm = cpu_ms(loop.work, times=200, before=loop.claim)
    statements: list[str] = []
    loop.claim_cold()

    runtime.database.observers.append(lambda text, _: statements.append(text))
    loop.work()
    runtime.database.observers.clear()
    with read_only(runtime.database) as uow:
        size = len(get_case(uow, loop.case_id).execution)
    say("full step, nothing cached, CPU ms", f"{cold:.2f}", "<= 1.0")
    say("full step, case in the live cache, CPU ms", f"{warm:.2f}", "")
    say("statements of a step (between BEGIN and COMMIT)", str(len(statements)), "<= 8")
    for statement in statements:
        print("    " + " ".join(statement.split())[:110])
    say("state blob, bytes", str(size), "<= 2048")


def _growth(runtime: Runtime) -> None:
    loop = Loop(runtime)
    for _ in range(10):
        loop.work()
    young = cpu_ms(loop.work, times=200)
    while loop.rounds < 4800:
        loop.work()
    old = cpu_ms(loop.work, times=200)
    say("a step after 5,000 rounds against one after 10", f"{old / young:.2f}", "<= 1.25")


def _blocks(runtime: Runtime) -> None:
    start = cpu_ms(
        lambda: cases.start(runtime, "blocks", "begin", {}, actor=CLERK, key=f"k{time.monotonic_ns()}"), times=20
    )
    say("start of four parallel blocks of ten branches, CPU ms", f"{start:.2f}", "< 10")


def _pages(runtime: Runtime) -> None:
    loop = Loop(runtime)
    _fill(runtime, loop.case_id, 100_000)
    say("inbox service, 100,000 open tasks, CPU ms", f"{_inbox(runtime):.2f}", "")
    client = create_app(runtime).test_client()
    fields = hidden_fields(client.get("/login").get_data(as_text=True), "/login")
    client.post("/login", data={**fields, "login": "clerk", "password": "bench-bench"})
    if client.get("/inbox").status_code != 200:
        raise RuntimeError("could not log in")
    inbox_ms = cpu_ms(lambda: client.get("/inbox?tab=groups").get_data(), times=50)
    say("inbox page, 100,000 open tasks, CPU ms", f"{inbox_ms:.2f}", "<= 8")

    form: dict[str, str] = {}

    def open_task() -> None:
        path = f"/tasks/{loop.task_id}"
        form.clear()
        form.update(hidden_fields(client.get(path).get_data(as_text=True), path))

    def send() -> None:
        response = client.post(f"/tasks/{loop.task_id}", data=form)
        if response.status_code not in {302, 303}:
            raise RuntimeError(f"{response.status_code} {response.get_data(as_text=True)[:300]}")
        with read_only(runtime.database) as uow:
            loop.task_id = next(
                task.id for task in task_rows.of_case(uow, loop.case_id) if task.is_open and task.element_id == "work"
            )

    posts = Loop(runtime)
    loop.case_id, loop.task_id = posts.case_id, posts.task_id
    say("task page POST to redirect, CPU ms", f"{cpu_ms(send, times=50, before=open_task):.2f}", "<= 8")


def _fill(runtime: Runtime, case_id: int, number: int) -> None:
    with unit_of_work(runtime.database) as uow:
        task_rows.insert(
            uow,
            [
                UserTask(
                    id=n + 1,
                    case_id=case_id,
                    token=10_000_000 + n,
                    element_id="filler",
                    process_id="loop",
                    name="办理",
                    scope="",
                    state="open",
                    version=1,
                    assignee=None,
                    claimed_at=None,
                    candidate_users=(),
                    candidate_groups=("clerk" if n % 10 == 0 else f"others{n % 7}",),
                    form_ref=None,
                    due_at=None,
                    priority=50,
                    created_at=NOW,
                )
                for n in range(number)
            ],
        )


def _inbox(runtime: Runtime) -> float:
    return cpu_ms(lambda: inbox.page(runtime, CLERK, tab="groups"), times=50)


def _processes(folder: Path) -> None:
    environment = os.environ | {"RONGCUO_DATA_DIR": str(folder / "data"), "RONGCUO_PORT": "18099"}
    subprocess.run([sys.executable, "-m", "rongcuo", "deploy"], env=environment, check=True, capture_output=True)
    begun = time.monotonic()
    serving = subprocess.Popen(
        [sys.executable, "-m", "rongcuo", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.monotonic() - begun < 30:
            try:
                urllib.request.urlopen("http://127.0.0.1:18099/health", timeout=1).read()
                break
            except OSError:
                time.sleep(0.02)
        say("`rongcuo serve` ready, s", f"{time.monotonic() - begun:.2f}", "< 2")
    finally:
        serving.terminate()
        serving.wait(timeout=30)
    working = subprocess.Popen(
        [sys.executable, "-m", "rongcuo", "worker"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(3)
        status = Path(f"/proc/{working.pid}/status").read_text(encoding="ascii")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
        say("worker process, MB resident", f"{int(resident) / 1024:.0f}", "<= 120")
    finally:
        working.terminate()
        working.wait(timeout=30)


if __name__ == "__main__":
    main()
