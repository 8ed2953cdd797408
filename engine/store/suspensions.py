"""Rows of suspended cases, and their jobs that rest meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store.jobs import Job
from engine.store.times import due_to_ms, from_ms, to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_INSERT = Statement(
    "INSERT INTO suspension (case_id, since, suspended_by, reason) VALUES (:case_id, :since, :suspended_by, :reason)"
)
_GET = Statement("SELECT since, suspended_by, reason FROM suspension WHERE case_id = :case_id")
_DELETE = Statement("DELETE FROM suspension WHERE case_id = :case_id")
# A state of its own for each state before: what had failed is still failed afterwards. An attempt
# that the suspension cut short does not count. The prefix has seven letters.
_PAUSE_JOBS = Statement(
    """UPDATE job SET state = 'paused-' || state,
       attempts = CASE WHEN lease IS NULL THEN attempts ELSE attempts - 1 END,
       lease = NULL, worker = NULL, lease_until = 0
       WHERE case_id = :case_id AND state NOT LIKE 'paused-%'"""
)
_PAUSE_JOB = Statement(
    """UPDATE job SET state = 'paused-waiting', lease = NULL, lease_until = 0, attempts = attempts - 1
       WHERE id = :id AND lease = :lease AND state = 'waiting'"""
)
_PAUSED_JOBS = Statement("SELECT id, kind, due_at FROM job WHERE case_id = :case_id AND state LIKE 'paused-%'")
_WAKE_JOB = Statement("UPDATE job SET state = substr(state, 8), due_at = :due_at WHERE id = :id")
_SET_TASK_DUE = Statement("UPDATE user_task SET due_at = :due_at, version = version + 1 WHERE id = :id")
_SET_OFFER_DUE = Statement("UPDATE task_offer SET due_at = :due_at WHERE task_id = :id")


@dataclass(frozen=True, kw_only=True)
class Suspension:
    since: datetime
    by: str
    reason: str


def insert(uow: UnitOfWork, case_id: int, suspension: Suspension) -> None:
    uow.run(
        _INSERT,
        case_id=case_id,
        since=to_ms(suspension.since),
        suspended_by=suspension.by,
        reason=suspension.reason,
    )


def get(uow: UnitOfWork, case_id: int) -> Suspension | None:
    row = uow.first(_GET, case_id=case_id)
    return None if row is None else Suspension(since=from_ms(row.since), by=row.suspended_by, reason=row.reason)


def delete(uow: UnitOfWork, case_id: int) -> None:
    uow.run(_DELETE, case_id=case_id)


def pause_jobs(uow: UnitOfWork, case_id: int) -> None:
    """No job of the case is claimed any more; whoever holds one has lost it."""
    uow.run(_PAUSE_JOBS, case_id=case_id)


def pause_job(uow: UnitOfWork, job: Job) -> None:
    """Lay down a claimed job whose case was found suspended; it does not count as tried."""
    uow.run(_PAUSE_JOB, id=job.id, lease=job.lease)


def paused_jobs(uow: UnitOfWork, case_id: int) -> list[Any]:
    """id, kind, due_at (ms)."""
    return uow.all(_PAUSED_JOBS, case_id=case_id)


def wake_jobs(uow: UnitOfWork, due: dict[int, int]) -> None:
    """Jobs by id go on as they were, due at the given times (ms)."""
    uow.run_many(_WAKE_JOB, [{"id": job_id, "due_at": due_at} for job_id, due_at in due.items()])


def set_task_due(uow: UnitOfWork, due: dict[int, datetime]) -> None:
    """Tasks by id, and their places in the lists of those they are offered to."""
    rows = [{"id": task_id, "due_at": due_to_ms(moment)} for task_id, moment in due.items()]
    uow.run_many(_SET_TASK_DUE, rows)
    uow.run_many(_SET_OFFER_DUE, rows)
