"""Everything that completing a task must know, locked and read in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from engine.domain.case import Case
from engine.domain.rejection import NotFound
from engine.domain.user_task import UserTask
from engine.store import cases, user_tasks
from engine.store.unit_of_work import Statement, UnitOfWork

_TASK = [name.strip() for name in user_tasks.COLUMNS.split(",")]
_CASE = [name.strip() for name in cases.COLUMNS.split(",")]
_SELECT = (
    "SELECT "
    + ", ".join([f"t.{name} AS t_{name}" for name in _TASK] + [f"c.{name} AS c_{name}" for name in _CASE])
    + """, d.saved_at AS draft_at FROM user_task t JOIN process_instance c ON c.id = t.case_id
    LEFT JOIN draft d ON d.task_id = t.id AND d.person_id = :person_id WHERE t.id = :task_id"""
)
_SQLITE = Statement(_SELECT)
# Both rows: a row that is only joined would be seen as it was before the wait for the lock.
_POSTGRESQL = Statement(_SELECT + " FOR UPDATE OF t, c")


@dataclass(frozen=True, kw_only=True)
class TaskAndCase:
    task: UserTask
    case: Case
    has_draft: bool


def lock(uow: UnitOfWork, task_id: int, person_id: str) -> TaskAndCase:
    """The task and its case under their locks until the transaction ends. Raises NotFound."""
    row = uow.first(_SQLITE if uow.is_sqlite else _POSTGRESQL, task_id=task_id, person_id=person_id)
    if row is None:
        raise NotFound(f"Task {task_id} does not exist.", object="task", id=task_id)
    found = row._asdict()
    return TaskAndCase(
        task=user_tasks.task_from(_part(found, "t_", _TASK)),
        case=cases.case_from(_part(found, "c_", _CASE)),
        has_draft=found["draft_at"] is not None,
    )


def _part(row: Mapping[Any, Any], prefix: str, names: list[str]) -> Any:
    return SimpleNamespace(**{name: row[prefix + name] for name in names})
