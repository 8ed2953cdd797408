"""Log in and out, and know who acts."""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from engine.domain.actor import Actor
from engine.domain.rejection import NotFound, Rejection
from engine.effects import passwords
from engine.services.runtime import Runtime
from engine.store import people
from engine.store.times import from_ms, to_ms
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
FREE_FAILURES = 5
_TOUCH_EVERY = timedelta(minutes=1)
# Checked when the log-in is unknown, so that the answer takes as long as for a known one.
_NOBODY = passwords.hash_password(secrets.token_hex(8))


class LogInRefused(Rejection):
    """Log-in or password is wrong; which of the two is not said."""

    key = "log_in_refused"


class LogInDelayed(Rejection):
    """Too many failures: wait. data: wait_seconds."""

    key = "log_in_delayed"


def log_in(runtime: Runtime, login: str, password: str, *, address: str) -> str:
    """A new session's token. Raises LogInRefused, LogInDelayed.

    After five failures in a quarter of an hour each further one doubles the wait, up to five minutes: a delay slows
    a guesser down without locking his victim out.
    """
    now = runtime.clock.now()
    with read_only(runtime.database) as uow:
        account = people.account(uow, login)
        failed, last = people.failures(uow, login, since=now - WINDOW)
    if failed >= FREE_FAILURES and last is not None:
        wait = timedelta(seconds=min(300, 5 * 2 ** (failed - FREE_FAILURES)))
        left = from_ms(last) + wait - now
        if left > timedelta(0):
            raise LogInDelayed(f"Log-in '{login}' must wait.", wait_seconds=int(left.total_seconds()) + 1)
    right = passwords.matches(_NOBODY if account is None else account.password_hash, password)
    token = secrets.token_urlsafe(32)
    with unit_of_work(runtime.database) as uow:
        if account is None or not right:
            people.record_failure(uow, login=login, address=address, at=now)
        else:
            people.forgive(uow, login)
            people.open_session(
                uow, token_hash=_hash(token), person_id=account.person_id, csrf=secrets.token_urlsafe(32), now=now
            )
    if account is None or not right:
        raise LogInRefused("Log-in or password is wrong.")
    return token


def peek(runtime: Runtime, token: str) -> Actor | None:
    """Who holds this session, without keeping it alive: for what a page asks by itself."""
    with read_only(runtime.database) as uow:
        session = _session(uow, token, now_ms=to_ms(runtime.clock.now()))
        return None if session is None else actor_for(runtime, uow, session.person_id)


def actor_of(runtime: Runtime, token: str) -> Actor | None:
    """Who holds this session: None when it is unknown, idle for 30 minutes or 12 hours old."""
    now = runtime.clock.now()
    with read_only(runtime.database) as uow:
        session = _session(uow, token, now_ms=to_ms(now))
        actor = None if session is None else actor_for(runtime, uow, session.person_id)
    if session is not None and now - from_ms(session.seen_at) > _TOUCH_EVERY:
        with unit_of_work(runtime.database) as uow:
            people.touch_session(uow, _hash(token), now)
    return actor


def actor_for(runtime: Runtime, uow: UnitOfWork, person_id: str) -> Actor:
    """The person with the groups of his posts today and the permissions of those groups."""
    groups = people.groups_of(uow, person_id, runtime.today())
    permissions = {name for name, holders in runtime.config.permissions.items() if not groups.isdisjoint(holders)}
    name = people.name_of(uow, person_id) or person_id
    return Actor(person_id=person_id, name=name, groups=groups, permissions=frozenset(permissions))


def actor_named(runtime: Runtime, person_id: str) -> Actor:
    """A person by id, for commands given outside a session. Raises NotFound."""
    with read_only(runtime.database) as uow:
        if people.name_of(uow, person_id) is None:
            raise NotFound(f"Person '{person_id}' does not exist.", object="person", id=person_id)
        return actor_for(runtime, uow, person_id)


def csrf_token(runtime: Runtime, token: str) -> str:
    """The secret that forms of this session carry; empty for no session."""
    with read_only(runtime.database) as uow:
        session = _session(uow, token, now_ms=to_ms(runtime.clock.now()))
    return "" if session is None else str(session.csrf)


def log_out(runtime: Runtime, token: str) -> None:
    with unit_of_work(runtime.database) as uow:
        people.close_session(uow, _hash(token))


def register(
    runtime: Runtime, person_id: str, name: str, *, login: str, password: str, groups: tuple[str, ...], since: date
) -> None:
    """Enter a person with an account and posts, or change the password of one."""
    password_hash = passwords.hash_password(password)
    with unit_of_work(runtime.database) as uow:
        people.save_person(uow, person_id, name)
        people.save_account(uow, login=login, person_id=person_id, password_hash=password_hash)
        for group in groups:
            people.hold_post(uow, person_id, group, since=since)


def directory(runtime: Runtime) -> dict[str, str]:
    """Person id to name."""
    with read_only(runtime.database) as uow:
        return people.directory(uow)


def _session(uow: UnitOfWork, token: str, *, now_ms: int) -> Any | None:
    session = people.session(uow, _hash(token))
    if session is None:
        return None
    idle = timedelta(milliseconds=now_ms - session.seen_at)
    age = timedelta(milliseconds=now_ms - session.created_at)
    return None if idle > IDLE or age > LONGEST else session


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
