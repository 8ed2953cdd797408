"""Where a scenario plays: a runtime on a database, and what stands in the cases of its files."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from engine.config import ANY, Config
from engine.domain.actor import Actor
from engine.domain.clock import MovableClock, SystemClock
from engine.domain.rejection import Conflict, NotFound
from engine.domain.step import Step
from engine.domain.user_task import UserTask
from engine.effects.file_store import FileStore
from engine.scenarios.given import zone_of
from engine.services import deployments, jobs, stepping
from engine.services.runtime import Runtime
from engine.services.stepping import Locked
from engine.store import case_lists
from engine.store import cases as case_rows
from engine.store import user_tasks as task_rows
from engine.store.database import Database
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work

# A scenario that still finds work at the same moment after so many rounds would never stop.
MOST_ROUNDS = 10_000
DIRECTOR = Actor(person_id="scenario", name="Scenario", permissions=frozenset({"supervise", "administer", "design"}))


class Stage:
    """`definitions`: process id to the id of its deployed version."""

    def __init__(self, files: Mapping[str, bytes], *, database_url: str, now: datetime | None) -> None:
        database, folder = Database(database_url), Path(tempfile.mkdtemp(prefix="scenario"))
        # Whoever forgets to close leaves nothing behind.
        self._release = weakref.finalize(self, _release, database, folder)
        database.create_tables()
        self.clock = MovableClock(now or SystemClock().now())
        self.runtime = Runtime(
            database=database,
            clock=self.clock,
            config=Config(office="Scenario", zone=zone_of(now), external_topics=frozenset({ANY})),
            files=FileStore(folder, limit=50 * 1024 * 1024),
            secret=b"scenario",
        )
        self.definitions = deployments.deploy(self.runtime, files, actor=DIRECTOR, comment="scenario")
        self.run_due()

    def close(self) -> None:
        self._release()

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        return read_only(self.runtime.database)

    def run_due(self) -> None:
        for _ in range(MOST_ROUNDS):
            if jobs.run_due(self.runtime) == 0:
                return
        raise Conflict(f"The scenario still finds work after {MOST_ROUNDS} rounds.")

    def known(self, uow: UnitOfWork) -> list[int]:
        return case_lists.of_definitions(uow, self.definitions.values())

    def open(self, uow: UnitOfWork) -> list[UserTask]:
        return [task for case_id in self.known(uow) for task in task_rows.of_case(uow, case_id) if task.is_open]

    def task(self, element_id: str, assignee: str | None) -> UserTask:
        with self.reading() as uow:
            found = [task for task in self.open(uow) if task.element_id == element_id]
        if assignee is not None:
            found = [t for t in found if t.assignee == assignee] or [t for t in found if t.assignee is None]
        if not found:
            held = "" if assignee is None else f" for '{assignee}'"
            raise NotFound(f"Element '{element_id}' has no open task{held}.", object="task", id=element_id)
        return found[0]

    def numbered(self, number: str) -> bool:
        with self.reading() as uow:
            return case_rows.number_exists(uow, number)

    def waiting(self, element_id: str) -> tuple[int, int]:
        """The case and the token that stands on the element."""
        with self.reading() as uow:
            for case_id in self.known(uow):
                case = case_rows.get(uow, case_id)
                if case.state != "active":
                    continue
                places = stepping.revive(self.runtime, uow, case).execution.places()
                for token, place in places.items():
                    if place == element_id:
                        return case_id, token
        raise NotFound(f"Nothing waits at element '{element_id}'.", object="element", id=element_id)

    def step(self, case_id: int, note: NewEntry, act: Callable[[Locked], Step]) -> None:
        def command() -> None:
            with unit_of_work(self.runtime.database) as uow:
                locked = stepping.lock(self.runtime, uow, case_id)
                step = act(locked)
                done = stepping.write(self.runtime, locked, step, actor=DIRECTOR.person_id, first_entries=[note])
            stepping.keep(self.runtime, locked, done)

        stepping.retrying(command)
        self.run_due()


def _release(database: Database, folder: Path) -> None:
    database.close()
    shutil.rmtree(folder, ignore_errors=True)
