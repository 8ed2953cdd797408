"""Broadcast signals: to every case that waits for the name, and to the processes that begin with it.

One job fans out to one job for each token and each start, so that every case has a transaction of its own and one that
fails holds up no other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.domain.actor import SYSTEM, Actor
from engine.domain.case import Case
from engine.domain.message import Message
from engine.domain.rejection import Invalid
from engine.domain.values import to_json
from engine.services import cases as case_starts
from engine.services import step_rows, stepping
from engine.services.access import require_permission
from engine.services.requests import Request
from engine.services.runtime import Runtime
from engine.services.stepping import Done, Locked
from engine.store import jobs, start_subscriptions, subscriptions
from engine.store.jobs import Job, NewJob
from engine.store.unit_of_work import UnitOfWork, unit_of_work

DELIVER = "deliver-signal"
START = "start-signal"


def broadcast(
    runtime: Runtime, name: str, values: Mapping[str, Any], *, actor: Actor, signal_id: str | None = None
) -> None:
    """Give the signal to all that wait for it when the worker gets to it, which is at once.

    The same `signal_id` from the same sender has one effect. Needs the permission supervise. Raises Forbidden,
    Invalid, IdempotencyMismatch.
    """
    require_permission(actor, "supervise")
    try:
        to_json(dict(values))
    except TypeError as error:
        raise Invalid(f"Signal '{name}' holds a value that no variable can hold: {error}") from error
    request = None if signal_id is None else Request.of_sender(actor.person_id, f"signal/{signal_id}", [name, values])
    payload = {"name": name, "key": None, "values": dict(values), "sender": actor.person_id, "origin": {}}

    def command() -> None:
        now = runtime.clock.now()
        with unit_of_work(runtime.database) as uow:
            if request is not None and request.answer(uow) is not None:
                return
            jobs.add(uow, [NewJob(kind="signal", payload=payload)], now=now)
            if request is not None:
                request.remember(uow, "sent", now=now)

    stepping.retrying(command)


def fan_out(uow: UnitOfWork, job: Job, *, now: datetime) -> None:
    """A job for every token that waits now, those of the case that threw it aside: it has had its signal."""
    name = str(job.payload["name"])
    deliveries = [
        NewJob(kind=DELIVER, case_id=case_id, token=token, element_id=element_id, payload=job.payload)
        for case_id, token, element_id in subscriptions.waiting_for_signal(uow, name, but_not=job.case_id)
    ]
    starts = [
        NewJob(kind=START, definition_id=start.definition_id, element_id=start.element_id, payload=job.payload)
        for start in start_subscriptions.waiting_for(uow, "signal", name)
    ]
    jobs.add(uow, deliveries + starts, now=now)


def deliver(runtime: Runtime, uow: UnitOfWork, job: Job, case: Case) -> tuple[Locked, Done] | None:
    """The signal reaches its token; None when the case went on before it came. Raises Conflict when suspended."""
    signal = Message(**job.payload)
    if not subscriptions.still_waits(uow, case.id, job.token, signal.name):
        return None
    locked = stepping.revive(runtime, uow, case)
    step = locked.execution.signal(job.token, signal.values, env=runtime.environment(), implicit=locked.implicit())
    entry = step_rows.message_entry(signal, job.token, job.element_id, what="signal")
    return locked, stepping.write(runtime, locked, step, actor=signal.sender, first_entries=[entry])


def start(runtime: Runtime, uow: UnitOfWork, job: Job) -> tuple[Locked, Done]:
    """A case begins with the signal."""
    if job.definition_id is None:
        raise LookupError(f"job {job.id} names no process")
    signal = Message(**job.payload)
    bound = runtime.packages.bound(uow, job.definition_id)
    entry = step_rows.message_entry(signal, 0, job.element_id, what="signal")
    values = dict(signal.values)
    return case_starts.start_in(runtime, uow, bound, job.element_id, values, actor=SYSTEM, entries=[entry])
