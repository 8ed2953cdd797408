"""Drafts of task forms and of diagrams."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_SAVE = Statement(
    """INSERT INTO draft (task_id, person_id, content, saved_at) VALUES (:task_id, :person_id, :content, :at)
       ON CONFLICT (task_id, person_id) DO UPDATE SET content = :content, saved_at = :at"""
)
_GET = Statement("SELECT content, saved_at FROM draft WHERE task_id = :task_id AND person_id = :person_id")
_DROP = Statement("DELETE FROM draft WHERE task_id = :task_id AND person_id = :person_id")
_ADD_DESIGN = Statement(
    """INSERT INTO design_draft (process_key, content, saved_at, saved_by, base_definition_id)
       VALUES (:process_key, :content, :at, :by, :base) ON CONFLICT (process_key) DO NOTHING"""
)
# The moment of saving is the revision: two saves within a millisecond must differ all the same.
_CHANGE_DESIGN = Statement(
    """UPDATE design_draft SET content = :content, saved_by = :by,
       saved_at = CASE WHEN saved_at < :at THEN :at ELSE saved_at + 1 END
       WHERE process_key = :process_key AND saved_at = :expected"""
)
_DESIGN_COLUMNS = "process_key, content, saved_at, saved_by, base_definition_id"
_DESIGN = Statement(f"SELECT {_DESIGN_COLUMNS} FROM design_draft WHERE process_key = :process_key")
_DESIGNS = Statement(f"SELECT {_DESIGN_COLUMNS} FROM design_draft ORDER BY process_key")
_DROP_DESIGN = Statement("DELETE FROM design_draft WHERE process_key = :process_key")


def save(uow: UnitOfWork, *, task_id: int, person_id: str, content: str, at: datetime) -> None:
    uow.run(_SAVE, task_id=task_id, person_id=person_id, content=content, at=to_ms(at))


def get(uow: UnitOfWork, *, task_id: int, person_id: str) -> Any | None:
    """Row: content (JSON text), saved_at (ms)."""
    return uow.first(_GET, task_id=task_id, person_id=person_id)


def drop(uow: UnitOfWork, *, task_id: int, person_id: str) -> None:
    uow.run(_DROP, task_id=task_id, person_id=person_id)


def add_design(uow: UnitOfWork, *, process_key: str, content: bytes, at: datetime, by: str, base: int) -> bool:
    """False when there is one already."""
    return uow.run(_ADD_DESIGN, process_key=process_key, content=content, at=to_ms(at), by=by, base=base) == 1


def change_design(uow: UnitOfWork, *, process_key: str, content: bytes, at: datetime, by: str, expected: int) -> bool:
    """False when the draft is not the one that was saved at `expected` (ms)."""
    touched = uow.run(_CHANGE_DESIGN, process_key=process_key, content=content, at=to_ms(at), by=by, expected=expected)
    return touched == 1


def design(uow: UnitOfWork, process_key: str) -> Any | None:
    """Row: process_key, content, saved_at (ms), saved_by, base_definition_id."""
    return uow.first(_DESIGN, process_key=process_key)


def designs(uow: UnitOfWork) -> Sequence[Any]:
    """Rows as of `design`, by process key."""
    return uow.all(_DESIGNS)


def drop_design(uow: UnitOfWork, process_key: str) -> None:
    uow.run(_DROP_DESIGN, process_key=process_key)
