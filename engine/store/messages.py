"""Rows of messages that came before anybody waited for them."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.domain.identity import new_id
from engine.domain.message import Message
from engine.domain.values import from_json, to_json
from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_INSERT = Statement(
    """INSERT INTO message (id, name, key, business_key, case_id, element_id, content, sender, origin,
       received_at, expires_at) VALUES (:id, :name, :key, :business_key, :case_id, :element_id, :content, :sender,
       :origin, :received_at, :expires_at)"""
)
# What fits is told by `Message.fits`; the conditions here only keep the list short.
_KEPT = """SELECT id, name, key, business_key, case_id, element_id, content, sender, origin FROM message
    WHERE name = :name AND expires_at > :now AND (case_id IS NULL OR case_id = :case_id)
    AND (business_key IS NULL OR business_key = :number) ORDER BY id LIMIT :limit OFFSET :skipped"""
_KEPT_SQLITE = Statement(_KEPT)
_KEPT_POSTGRESQL = Statement(_KEPT + " FOR UPDATE SKIP LOCKED")
_DELETE = Statement("DELETE FROM message WHERE id = :id")
_EXPIRED = Statement("DELETE FROM message WHERE expires_at <= :now")
_RESERVE = Statement("SELECT pg_advisory_xact_lock(:key)")
_SHARE = Statement("SELECT pg_advisory_xact_lock_shared(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
_PAGE = 100


def keep(uow: UnitOfWork, message: Message, *, now: datetime, until: datetime) -> int:
    """Hold the message for a case that will wait for it; returns its id."""
    message_id = new_id(now)
    uow.run(
        _INSERT,
        id=message_id,
        name=message.name,
        key=message.key,
        business_key=message.business_key,
        case_id=message.case_id,
        element_id=message.element_id,
        content=to_json(dict(message.values)),
        sender=message.sender,
        origin=json.dumps(dict(message.origin), ensure_ascii=False),
        received_at=to_ms(now),
        expires_at=to_ms(until),
    )
    return message_id


def take(
    uow: UnitOfWork, name: str, *, case_id: int, number: str, element_id: str, key: str | None, now: datetime
) -> Message | None:
    """The oldest kept message for who waits there, which is kept no longer; None when there is none."""
    statement = _KEPT_SQLITE if uow.is_sqlite else _KEPT_POSTGRESQL
    skipped = 0
    while True:
        rows = uow.all(
            statement, name=name, now=to_ms(now), case_id=case_id, number=number, limit=_PAGE, skipped=skipped
        )
        for row in rows:
            message = _message_from(row)
            if message.fits(case_id=case_id, number=number, element_id=element_id, key=key):
                uow.run(_DELETE, id=row.id)
                return message
        if len(rows) < _PAGE:
            return None
        skipped += _PAGE


def reserve(uow: UnitOfWork, name: str) -> None:
    """Until the transaction ends no step can begin to wait for this name; waits for those that have begun to.

    PostgreSQL shows neither side what the other has not committed: a message and the case that begins to wait for it
    could miss each other for good. SQLite has one writer at a time.
    """
    if not uow.is_sqlite:
        uow.all(_RESERVE, key=_lock_key(name))


def share(uow: UnitOfWork, names: Iterable[str]) -> None:
    """The other side of `reserve`, for a step that begins to wait; such steps do not hinder each other."""
    if not uow.is_sqlite:
        uow.all(_SHARE, keys=sorted({_lock_key(name) for name in names}))


def forget_expired(uow: UnitOfWork, *, now: datetime) -> int:
    """Remove what nobody waited for in time; returns how many."""
    return uow.run(_EXPIRED, now=to_ms(now))


def _lock_key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"message/{name}".encode()).digest()[:8], signed=True)


def _message_from(row: Any) -> Message:
    return Message(
        name=row.name,
        values=from_json(row.content),
        sender=row.sender,
        key=row.key,
        case_id=row.case_id,
        business_key=row.business_key,
        element_id=row.element_id,
        origin=json.loads(row.origin),
    )
