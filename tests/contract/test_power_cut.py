"""A process killed between any two statements leaves the case before the step or after it, never between."""

import multiprocessing
import os
import signal
from pathlib import Path

from engine.domain.clock import MovableClock
from engine.services import audit, cases, user_tasks
from engine.store.database import Database
from rongcuo.bootstrap import build
from tests.contract.bureau import LI, NOW, config, make_runtime, open_tasks

MOST_STATEMENTS = 40


def _complete_and_die(url: str, folder: Path, task_id: int, statement_number: int) -> None:
    """Complete the task in this process, killed before its n-th statement; exit 0 when it lived to the end."""
    runtime = build(database_url=url, data=folder, secret=b"test", clock=MovableClock(NOW), config=config())
    seen = 0

    def count(*_arguments: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement_number:
            os.kill(os.getpid(), signal.SIGKILL)

    runtime.database.observers.append(count)
    user_tasks.complete(runtime, task_id, {"subject": "断电"}, actor=LI, version=None, key=f"cut-{statement_number}")
    os._exit(0)


def test_the_case_is_before_or_after_the_step(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path)
    found: list[str] = []
    for number in range(1, MOST_STATEMENTS):
        case_id = cases.start(runtime, "request", "begin", {}, actor=LI, key=f"start-{number}")
        (task,) = open_tasks(runtime, case_id)
        runtime.database.close()
        child = multiprocessing.get_context("fork").Process(
            target=_complete_and_die, args=(database.url, tmp_path, task.id, number)
        )
        child.start()
        child.join()
        waiting = [open_task.element_id for open_task in open_tasks(runtime, case_id)]
        assert waiting in (["write"], ["check"])
        assert audit.verify(runtime, case_id).intact
        found.append(waiting[0])
        if child.exitcode == 0:
            break

    assert child.exitcode == 0
    assert found[0] == "write"
    assert found[-1] == "check"
    # Nothing is done twice either: sent again, the submission that was lost goes through.
    assert len(set(found)) == 2
