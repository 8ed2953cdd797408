"""Rows of jobs: set, clear, claim under a lease, fail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.domain.identity import new_id
from engine.domain.step import JobSet
from engine.domain.values import from_json, to_json
from engine.store.job_bell import CHANNEL
from engine.store.times import from_ms, to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

IN_DATABASE = "database"
OUTSIDE = "outside"
# What is due later than this is seen in time by workers that look at the table now and then.
SOON = timedelta(seconds=2)

COLUMNS = "id, case_id, definition_id, token, kind, element_id, topic, rule, payload, due_at, attempts, state, error"
_INSERT = Statement(
    """INSERT INTO job (id, case_id, definition_id, token, kind, element_id, topic, rule, payload, due_at, attempts,
       lease_until, state) VALUES (:id, :case_id, :definition_id, :token, :kind, :element_id, :topic, :rule, :payload,
       :due_at, 0, 0, :state)"""
)
_CLEAR = Statement("DELETE FROM job WHERE case_id = :case_id AND token = :token")
_FINISH = Statement("DELETE FROM job WHERE id = :id AND lease = :lease AND state = 'waiting'")
# The conditions on state and kind are those of the partial indexes, word for word.
_LANES = {
    IN_DATABASE: "state = 'waiting' AND kind <> 'service'",
    OUTSIDE: "state = 'waiting' AND kind = 'service'",
}
_DUE = {
    lane: f"""SELECT id, attempts, case_id, lease FROM job WHERE {condition} AND due_at <= :now AND lease_until <= :now
              ORDER BY due_at, id LIMIT :limit"""
    for lane, condition in _LANES.items()
}
_DUE_SQLITE = {lane: Statement(text) for lane, text in _DUE.items()}
_DUE_POSTGRESQL = {lane: Statement(text + " FOR UPDATE SKIP LOCKED") for lane, text in _DUE.items()}
# A case in somebody's hands is left for the next round: waiting for it would hold up the jobs of all others.
_FREE_CASES = Statement("SELECT id FROM process_instance WHERE id = ANY(:ids) FOR UPDATE SKIP LOCKED")
_LEASE = "UPDATE job SET lease = :lease, lease_until = :until, attempts = attempts + 1 WHERE id IN "
_LEASE_SQLITE = Statement(_LEASE + f"(SELECT value FROM json_each(:ids)) RETURNING {COLUMNS}")
_LEASE_POSTGRESQL = Statement(_LEASE + f"(SELECT unnest(CAST(:ids AS bigint[]))) RETURNING {COLUMNS}")
_EXTEND = Statement("UPDATE job SET lease_until = :until WHERE id = :id AND lease = :lease AND state = 'waiting'")
_RETRY_LATER = Statement(
    """UPDATE job SET lease = NULL, lease_until = 0, due_at = :due_at, error = :error
       WHERE id = :id AND lease = :lease AND state = 'waiting'"""
)
_PARK = Statement(
    """UPDATE job SET state = 'failed', lease = NULL, error = :error
       WHERE id = :id AND lease = :lease AND state = 'waiting'"""
)
_EMPTY = Statement("UPDATE job SET payload = NULL WHERE id = :id")
_NOTIFY = Statement(f"SELECT pg_notify('{CHANNEL}', '')")
_REVIVE = Statement(
    """UPDATE job SET state = CASE kind WHEN 'external' THEN 'external' ELSE 'waiting' END, attempts = 0,
       retries = NULL, lease = NULL, worker = NULL, lease_until = 0, due_at = :now
       WHERE id = :id AND state = 'failed'"""
)
_TIMERS_AT = Statement(
    """SELECT id, case_id, definition_id FROM job
       WHERE element_id = :element_id AND kind IN ('timer', 'start-timer') AND state = 'waiting' ORDER BY due_at, id"""
)
_MAKE_DUE = Statement("UPDATE job SET due_at = :now WHERE id = :id")
_NEXT = {
    lane: Statement(f"SELECT due_at, lease_until FROM job WHERE {condition} ORDER BY due_at, id LIMIT 50")
    for lane, condition in _LANES.items()
}
_CLEAR_STARTS = Statement(
    """DELETE FROM job WHERE kind = 'start-timer' AND definition_id IN
       (SELECT id FROM process_definition WHERE key = :key)"""
)


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """Work to be written. `payload`: what the kind of job needs to know (JSON); `due_at` None: at once."""

    kind: str
    case_id: int | None = None
    definition_id: int | None = None
    token: int = 0
    element_id: str = ""
    topic: str | None = None
    rule: str = ""
    payload: Mapping[str, Any] | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A claimed job. `lease` proves the claim until `lease_until`; whoever lost it may not write.

    `worker_died`: whoever had it last neither finished it nor reported a failure.
    """

    id: int
    case_id: int | None
    definition_id: int | None
    token: int
    kind: str
    element_id: str
    topic: str | None
    rule: str
    due_at: datetime
    attempts: int
    lease: str
    worker_died: bool = False
    payload: Mapping[str, Any] = field(default_factory=dict)


def write(uow: UnitOfWork, case_id: int, jobs: Sequence[JobSet], cleared: Sequence[int], *, now: datetime) -> None:
    """The jobs that a step set and cleared."""
    uow.run_many(_CLEAR, [{"case_id": case_id, "token": token} for token in cleared])
    add(
        uow,
        [
            NewJob(
                kind=job.kind,
                case_id=case_id,
                token=job.token,
                element_id=job.element_id,
                topic=job.topic,
                rule=job.rule,
                due_at=job.due_at,
            )
            for job in jobs
        ],
        now=now,
    )


