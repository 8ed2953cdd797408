"""Rows of persons, accounts, posts, sessions and failed log-ins."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from engine.domain.identity import new_id
from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_PERSON = Statement("INSERT INTO person (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET name = :name")
_ACCOUNT = Statement(
    """INSERT INTO account (login, person_id, password_hash) VALUES (:login, :person_id, :password_hash)
       ON CONFLICT (login) DO UPDATE SET password_hash = :password_hash"""
)
_POST = Statement(
    """INSERT INTO post (person_id, group_id, held_from, held_until)
       VALUES (:person_id, :group_id, :held_from, :held_until) ON CONFLICT DO NOTHING"""
)
_FIND_ACCOUNT = Statement("SELECT login, person_id, password_hash FROM account WHERE login = :login")
_GROUPS = Statement(
    """SELECT group_id FROM post WHERE person_id = :person_id AND held_from <= :day
       AND (held_until IS NULL OR held_until >= :day)"""
)
_NAME = Statement("SELECT name FROM person WHERE id = :id")
_DIRECTORY = Statement("SELECT id, name FROM person ORDER BY id")
_MEMBERS = Statement(
    """SELECT p.id, p.name FROM person p JOIN post t ON t.person_id = p.id
       WHERE t.group_id = :group_id AND t.held_from <= :day AND (t.held_until IS NULL OR t.held_until >= :day)
       ORDER BY p.id"""
)
_OPEN_SESSION = Statement(
    """INSERT INTO session (token_hash, person_id, csrf, created_at, seen_at)
       VALUES (:token_hash, :person_id, :csrf, :now, :now)"""
)
_SESSION = Statement("SELECT person_id, csrf, created_at, seen_at FROM session WHERE token_hash = :token_hash")
_TOUCH = Statement("UPDATE session SET seen_at = :now WHERE token_hash = :token_hash")
_CLOSE = Statement("DELETE FROM session WHERE token_hash = :token_hash")
_FAILED = Statement("INSERT INTO log_in_failure (id, login, address, at) VALUES (:id, :login, :address, :at)")
_FAILURES = Statement("SELECT count(*) AS n, max(at) AS last FROM log_in_failure WHERE login = :login AND at >= :since")
_FORGIVE = Statement("DELETE FROM log_in_failure WHERE login = :login")


def save_person(uow: UnitOfWork, person_id: str, name: str) -> None:
    uow.run(_PERSON, id=person_id, name=name)


def save_account(uow: UnitOfWork, *, login: str, person_id: str, password_hash: str) -> None:
    uow.run(_ACCOUNT, login=login, person_id=person_id, password_hash=password_hash)


def hold_post(uow: UnitOfWork, person_id: str, group: str, *, since: date, until: date | None = None) -> None:
    uow.run(
        _POST,
        person_id=person_id,
        group_id=group,
        held_from=since.isoformat(),
        held_until=None if until is None else until.isoformat(),
    )


def account(uow: UnitOfWork, login: str) -> Any | None:
    """Row: login, person_id, password_hash."""
    return uow.first(_FIND_ACCOUNT, login=login)


def groups_of(uow: UnitOfWork, person_id: str, day: date) -> frozenset[str]:
    return frozenset(row.group_id for row in uow.all(_GROUPS, person_id=person_id, day=day.isoformat()))


def name_of(uow: UnitOfWork, person_id: str) -> str | None:
    row = uow.first(_NAME, id=person_id)
    return None if row is None else row.name


def directory(uow: UnitOfWork) -> dict[str, str]:
    """Person id to name."""
    return {row.id: row.name for row in uow.all(_DIRECTORY)}


def members(uow: UnitOfWork, group: str, day: date) -> dict[str, str]:
    """Who holds a post in the group on that day: person id to name."""
    return {row.id: row.name for row in uow.all(_MEMBERS, group_id=group, day=day.isoformat())}


def open_session(uow: UnitOfWork, *, token_hash: str, person_id: str, csrf: str, now: datetime) -> None:
    uow.run(_OPEN_SESSION, token_hash=token_hash, person_id=person_id, csrf=csrf, now=to_ms(now))


def session(uow: UnitOfWork, token_hash: str) -> Any | None:
    """Row: person_id, csrf, created_at, seen_at (ms)."""
    return uow.first(_SESSION, token_hash=token_hash)


def touch_session(uow: UnitOfWork, token_hash: str, now: datetime) -> None:
    uow.run(_TOUCH, token_hash=token_hash, now=to_ms(now))


def close_session(uow: UnitOfWork, token_hash: str) -> None:
    uow.run(_CLOSE, token_hash=token_hash)


def record_failure(uow: UnitOfWork, *, login: str, address: str, at: datetime) -> None:
    uow.run(_FAILED, id=new_id(at), login=login[:64], address=address[:64], at=to_ms(at))


def failures(uow: UnitOfWork, login: str, *, since: datetime) -> tuple[int, int | None]:
    """Number of failed log-ins since then, and the moment of the last (ms)."""
    row = uow.first(_FAILURES, login=login, since=to_ms(since))
    return (0, None) if row is None else (row.n, row.last)


def forgive(uow: UnitOfWork, login: str) -> None:
    uow.run(_FORGIVE, login=login)


def everyone_with_posts(uow: UnitOfWork, day: date) -> Sequence[Any]:
    """person id, name, group for every post held on that day."""
    return uow.all(_EVERYONE, day=day.isoformat())


_EVERYONE = Statement(
    """SELECT p.id, p.name, t.group_id FROM person p JOIN post t ON t.person_id = p.id
       WHERE t.held_from <= :day AND (t.held_until IS NULL OR t.held_until >= :day) ORDER BY p.id, t.group_id"""
)
