"""Answers already given, so that a submission sent twice has one effect."""

from datetime import datetime

from engine.domain.rejection import IdempotencyMismatch
from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_FIND = Statement("SELECT fingerprint, answer FROM idempotency WHERE person_id = :person_id AND key = :key")
_INSERT = Statement(
    """INSERT INTO idempotency (person_id, key, fingerprint, answer, at)
       VALUES (:person_id, :key, :fingerprint, :answer, :at) ON CONFLICT DO NOTHING"""
)
_FORGET = Statement("DELETE FROM idempotency WHERE at < :before")


class AnsweredMeanwhile(Exception):
    """The same request, sent twice at once, was committed first; run again to find its answer."""


def answer(uow: UnitOfWork, *, person_id: str, key: str, fingerprint: str) -> str | None:
    """The answer given to this key before. Raises IdempotencyMismatch when the request was another."""
    row = uow.first(_FIND, person_id=person_id, key=key)
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise IdempotencyMismatch(f"Key '{key}' was used before with other content.", idempotency_key=key)
    return str(row.answer)


def remember(uow: UnitOfWork, *, person_id: str, key: str, fingerprint: str, answer: str, now: datetime) -> None:
    """Raises AnsweredMeanwhile."""
    if uow.run(_INSERT, person_id=person_id, key=key, fingerprint=fingerprint, answer=answer, at=to_ms(now)) != 1:
        raise AnsweredMeanwhile(key)


def forget(uow: UnitOfWork, *, before: datetime) -> None:
    uow.run(_FORGET, before=to_ms(before))
