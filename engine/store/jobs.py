"""Rows of jobs: set, clear, claim under a lease, fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.domain.identity import new_id
from engine.domain.step import JobSet
from engine.store.times import from_ms, to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_COLUMNS = "id, case_id, token, kind, element_id, topic, rule, due_at, attempts, state, error"
_INSERT = Statement(
    """INSERT INTO job (id, case_id, token, kind, element_id, topic, rule, due_at, attempts, lease_until, state)
       VALUES (:id, :case_id, :token, :kind, :element_id, :topic, :rule, :due_at, 0, 0, 'waiting')"""
)
_CLEAR = Statement("DELETE FROM job WHERE case_id = :case_id AND token = :token")
_DELETE = Statement("DELETE FROM job WHERE id = :id AND lease = :lease")
# A job that was tried before may have killed its worker: it is claimed alone.
_DUE = """SELECT id FROM job WHERE state = 'waiting' AND due_at <= :now AND lease_until <= :now
          ORDER BY due_at, id LIMIT :limit"""
_DUE_SQLITE = Statement(_DUE)
_DUE_POSTGRESQL = Statement(_DUE + " FOR UPDATE SKIP LOCKED")
_LEASE = Statement(
    f"""UPDATE job SET lease = :lease, lease_until = :until, attempts = attempts + 1
        WHERE id = :id RETURNING {_COLUMNS}"""
)
_HELD = Statement("SELECT 1 FROM job WHERE id = :id AND lease = :lease AND state = 'waiting'")
_RETRY_LATER = Statement(
    """UPDATE job SET lease = NULL, lease_until = 0, due_at = :due_at, error = :error
       WHERE id = :id AND lease = :lease"""
)
_PARK = Statement("UPDATE job SET state = 'failed', lease = NULL, error = :error WHERE id = :id AND lease = :lease")
_REVIVE = Statement(
    "UPDATE job SET state = 'waiting', attempts = 0, lease_until = 0, due_at = :now WHERE id = :id AND state = 'failed'"
)
_NEXT_DUE = Statement("SELECT min(due_at) AS due_at FROM job WHERE state = 'waiting'")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A claimed job. `lease` proves the claim until `lease_until`; whoever lost it may not write."""

    id: int
    case_id: int
    token: int
    kind: str
    element_id: str
    topic: str | None
    rule: str
    due_at: datetime
    attempts: int
    lease: str


def write(uow: UnitOfWork, case_id: int, jobs: Sequence[JobSet], cleared: Sequence[int], *, now: datetime) -> None:
    uow.run_many(_CLEAR, [{"case_id": case_id, "token": token} for token in cleared])
    uow.run_many(
        _INSERT,
        [
            {
                "id": new_id(now),
                "case_id": case_id,
                "token": job.token,
                "kind": job.kind,
                "element_id": job.element_id,
                "topic": job.topic,
                "rule": job.rule,
                "due_at": to_ms(job.due_at or now),
            }
            for job in jobs
        ],
    )


def claim(uow: UnitOfWork, *, now: datetime, limit: int, lease: str, length: timedelta) -> list[Job]:
    """Take due jobs under a lease; the first alone if it was tried before."""
    statement = _DUE_SQLITE if uow.is_sqlite else _DUE_POSTGRESQL
    claimed = []
    for due in uow.all(statement, now=to_ms(now), limit=limit):
        row = uow.first(_LEASE, id=due.id, lease=lease, until=to_ms(now + length))
        if row is not None:
            claimed.append(_job_from(row, lease))
    return claimed


def _job_from(row: Any, lease: str) -> Job:
    return Job(
        id=row.id,
        case_id=row.case_id,
        token=row.token,
        kind=row.kind,
        element_id=row.element_id,
        topic=row.topic,
        rule=row.rule,
        due_at=from_ms(row.due_at),
        attempts=row.attempts,
        lease=lease,
    )


def is_held(uow: UnitOfWork, job: Job) -> bool:
    """Whether the lease of this job is still ours."""
    return uow.first(_HELD, id=job.id, lease=job.lease) is not None


def finish(uow: UnitOfWork, job: Job) -> None:
    uow.run(_DELETE, id=job.id, lease=job.lease)


def retry_later(uow: UnitOfWork, job: Job, *, due_at: datetime, error: str) -> None:
    uow.run(_RETRY_LATER, id=job.id, lease=job.lease, due_at=to_ms(due_at), error=error)


def park(uow: UnitOfWork, job: Job, *, error: str) -> bool:
    """Out of retries: no longer claimed. False if the lease was lost."""
    return uow.run(_PARK, id=job.id, lease=job.lease, error=error) == 1


def revive(uow: UnitOfWork, job_id: int, *, now: datetime) -> bool:
    return uow.run(_REVIVE, id=job_id, now=to_ms(now)) == 1


def next_due(uow: UnitOfWork) -> datetime | None:
    row = uow.first(_NEXT_DUE)
    return None if row is None or row.due_at is None else from_ms(row.due_at)
