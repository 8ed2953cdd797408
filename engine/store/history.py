"""Entries of the history of a case, chained by hash."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.domain.audit import Link, content_of, next_hash
from engine.domain.values import to_json
from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_INSERT = Statement(
    """INSERT INTO history (case_id, position, at, actor, what, element_id, token, name, data, hash)
       VALUES (:case_id, :position, :at, :actor, :what, :element_id, :token, :name, :data, :hash)"""
)
_OF_CASE = Statement(
    """SELECT position, at, actor, what, element_id, token, name, data, hash FROM history
       WHERE case_id = :case_id ORDER BY position"""
)

_HIGHEST_TOKEN = Statement("SELECT max(token) AS token FROM history WHERE case_id = :case_id")


_CHAINED = ("case_id", "position", "at", "actor", "what", "element_id", "token", "name", "data")


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """An entry before it has its place in the chain."""

    what: str
    element_id: str = ""
    token: int = 0
    name: str = ""
    actor: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def append(
    uow: UnitOfWork, case_id: int, entries: Sequence[NewEntry], *, at: datetime, head: str, length: int, secret: bytes
) -> tuple[str, int]:
    """Insert behind the entry whose hash is `head`; returns the new head and length for the row of the case."""
    rows: list[dict[str, Any]] = []
    at_ms = to_ms(at)
    for entry in entries:
        length += 1
        # In the order of _CHAINED.
        row = {
            "case_id": case_id,
            "position": length,
            "at": at_ms,
            "actor": entry.actor,
            "what": entry.what,
            "element_id": entry.element_id,
            "token": entry.token,
            "name": entry.name,
            "data": _written(entry.data),
        }
        head = row["hash"] = next_hash(head, content_of(*row.values()), secret=secret)
        rows.append(row)
    uow.run_many(_INSERT, rows)
    return head, length


def highest_token(uow: UnitOfWork, case_id: int) -> int:
    """The highest token number that the case ever had on record; 0 for none."""
    row = uow.first(_HIGHEST_TOKEN, case_id=case_id)
    return 0 if row is None or row.token is None else int(row.token)


def links(uow: UnitOfWork, case_id: int) -> list[Link]:
    """The chain as stored, in order of position."""
    return [
        Link(position=row.position, content=_content({**row._asdict(), "case_id": case_id}), hash=row.hash)
        for row in uow.all(_OF_CASE, case_id=case_id)
    ]


def of_case(uow: UnitOfWork, case_id: int) -> Sequence[Any]:
    """Rows in order of position: position, at (ms), actor, what, element_id, token, name, data (JSON text)."""
    return uow.all(_OF_CASE, case_id=case_id)


def _content(row: dict[str, Any]) -> str:
    return content_of(*(row[name] for name in _CHAINED))


def _written(data: dict[str, Any]) -> str:
    """JSON text; most entries of a step say the type of their element only, and say it again and again."""
    if len(data) == 1 and isinstance(kind := data.get("type"), str):
        return _of_type(kind)
    return to_json(data)


@lru_cache(maxsize=1_000)
def _of_type(kind: str) -> str:
    return to_json({"type": kind})
