"""Play cases by the ids of their elements, and look at what the database holds of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine.domain.actor import Actor
from engine.domain.clock import MovableClock
from engine.services import cases, jobs, user_tasks
from engine.services.runtime import Runtime
from engine.store import cases as case_rows
from engine.store import history, variables
from engine.store.history import NewEntry
from engine.store.unit_of_work import Statement, read_only
from tests.contract.bureau import LI, open_tasks


def begin(runtime: Runtime, process_id: str, values: Mapping[str, Any] | None = None, *, at: str = "begin") -> int:
    note = NewEntry(what="started", actor=LI.person_id)
    return cases.begin(runtime, process_id, at, values or {}, actor=LI, note=note)


def complete(runtime: Runtime, case_id: int, element_id: str, *, actor: Actor = LI) -> None:
    task = next(task for task in open_tasks(runtime, case_id) if task.element_id == element_id)
    user_tasks.complete_with(runtime, task.id, {}, actor=actor)


def elements(runtime: Runtime, case_id: int) -> list[str]:
    """Elements of the open tasks, sorted."""
    return sorted(task.element_id for task in open_tasks(runtime, case_id))


def values(runtime: Runtime, case_id: int) -> dict[str, Any]:
    with read_only(runtime.database) as uow:
        return {name: value for (scope, name), value in variables.of_case(uow, case_id).items() if scope == ""}


def entries(runtime: Runtime, case_id: int, what: str) -> list[Any]:
    """Rows of the history of this kind, in order."""
    with read_only(runtime.database) as uow:
        return [row for row in history.of_case(uow, case_id) if row.what == what]


def number_of(runtime: Runtime, case_id: int) -> str:
    with read_only(runtime.database) as uow:
        return case_rows.get(uow, case_id).number


def count(runtime: Runtime, table: str, where: str = "1 = 1") -> int:
    with read_only(runtime.database) as uow:
        row = uow.first(Statement(f"SELECT count(*) AS n FROM {table} WHERE {where}"))
    assert row is not None
    return int(row.n)


def cases_of(runtime: Runtime, process_id: str) -> list[int]:
    with read_only(runtime.database) as uow:
        rows = uow.all(
            Statement(
                """SELECT c.id FROM process_instance c JOIN process_definition d ON d.id = c.definition_id
                   WHERE d.key = :key ORDER BY c.id"""
            ),
            key=process_id,
        )
    return [row.id for row in rows]


def settle(runtime: Runtime) -> None:
    """Run until nothing is due."""
    while jobs.run_due(runtime):
        pass


def move(runtime: Runtime, by: timedelta) -> None:
    """Move the clock; nothing runs."""
    assert isinstance(runtime.clock, MovableClock)
    runtime.clock.advance(by)


def advance(runtime: Runtime, by: timedelta) -> None:
    """Move the clock and run what falls due."""
    move(runtime, by)
    settle(runtime)
