"""Work that programs outside fetch by topic: fetch and lock, complete, report an error or a failure, hold, give back.

A task is held by the name of a worker for the time of its lease; then another worker may fetch it. Whoever lost it is
told so and has no effect. Every function needs the permission serve and raises Forbidden without it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.domain.actor import Actor
from engine.domain.rejection import Invalid, Rejection
from engine.domain.step import Step
from engine.domain.values import to_json
from engine.services import stepping
from engine.services.access import require_permission
from engine.services.jobs import MOST_ATTEMPTS, pause_after
from engine.services.requests import Request
from engine.services.runtime import Runtime
from engine.services.stepping import Locked
from engine.store import cases, external_tasks, incidents
from engine.store.external_tasks import ExternalTask
from engine.store.history import NewEntry
from engine.store.unit_of_work import unit_of_work

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 100
LONGEST_LEASE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A task locked for a worker. `key` is the same at every attempt, so that a receiver recognises a repetition."""

    id: int
    key: str
    topic: str
    case_id: int
    number: str
    process_id: str
    element_id: str
    locked_until: datetime
    attempts: int
    retries: int | None
    error: str | None
    variables: Mapping[str, Any]


def fetch_and_lock(
    runtime: Runtime, worker: str, topics: Sequence[str], *, limit: int, lease: timedelta, actor: Actor
) -> list[Fetched]:
    """At most `limit` (100) free tasks of these topics with the values their diagrams give them. Raises Invalid."""
    require_permission(actor, "serve")
    if not worker or len(worker) > 200 or not timedelta() < lease <= LONGEST_LEASE:
        raise Invalid("A worker needs a name of 1 to 200 characters and a lease of at most a day.")
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        found = external_tasks.lock_free(
            uow, topics, worker=worker, now=now, until=now + lease, limit=min(limit, MOST_AT_ONCE)
        )
    fetched = []
    for task in found:
        try:
            fetched.append(_described(runtime, task))
        except Rejection as rejected:
            # It changed hands or ended meanwhile; the others are still to be fetched.
            logger.info("external_task_not_fetched task=%s reason=%s", task.id, rejected.key)
    return fetched


def complete(runtime: Runtime, task_id: int, worker: str, outputs: Mapping[str, Any], *, actor: Actor) -> None:
    """The work is done; the case goes on. The same again has no second effect.

    Raises NotFound, Conflict when the worker does not hold it or the case is not active, Invalid, IdempotencyMismatch.
    """
    try:
        to_json(dict(outputs))
    except TypeError as error:
        raise Invalid(f"External task {task_id}: an output is no value of a variable: {error}") from error

    def act(locked: Locked, task: ExternalTask) -> Step:
        return locked.execution.finish_service(
            task.token, dict(outputs), env=runtime.environment(), implicit=locked.implicit()
        )

    _end(runtime, task_id, worker, act, actor=actor, content=["complete", dict(outputs)])


def report_error(runtime: Runtime, task_id: int, worker: str, code: str, message: str = "", *, actor: Actor) -> None:
    """The work ended in a BPMN error, which the diagram handles. Raises as `complete`."""

    def act(locked: Locked, task: ExternalTask) -> Step:
        return locked.execution.fail_service(
            task.token, code, message, env=runtime.environment(), implicit=locked.implicit()
        )

    _end(runtime, task_id, worker, act, actor=actor, content=["error", code, message])


def report_failure(
    runtime: Runtime,
    task_id: int,
    worker: str,
    error: str,
    *,
    actor: Actor,
    retries: int | None = None,
    retry_after: timedelta | None = None,
) -> None:
    """The work could not be done. With `retries` left it is offered again after a pause, else it is an incident.

    None: three attempts in all, with growing pauses. Raises NotFound, Conflict.
    """
    require_permission(actor, "serve")
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        task = external_tasks.get(uow, task_id)
        case = cases.lock(uow, task.case_id)
        left = MOST_ATTEMPTS - task.attempts if retries is None else retries
        if left > 0:
            pause = pause_after(task.attempts) if retry_after is None else retry_after
            external_tasks.retry_later(uow, task_id, worker, due_at=now + pause, retries=left, error=error)
            return
        external_tasks.park(uow, task_id, worker, error=error)
        incidents.insert(
            uow,
            case_id=task.case_id,
            token=task.token,
            element_id=task.element_id,
            message=error,
            at=now,
            job_id=task_id,
        )
        data = {"error": error, "worker": worker}
        entry = NewEntry(
            what="incident", element_id=task.element_id, token=task.token, actor=actor.person_id, data=data
        )
        stepping.append_only(runtime, uow, case, [entry], now=now)


def extend_lock(runtime: Runtime, task_id: int, worker: str, lease: timedelta, *, actor: Actor) -> None:
    """Hold the task for so long from now. Raises Conflict, Invalid."""
    require_permission(actor, "serve")
    if not timedelta() < lease <= LONGEST_LEASE:
        raise Invalid("A lease is longer than nothing and at most a day.")
    with unit_of_work(runtime.database) as uow:
        external_tasks.extend(uow, task_id, worker, until=runtime.clock.now() + lease)


def unlock(runtime: Runtime, task_id: int, worker: str, *, actor: Actor) -> None:
    """Give the task back undone. Raises Conflict."""
    require_permission(actor, "serve")
    with unit_of_work(runtime.database) as uow:
        external_tasks.unlock(uow, task_id, worker)


def _described(runtime: Runtime, task: ExternalTask) -> Fetched:
    with unit_of_work(runtime.database) as uow:
        locked = stepping.lock(runtime, uow, task.case_id)
        inputs = dict(
            locked.execution.service_inputs(task.token, env=runtime.environment(), implicit=locked.implicit())
        )
    stepping.keep_unchanged(runtime, locked)
    return Fetched(
        id=task.id,
        key=f"job-{task.id}",
        topic=task.topic,
        case_id=task.case_id,
        number=locked.case.number,
        process_id=locked.bound.key,
        element_id=task.element_id,
        locked_until=task.locked_until,
        attempts=task.attempts,
        retries=task.retries,
        error=task.error,
        variables=inputs,
    )


def _end(
    runtime: Runtime,
    task_id: int,
    worker: str,
    act: Callable[[Locked, ExternalTask], Step],
    *,
    actor: Actor,
    content: list[Any],
) -> None:
    """One step of the task's case, which ends the task."""
    require_permission(actor, "serve")
    request = Request.of(actor.person_id, f"external/{task_id}", content)

    def command() -> None:
        with unit_of_work(runtime.database) as uow:
            if request.answer(uow) is not None:
                return
            task = external_tasks.get(uow, task_id)
            locked = stepping.lock(runtime, uow, task.case_id)
            external_tasks.finish(uow, task_id, worker)
            entry = NewEntry(
                what="served",
                element_id=task.element_id,
                token=task.token,
                name=task.topic,
                actor=actor.person_id,
                data={"worker": worker},
            )
            done = stepping.write(runtime, locked, act(locked, task), actor=actor.person_id, first_entries=[entry])
            request.remember(uow, "done", now=locked.now)
        stepping.keep(runtime, locked, done)

    stepping.retrying(command)
