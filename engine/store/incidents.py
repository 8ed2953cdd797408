"""Rows of incidents: what cannot go on until somebody acts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain.identity import new_id
from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_INSERT = Statement(
    """INSERT INTO incident (id, case_id, job_id, token, element_id, message, raised_at)
       VALUES (:id, :case_id, :job_id, :token, :element_id, :message, :raised_at)"""
)
_OF_CASE = Statement(
    "SELECT element_id, message FROM incident WHERE case_id = :case_id AND resolved_at IS NULL ORDER BY id"
)
_OPEN = Statement(
    """SELECT i.id, i.case_id, i.job_id, i.token, i.element_id, i.message, i.raised_at,
       coalesce(c.number, '') AS number, coalesce(c.title, '') AS title
       FROM incident i LEFT JOIN process_instance c ON c.id = i.case_id
       WHERE i.resolved_at IS NULL ORDER BY i.raised_at DESC LIMIT 200"""
)
_RESOLVE = Statement(
    "UPDATE incident SET resolved_at = :at, resolved_by = :by WHERE job_id = :job_id AND resolved_at IS NULL"
)
_RESOLVE_TOKEN = Statement(
    """UPDATE incident SET resolved_at = :at, resolved_by = :by
       WHERE case_id = :case_id AND token = :token AND resolved_at IS NULL"""
)
_FAILED_JOB = Statement("SELECT case_id FROM job WHERE id = :job_id AND state = 'failed'")
_CAUSES = Statement(
    """SELECT element_id, message, count(*) AS number, min(raised_at) AS since FROM incident
       WHERE resolved_at IS NULL AND job_id IS NOT NULL GROUP BY element_id, message ORDER BY number DESC, element_id"""
)
_JOBS_OF_CAUSE = Statement(
    """SELECT job_id FROM incident WHERE resolved_at IS NULL AND job_id IS NOT NULL
       AND element_id = :element_id AND message = :message ORDER BY job_id"""
)


def insert(
    uow: UnitOfWork,
    *,
    case_id: int | None,
    token: int,
    element_id: str,
    message: str,
    at: datetime,
    job_id: int | None = None,
) -> None:
    uow.run(
        _INSERT,
        id=new_id(at),
        case_id=case_id,
        job_id=job_id,
        token=token,
        element_id=element_id,
        message=message,
        raised_at=to_ms(at),
    )


def unresolved(uow: UnitOfWork) -> Sequence[Any]:
    """Newest first, at most 200: id, case_id, job_id, token, element_id, message, raised_at (ms), number, title."""
    return uow.all(_OPEN)


@dataclass(frozen=True, kw_only=True)
class FailedJob:
    """`case_id` None: the job was to start a case."""

    case_id: int | None


def failed_job(uow: UnitOfWork, job_id: int) -> FailedJob | None:
    """None when the job has not failed, or is gone."""
    row = uow.first(_FAILED_JOB, job_id=job_id)
    return None if row is None else FailedJob(case_id=row.case_id)


def causes(uow: UnitOfWork) -> Sequence[Any]:
    """Failed jobs by what stopped them, most first: element_id, message, number, since (ms)."""
    return uow.all(_CAUSES)


def jobs_of_cause(uow: UnitOfWork, element_id: str, message: str) -> list[int]:
    return [row.job_id for row in uow.all(_JOBS_OF_CAUSE, element_id=element_id, message=message)]


def of_case(uow: UnitOfWork, case_id: int) -> Sequence[Any]:
    """What is not mended, oldest first: element_id, message."""
    return uow.all(_OF_CASE, case_id=case_id)


def resolve_tokens(uow: UnitOfWork, case_id: int, tokens: Iterable[int], *, by: str | None, at: datetime) -> None:
    """The trouble at these tokens of a case is over: they went on, or are gone."""
    uow.run_many(_RESOLVE_TOKEN, [{"case_id": case_id, "token": token, "by": by, "at": to_ms(at)} for token in tokens])


def resolve(uow: UnitOfWork, *, job_id: int, by: str, at: datetime) -> None:
    uow.run(_RESOLVE, job_id=job_id, by=by, at=to_ms(at))
