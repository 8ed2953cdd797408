"""Acquire, run, complete and fail jobs: exactly once in the database, at least once outside with a stable key."""

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.domain.actor import Actor
from engine.domain.rejection import Conflict
from engine.domain.step import Step
from engine.package import BpmnError, DelegateContext
from engine.services import stepping
from engine.services.access import require_permission
from engine.services.cases import Link, start_linked
from engine.services.runtime import Runtime
from engine.services.stepping import Done, Locked
from engine.store import cases, incidents, jobs
from engine.store.history import NewEntry
from engine.store.jobs import Job
from engine.store.unit_of_work import read_only, unit_of_work

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
START_LINKED_CASE = "start-linked-case"


def run_due(runtime: Runtime, *, limit: int = 20) -> int:
    """Run what is due now; returns how many jobs were taken. Call again until it returns 0."""
    now = runtime.clock.now()
    lease = secrets.token_hex(16)
    with unit_of_work(runtime.database) as uow:
        claimed = jobs.claim(uow, now=now, limit=limit, lease=lease, length=LEASE)
    for job in claimed:
        _run(runtime, job)
    return len(claimed)


def next_due(runtime: Runtime) -> datetime | None:
    """When the next job falls due."""
    with read_only(runtime.database) as uow:
        return jobs.next_due(uow)


def retry(runtime: Runtime, job_id: int, *, actor: Actor, reason: str) -> None:
    """Try a failed job again, on the record. Raises Forbidden, Conflict when it has not failed."""
    require_permission(actor, "supervise")
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        case_id = incidents.case_of_failed_job(uow, job_id)
        if case_id is None or not jobs.revive(uow, job_id, now=now):
            raise Conflict(f"Job {job_id} has not failed.", object="job", id=job_id)
        incidents.resolve(uow, job_id=job_id, by=actor.person_id, at=now)
        case = cases.lock(uow, case_id)
        entry = NewEntry(what="retried", name=reason, actor=actor.person_id, data={"job": job_id})
        stepping.append_only(runtime, uow, case, [entry], now=now)


def _run(runtime: Runtime, job: Job) -> None:
    if job.attempts > MOST_ATTEMPTS:
        # It was claimed this often and never reported back: it kills its worker.
        _fail(runtime, job, "the worker died at every attempt")
        return
    try:
        if job.kind == "timer":
            _step(runtime, job, lambda locked: _fire(runtime, job, locked))
        else:
            _serve(runtime, job)
    except Exception as error:
        logger.exception("job_failed job=%s case=%s element=%s", job.id, job.case_id, job.element_id)
        _fail(runtime, job, f"{type(error).__name__}: {error}")


def _fire(runtime: Runtime, job: Job, locked: Locked) -> Step:
    return locked.execution.fire_timer(job.token, env=runtime.environment(), implicit=locked.implicit())


def _serve(runtime: Runtime, job: Job) -> None:
    """Call the delegate outside any transaction, then give its answer to the case."""
    inputs = _inputs(runtime, job)
    env = runtime.environment()
    try:
        outputs = _call(runtime, job, inputs)
    except BpmnError as error:
        code = error.code
        _step(
            runtime,
            job,
            lambda locked: locked.execution.fail_service(job.token, code, env=env, implicit=locked.implicit()),
        )
        return
    _step(
        runtime,
        job,
        lambda locked: locked.execution.finish_service(job.token, dict(outputs), env=env, implicit=locked.implicit()),
    )


def _inputs(runtime: Runtime, job: Job) -> dict[str, Any]:
    with unit_of_work(runtime.database) as uow:
        locked = stepping.lock(runtime, uow, job.case_id)
        inputs = dict(locked.execution.service_inputs(job.token, env=runtime.environment(), implicit=locked.implicit()))
    runtime.live.keep(job.case_id, locked.case.revision, locked.execution, locked.variables)
    return inputs


def _call(runtime: Runtime, job: Job, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    key = f"job-{job.id}"
    if job.topic == START_LINKED_CASE:
        variables = inputs.get("variables")
        case_id = start_linked(
            runtime,
            str(inputs.get("processId")),
            inputs.get("startEvent"),
            dict(variables) if isinstance(variables, dict) else {},
            link=Link(case_id=job.case_id, name=str(inputs.get("link") or job.element_id)),
            key=key,
        )
        return {"linkedCase": case_id}
    delegate = runtime.delegates.get(job.topic or "")
    if delegate is None:
        raise LookupError(f"no delegate serves the topic '{job.topic}'")
    return delegate(inputs, DelegateContext(key=key, case_id=job.case_id, element_id=job.element_id))


def _step(runtime: Runtime, job: Job, act: Callable[[Locked], Step]) -> None:
    def command() -> Done:
        with unit_of_work(runtime.database) as uow:
            locked = stepping.lock(runtime, uow, job.case_id)
            if not jobs.is_held(uow, job):
                raise _LeaseLost
            step = act(locked)
            jobs.finish(uow, job)
            done = stepping.write(runtime, locked, step, actor=None, first_entries=[])
        stepping.keep(runtime, locked, done)
        return done

    try:
        stepping.retrying(command)
    except _LeaseLost:
        logger.info("job_lease_lost job=%s", job.id)


def _fail(runtime: Runtime, job: Job, error: str) -> None:
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        if job.attempts < MOST_ATTEMPTS:
            jobs.retry_later(uow, job, due_at=now + timedelta(seconds=10 * 4**job.attempts), error=error)
            return
        if not jobs.park(uow, job, error=error):
            return
        incidents.insert(
            uow,
            case_id=job.case_id,
            token=job.token,
            element_id=job.element_id,
            message=error,
            at=now,
            job_id=job.id,
        )
        case = cases.lock(uow, job.case_id)
        entry = NewEntry(what="incident", element_id=job.element_id, token=job.token, data={"error": error})
        stepping.append_only(runtime, uow, case, [entry], now=now)


class _LeaseLost(Exception):
    """Another worker has taken the job over; nothing is written."""
