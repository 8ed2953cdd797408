"""Try failed jobs again, on the record: one, or all that one cause has stopped."""

from dataclasses import dataclass
from datetime import datetime

from engine.domain.actor import Actor
from engine.domain.rejection import Conflict
from engine.services import stepping
from engine.services.access import require_permission
from engine.services.runtime import Runtime
from engine.store import cases, incidents, jobs
from engine.store.history import NewEntry
from engine.store.times import from_ms
from engine.store.unit_of_work import read_only, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Failed jobs of one element that stopped with the same message, and when the first of them did."""

    element_id: str
    message: str
    number: int
    since: datetime


def causes(runtime: Runtime, *, actor: Actor) -> list[Cause]:
    """Most frequent first. Raises Forbidden."""
    require_permission(actor, "supervise")
    with read_only(runtime.database) as uow:
        rows = incidents.causes(uow)
    return [
        Cause(element_id=row.element_id, message=row.message, number=row.number, since=from_ms(row.since))
        for row in rows
    ]


def retry(runtime: Runtime, job_id: int, *, actor: Actor, reason: str) -> None:
    """Try a failed job again. Raises Forbidden, Conflict when it has not failed."""
    require_permission(actor, "supervise")
    if not _revive(runtime, job_id, actor, reason):
        raise Conflict(f"Job {job_id} has not failed.", object="job", id=job_id)


def retry_all(runtime: Runtime, element_id: str, message: str, *, actor: Actor, reason: str) -> int:
    """Try every job again that this cause has stopped; returns how many. Raises Forbidden."""
    require_permission(actor, "supervise")
    with read_only(runtime.database) as uow:
        found = incidents.jobs_of_cause(uow, element_id, message)
    return sum(_revive(runtime, job_id, actor, reason) for job_id in found)


def _revive(runtime: Runtime, job_id: int, actor: Actor, reason: str) -> bool:
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        failed = incidents.failed_job(uow, job_id)
        if failed is None:
            return False
        case = None if failed.case_id is None else cases.lock(uow, failed.case_id)
        if not jobs.revive(uow, job_id, now=now):
            return False
        incidents.resolve(uow, job_id=job_id, by=actor.person_id, at=now)
        if case is not None:
            entry = NewEntry(what="retried", name=reason, actor=actor.person_id, data={"job": job_id})
            stepping.append_only(runtime, uow, case, [entry], now=now)
    return True
