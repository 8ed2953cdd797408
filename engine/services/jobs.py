"""Claim what is due and run it: exactly once in the database, at least once outside with a stable key."""

import logging
import secrets
from datetime import datetime, timedelta

from engine.domain.rejection import Suspended
from engine.services import job_effects, stepping
from engine.services.job_effects import LEASE, LeaseLost
from engine.services.runtime import Runtime
from engine.store import cases, incidents, jobs, suspensions
from engine.store.history import NewEntry
from engine.store.jobs import IN_DATABASE, OUTSIDE, Job
from engine.store.unit_of_work import read_only, unit_of_work

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
LONGEST_PAUSE = timedelta(hours=1)


def run_due(runtime: Runtime, *, limit: int = 20, lanes: tuple[str, ...] = (IN_DATABASE, OUTSIDE)) -> int:
    """Run what is due now; returns how many jobs were taken. Call again until it returns 0."""
    return sum(_run_lane(runtime, lane, limit) for lane in lanes)


def next_due(runtime: Runtime, *, lanes: tuple[str, ...] = (IN_DATABASE, OUTSIDE)) -> datetime | None:
    """When the next job falls due."""
    with read_only(runtime.database) as uow:
        return jobs.next_due(uow, lanes)


def pause_after(attempts: int) -> timedelta:
    """How long a job rests after it failed this often: 40 s, 160 s, ..., at most an hour."""
    return min(timedelta(seconds=10 * int(4 ** min(attempts, 10))), LONGEST_PAUSE)


def _run_lane(runtime: Runtime, lane: str, limit: int) -> int:
    claimed_at = runtime.clock.now()
    lease = secrets.token_hex(16)
    with unit_of_work(runtime.database) as uow:
        claimed = jobs.claim(uow, now=claimed_at, limit=limit, lease=lease, length=LEASE, lane=lane)
    for job in claimed:
        if runtime.clock.now() - claimed_at < LEASE / 2 or job_effects.hold(runtime, job):
            _run(runtime, job)
    return len(claimed)


def _run(runtime: Runtime, job: Job) -> None:
    if job.attempts > MOST_ATTEMPTS:
        # It was claimed this often and never reported back: it kills its worker.
        _fail(runtime, job, "the worker died at every attempt")
        return
    try:
        with runtime.quarantine.alone() if job.worker_died else runtime.quarantine.beside():
            job_effects.run(runtime, job)
    except LeaseLost:
        logger.info("job_lease_lost job=%s", job.id)
    except Suspended:
        _lay_down(runtime, job)
    except Exception as error:
        logger.exception("job_failed job=%s case=%s element=%s", job.id, job.case_id, job.element_id)
        _fail(runtime, job, f"{type(error).__name__}: {error}")


def _lay_down(runtime: Runtime, job: Job) -> None:
    """The case was found suspended: its job rests until it is resumed."""
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        case = None if job.case_id is None else cases.lock(uow, job.case_id)
        if case is not None and case.state == "suspended":
            suspensions.pause_job(uow, job)
        else:
            jobs.retry_later(uow, job, due_at=now, error="the case was suspended")


def _fail(runtime: Runtime, job: Job, error: str) -> None:
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        if job.attempts < MOST_ATTEMPTS:
            jobs.retry_later(uow, job, due_at=now + pause_after(job.attempts), error=error)
            return
        # The case before the job, as every step does: the other way round two transactions could wait for each other.
        case = None if job.case_id is None else cases.lock(uow, job.case_id)
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
        job_effects.go_on_without(runtime, uow, job)
        if case is not None:
            entry = NewEntry(what="incident", element_id=job.element_id, token=job.token, data={"error": error})
            stepping.append_only(runtime, uow, case, [entry], now=now)
