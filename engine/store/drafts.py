"""Drafts of task forms and of diagrams."""

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
_SAVE_DESIGN = Statement(
    """INSERT INTO design_draft (process_key, content, saved_at, saved_by, base_definition_id)
       VALUES (:process_key, :content, :at, :by, :base) ON CONFLICT (process_key)
       DO UPDATE SET content = :content, saved_at = :at, saved_by = :by, base_definition_id = :base"""
)
_DESIGN = Statement(
    "SELECT content, saved_at, saved_by, base_definition_id FROM design_draft WHERE process_key = :process_key"
)
_DROP_DESIGN = Statement("DELETE FROM design_draft WHERE process_key = :process_key")


def save(uow: UnitOfWork, *, task_id: int, person_id: str, content: str, at: datetime) -> None:
    uow.run(_SAVE, task_id=task_id, person_id=person_id, content=content, at=to_ms(at))


def get(uow: UnitOfWork, *, task_id: int, person_id: str) -> Any | None:
    """Row: content (JSON text), saved_at (ms)."""
    return uow.first(_GET, task_id=task_id, person_id=person_id)


def drop(uow: UnitOfWork, *, task_id: int, person_id: str) -> None:
    uow.run(_DROP, task_id=task_id, person_id=person_id)


def save_design(uow: UnitOfWork, *, process_key: str, content: bytes, at: datetime, by: str, base: int) -> None:
    uow.run(_SAVE_DESIGN, process_key=process_key, content=content, at=to_ms(at), by=by, base=base)


def design(uow: UnitOfWork, process_key: str) -> Any | None:
    """Row: content, saved_at (ms), saved_by, base_definition_id."""
    return uow.first(_DESIGN, process_key=process_key)


def drop_design(uow: UnitOfWork, process_key: str) -> None:
    uow.run(_DROP_DESIGN, process_key=process_key)
