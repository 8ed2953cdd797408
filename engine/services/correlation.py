"""Bring a message to the one case that waits for it, or start a case with it, or keep it for later."""

from dataclasses import dataclass
from datetime import timedelta

from engine.domain.actor import Actor
from engine.domain.message import Message
from engine.domain.rejection import Conflict
from engine.services import cases as case_starts
from engine.services import step_rows, stepping
from engine.services.runtime import Runtime
from engine.services.stepping import Done, Locked
from engine.store import cases, messages, start_subscriptions, subscriptions
from engine.store.start_subscriptions import StartSubscription
from engine.store.subscriptions import Waiting
from engine.store.unit_of_work import UnitOfWork

DELIVERED = "delivered"
STARTED = "started"
KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class Correlated:
    """What became of a message: delivered, started or kept; `case_id` None when it is kept."""

    what: str
    case_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """`stepped` goes to `stepping.keep` after the commit."""

    answer: Correlated
    stepped: tuple[Locked, Done] | None = None


def correlate_in(
    runtime: Runtime, uow: UnitOfWork, message: Message, *, actor: Actor, time_to_live: timedelta | None
) -> Correlation:
    """In a transaction that the caller commits. Raises Conflict when several cases or processes wait, LostRevision."""
    waiting = _the_one(message, subscriptions.waiting_for(uow, message))
    if waiting is not None:
        return _deliver(runtime, uow, message, waiting)
    start = None if message.names_a_case else _the_start(message, uow)
    if start is not None:
        return _start(runtime, uow, message, start, actor)
    return _keep(runtime, uow, message, time_to_live or runtime.config.messages_kept)


def _the_one(message: Message, waiting: list[Waiting]) -> Waiting | None:
    """The oldest token of the only case that waits."""
    numbers = sorted({found.number for found in waiting})
    if len(numbers) > 1:
        raise Conflict(
            f"Message '{message.name}' fits {len(numbers)} cases: {', '.join(numbers[:10])}.",
            object="message",
            id=message.name,
            matches=numbers,
        )
    return min(waiting, key=lambda found: found.token, default=None)


def _deliver(runtime: Runtime, uow: UnitOfWork, message: Message, waiting: Waiting) -> Correlation:
    locked = stepping.lock(runtime, uow, waiting.case_id)
    if not subscriptions.still_waits(uow, waiting.case_id, waiting.token, message.name):
        raise cases.LostRevision(waiting.case_id)
    step = locked.execution.correlate(
        waiting.token, message.values, env=runtime.environment(), implicit=locked.implicit()
    )
    entry = step_rows.message_entry(message, waiting.token, waiting.element_id)
    done = stepping.write(runtime, locked, step, actor=message.sender, first_entries=[entry])
    return Correlation(answer=Correlated(what=DELIVERED, case_id=waiting.case_id), stepped=(locked, done))


def _the_start(message: Message, uow: UnitOfWork) -> StartSubscription | None:
    starts = start_subscriptions.waiting_for(uow, "message", message.name)
    found = [start for start in starts if message.element_id in {None, start.element_id}]
    if len(found) > 1:
        keys = sorted(start.process_key for start in found)
        raise Conflict(
            f"Message '{message.name}' starts several processes: {', '.join(keys)}.",
            object="message",
            id=message.name,
            matches=keys,
        )
    return found[0] if found else None


def _start(runtime: Runtime, uow: UnitOfWork, message: Message, start: StartSubscription, actor: Actor) -> Correlation:
    bound = runtime.packages.bound(uow, start.definition_id)
    entry = step_rows.message_entry(message, 0, start.element_id)
    stepped = case_starts.start_in(
        runtime, uow, bound, start.element_id, dict(message.values), actor=actor, entries=[entry]
    )
    return Correlation(answer=Correlated(what=STARTED, case_id=stepped[1].case.id), stepped=stepped)


def _keep(runtime: Runtime, uow: UnitOfWork, message: Message, time_to_live: timedelta) -> Correlation:
    if message.case_id is not None and cases.get(uow, message.case_id).state == "ended":
        raise Conflict(f"Case {message.case_id} has ended.", object="case", id=message.case_id)
    messages.reserve(uow, message.name)
    if subscriptions.waiting_for(uow, message):
        # A case began to wait while we looked; its lock is not for the taking while we hold the name.
        raise cases.LostRevision(message.name)
    now = runtime.clock.now()
    messages.keep(uow, message, now=now, until=now + time_to_live)
    return Correlation(answer=Correlated(what=KEPT))