def add(uow: UnitOfWork, jobs: Sequence[NewJob], *, now: datetime) -> None:
    """Write jobs; workers hear of those that are due soon when this is committed."""
    if any(job.kind != "external" and (job.due_at or now) <= now + SOON for job in jobs):
        uow.rings = True
        if not uow.is_sqlite:
            uow.all(_NOTIFY)
    uow.run_many(
        _INSERT,
        [
            {
                "id": new_id(now),
                "case_id": job.case_id,
                "definition_id": job.definition_id,
                "token": job.token,
                "kind": job.kind,
                "element_id": job.element_id,
                "topic": job.topic,
                "rule": job.rule,
                "payload": None if job.payload is None else to_json(dict(job.payload)),
                "due_at": to_ms(job.due_at or now),
                "state": "external" if job.kind == "external" else "waiting",
            }
            for job in jobs
        ],
    )


def claim(
    uow: UnitOfWork, *, now: datetime, limit: int, lease: str, length: timedelta, lane: str = IN_DATABASE
) -> list[Job]:
    """Take due jobs of a lane under a lease, oldest first; a job that was tried before is taken alone.

    It may have killed its worker: what is claimed together with it would count as tried, too.
    """
    statement = (_DUE_SQLITE if uow.is_sqlite else _DUE_POSTGRESQL)[lane]
    due = uow.all(statement, now=to_ms(now), limit=limit)
    if not uow.is_sqlite and due:
        wanted = sorted({row.case_id for row in due if row.case_id is not None})
        free = {row.id for row in uow.all(_FREE_CASES, ids=wanted)} if wanted else set()
        due = [row for row in due if row.case_id is None or row.case_id in free]
    if not due:
        return []
    chosen = due[:1] if due[0].attempts else [row for row in due if not row.attempts]
    died = {row.id for row in chosen if row.lease is not None}
    return _take(uow, [row.id for row in chosen], lease, now + length, died)


def _take(uow: UnitOfWork, ids: list[int], lease: str, until: datetime, died: set[int]) -> list[Job]:
    if uow.is_sqlite:
        rows = uow.all(_LEASE_SQLITE, ids=json.dumps(ids), lease=lease, until=to_ms(until))
    else:
        rows = uow.all(_LEASE_POSTGRESQL, ids=ids, lease=lease, until=to_ms(until))
    return sorted((_job_from(row, lease, row.id in died) for row in rows), key=lambda job: (job.due_at, job.id))


def _job_from(row: Any, lease: str, worker_died: bool) -> Job:
    return Job(
        id=row.id,
        case_id=row.case_id,
        definition_id=row.definition_id,
        token=row.token,
        kind=row.kind,
        element_id=row.element_id,
        topic=row.topic,
        rule=row.rule,
        due_at=from_ms(row.due_at),
        attempts=row.attempts,
        lease=lease,
        worker_died=worker_died,
        payload={} if row.payload is None else from_json(row.payload),
    )


def extend(uow: UnitOfWork, job: Job, *, until: datetime) -> bool:
    """Hold the job longer; False when another worker has taken it over."""
    return uow.run(_EXTEND, id=job.id, lease=job.lease, until=to_ms(until)) == 1


def finish(uow: UnitOfWork, job: Job) -> bool:
    """Take the job away in the transaction of its effect; False when the lease was lost: the effect must not be."""
    return uow.run(_FINISH, id=job.id, lease=job.lease) == 1


def retry_later(uow: UnitOfWork, job: Job, *, due_at: datetime, error: str) -> None:
    uow.run(_RETRY_LATER, id=job.id, lease=job.lease, due_at=to_ms(due_at), error=error)


def park(uow: UnitOfWork, job: Job, *, error: str) -> bool:
    """Out of retries: no longer claimed. False if the lease was lost."""
    return uow.run(_PARK, id=job.id, lease=job.lease, error=error) == 1


def empty(uow: UnitOfWork, job: Job) -> None:
    """Forget what the job carries."""
    uow.run(_EMPTY, id=job.id)


def revive(uow: UnitOfWork, job_id: int, *, now: datetime) -> bool:
    """Let a failed job be claimed again; False when it has not failed."""
    return uow.run(_REVIVE, id=job_id, now=to_ms(now)) == 1


def next_due(uow: UnitOfWork, lanes: tuple[str, ...] = (IN_DATABASE, OUTSIDE)) -> datetime | None:
    """When the next job can be claimed; one under a lease is free when its lease is over."""
    rows = [row for lane in lanes for row in uow.all(_NEXT[lane])]
    return min((from_ms(max(row.due_at, row.lease_until)) for row in rows), default=None)


def timers_at(uow: UnitOfWork, element_id: str) -> Sequence[Any]:
    """Waiting timers of the element in any case, the first due first: id, case_id, definition_id."""
    return uow.all(_TIMERS_AT, element_id=element_id)


def make_due(uow: UnitOfWork, job_id: int, *, now: datetime) -> None:
    uow.run(_MAKE_DUE, id=job_id, now=to_ms(now))


def clear_start_timers(uow: UnitOfWork, process_key: str) -> None:
    """No case of this process begins by a clock any more: those of its new version are set afresh."""
    uow.run(_CLEAR_STARTS, key=process_key)
