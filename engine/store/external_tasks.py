"""Rows of jobs that programs outside fetch by topic: lock, hold, give back, end."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain.rejection import Conflict, NotFound
from engine.store.times import from_ms, to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_COLUMNS = "id, case_id, token, element_id, topic, worker, lease_until, attempts, retries, error"
# The condition on the state is that of the partial index, word for word.
_FREE = """SELECT id FROM job WHERE state = 'external' AND topic = :topic AND due_at <= :now AND lease_until <= :now
    AND EXISTS (SELECT 1 FROM process_instance c WHERE c.id = job.case_id AND c.state = 'active')
    ORDER BY due_at, id LIMIT :limit"""
_FREE_SQLITE = Statement(_FREE)
_FREE_POSTGRESQL = Statement(_FREE + " FOR UPDATE OF job SKIP LOCKED")
_LOCK = "UPDATE job SET worker = :worker, lease_until = :until, attempts = attempts + 1 WHERE id IN "
_LOCK_SQLITE = Statement(_LOCK + f"(SELECT value FROM json_each(:ids)) RETURNING {_COLUMNS}")
_LOCK_POSTGRESQL = Statement(_LOCK + f"(SELECT unnest(CAST(:ids AS bigint[]))) RETURNING {_COLUMNS}")
_GET = Statement(f"SELECT {_COLUMNS} FROM job WHERE id = :id AND state = 'external'")
_HELD = "WHERE id = :id AND worker = :worker AND state = 'external'"
_FINISH = Statement(f"DELETE FROM job {_HELD}")
_EXTEND = Statement(f"UPDATE job SET lease_until = :until {_HELD}")
_UNLOCK = Statement(f"UPDATE job SET worker = NULL, lease_until = 0 {_HELD}")
_RETRY_LATER = Statement(
    f"UPDATE job SET worker = NULL, lease_until = 0, due_at = :due_at, retries = :retries, error = :error {_HELD}"
)
_PARK = Statement(f"UPDATE job SET state = 'failed', worker = NULL, retries = 0, error = :error {_HELD}")


@dataclass(frozen=True, kw_only=True)
class ExternalTask:
    """`worker` holds it until `locked_until`; `retries`: what the last failure left, None before the first."""

    id: int
    case_id: int
    token: int
    element_id: str
    topic: str
    worker: str | None
    locked_until: datetime
    attempts: int
    retries: int | None
    error: str | None


def lock_free(
    uow: UnitOfWork, topics: Sequence[str], *, worker: str, now: datetime, until: datetime, limit: int
) -> list[ExternalTask]:
    """Lock free tasks of active cases for a worker, oldest first within a topic."""
    statement = _FREE_SQLITE if uow.is_sqlite else _FREE_POSTGRESQL
    ids: list[int] = []
    for topic in dict.fromkeys(topics):
        if len(ids) < limit:
            rows = uow.all(statement, topic=topic, now=to_ms(now), limit=limit - len(ids))
            ids += [row.id for row in rows]
    if not ids:
        return []
    if uow.is_sqlite:
        locked = uow.all(_LOCK_SQLITE, ids=json.dumps(ids), worker=worker, until=to_ms(until))
    else:
        locked = uow.all(_LOCK_POSTGRESQL, ids=ids, worker=worker, until=to_ms(until))
    return sorted((_task_from(row) for row in locked), key=lambda task: ids.index(task.id))


def get(uow: UnitOfWork, task_id: int) -> ExternalTask:
    """Raises NotFound: done, cancelled, failed for good or never there."""
    row = uow.first(_GET, id=task_id)
    if row is None:
        raise NotFound(f"External task {task_id} does not exist.", object="external task", id=task_id)
    return _task_from(row)


def finish(uow: UnitOfWork, task_id: int, worker: str) -> None:
    """Raises Conflict when another worker holds the task, or nobody."""
    _held(uow.run(_FINISH, id=task_id, worker=worker), task_id, worker)


def extend(uow: UnitOfWork, task_id: int, worker: str, *, until: datetime) -> None:
    """Raises Conflict as `finish`."""
    _held(uow.run(_EXTEND, id=task_id, worker=worker, until=to_ms(until)), task_id, worker)


def unlock(uow: UnitOfWork, task_id: int, worker: str) -> None:
    """Raises Conflict as `finish`."""
    _held(uow.run(_UNLOCK, id=task_id, worker=worker), task_id, worker)


def retry_later(uow: UnitOfWork, task_id: int, worker: str, *, due_at: datetime, retries: int, error: str) -> None:
    """Raises Conflict as `finish`."""
    touched = uow.run(_RETRY_LATER, id=task_id, worker=worker, due_at=to_ms(due_at), retries=retries, error=error)
    _held(touched, task_id, worker)


def park(uow: UnitOfWork, task_id: int, worker: str, *, error: str) -> None:
    """Raises Conflict as `finish`."""
    _held(uow.run(_PARK, id=task_id, worker=worker, error=error), task_id, worker)


def _held(touched: int, task_id: int, worker: str) -> None:
    if touched != 1:
        raise Conflict(f"External task {task_id} is not held by worker '{worker}'.", object="external task", id=task_id)


def _task_from(row: Any) -> ExternalTask:
    return ExternalTask(
        id=row.id,
        case_id=row.case_id,
        token=row.token,
        element_id=row.element_id,
        topic=row.topic,
        worker=row.worker,
        locked_until=from_ms(row.lease_until),
        attempts=row.attempts,
        retries=row.retries,
        error=row.error,
    )
