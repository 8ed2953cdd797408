"""A case: one process instance as people know it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Case:
    """`execution`: the interpreter's state. `history_head`: hash of the last entry. State: active, suspended, ended."""

    id: int
    definition_id: int
    revision: int
    state: str
    number: str
    title: str
    subject: str
    stage: str
    outcome: str | None
    origin: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    linked_from: int | None
    link: str | None
    execution: bytes
    history_length: int
    history_head: str
