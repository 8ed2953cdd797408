"""What a supervisor watches: cases in flight, what is late, what has failed."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.domain.actor import Actor
from engine.domain.rejection import Conflict, Invalid, NotFound
from engine.domain.views import InFlightRow
from engine.services import retries, stepping
from engine.services.access import require_permission
from engine.services.case_reading import header_from
from engine.services.runtime import Runtime
from engine.services.stepping import Done
from engine.store import case_lists, clocks, incidents, people
from engine.store.history import NewEntry
from engine.store.times import due_from_ms, from_ms
from engine.store.unit_of_work import read_only, unit_of_work

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """`job_id`: the job that can be tried again (`retry`); None: the token can (`retry_token`).

    `case_id` None: a case could not be started.
    """

    incident_id: int
    case_id: int | None
    token: int
    number: str
    title: str
    element_id: str
    message: str
    raised_at: datetime
    job_id: int | None


def in_flight(
    runtime: Runtime, *, actor: Actor, query: str = "", after: str | None = None
) -> tuple[list[InFlightRow], str | None]:
    """Cases not yet ended, late ones first within a page, and the cursor of the next page. Raises Forbidden."""
    require_permission(actor, "supervise")
    now = runtime.clock.now()
    behind = int(after) if after and after.isdigit() and len(after) < 20 else 0
    with read_only(runtime.database) as uow:
        rows = case_lists.active(uow, query=query.strip()[:80], after=behind, limit=PAGE_SIZE + 1)
        shown = rows[:PAGE_SIZE]
        if not shown:
            return [], None
        first, last = shown[0].id, shown[-1].id
        tasks = case_lists.open_tasks(uow, first, last)
        failed = case_lists.incident_counts(uow, first, last)
        names = people.directory(uow)
        late: dict[int, list[str]] = {}
        for clock in clocks.late(uow, now):
            late.setdefault(clock.case_id, []).append(clock.name)
    views = [_row(row, [task for task in tasks if task.case_id == row.id], names, now, late, failed) for row in shown]
    views.sort(key=lambda view: (not view.late_clocks, not view.late, view.header.started_at))
    return views, str(last) if len(rows) > PAGE_SIZE else None


def summary(runtime: Runtime, *, actor: Actor) -> dict[str, int]:
    """active, late_tasks, late_clocks, incidents. Raises Forbidden."""
    require_permission(actor, "supervise")
    with read_only(runtime.database) as uow:
        return case_lists.totals(uow, runtime.clock.now())


def unresolved_incidents(runtime: Runtime, *, actor: Actor) -> list[IncidentRow]:
    """Newest first. Raises Forbidden."""
    require_permission(actor, "supervise")
    with read_only(runtime.database) as uow:
        rows = incidents.unresolved(uow)
    return [
        IncidentRow(
            incident_id=row.id,
            case_id=row.case_id,
            token=row.token,
            number=row.number,
            title=row.title,
            element_id=row.element_id,
            message=row.message,
            raised_at=from_ms(row.raised_at),
            job_id=row.job_id,
        )
        for row in rows
    ]


def retry(runtime: Runtime, job_id: int, *, actor: Actor, reason: str) -> None:
    """Try a failed job again. Raises Forbidden, Conflict."""
    retries.retry(runtime, job_id, actor=actor, reason=reason)


def retry_token(runtime: Runtime, case_id: int, token: int, *, actor: Actor, reason: str) -> None:
    """Try a token that stands still with an incident again where it stuck, on the record.

    The incident is resolved in the same transaction; a token that sticks again raises a new one. Raises NotFound,
    Forbidden, Conflict when the token is gone or not stuck.
    """
    require_permission(actor, "supervise")

    def command() -> Done:
        with unit_of_work(runtime.database) as uow:
            locked = stepping.lock(runtime, uow, case_id)
            element = locked.execution.places().get(token, "")
            step = locked.execution.retry(token, env=runtime.environment(), implicit=locked.implicit())
            entry = NewEntry(what="retried", element_id=element, token=token, name=reason, actor=actor.person_id)
            done = stepping.write(runtime, locked, step, actor=actor.person_id, first_entries=[entry])
        stepping.keep(runtime, locked, done)
        return done

    stepping.retrying(command)


def retry_incidents(runtime: Runtime, incident_ids: Collection[int], *, actor: Actor, reason: str) -> int:
    """Try again what these incidents have stopped, each in a transaction of its own; returns how many were.

    One that was mended meanwhile or whose token is gone is passed over. Raises Forbidden, Invalid without a reason.
    """
    require_permission(actor, "supervise")
    if not reason.strip():
        raise Invalid("A retry needs a reason.", field="reason")
    return sum(
        _tried_again(runtime, row, actor, reason)
        for row in unresolved_incidents(runtime, actor=actor)
        if row.incident_id in incident_ids
    )


def _tried_again(runtime: Runtime, row: IncidentRow, actor: Actor, reason: str) -> bool:
    try:
        if row.job_id is not None:
            retries.retry(runtime, row.job_id, actor=actor, reason=reason)
        elif row.case_id is not None:
            retry_token(runtime, row.case_id, row.token, actor=actor, reason=reason)
    except (Conflict, NotFound):
        return False
    return row.job_id is not None or row.case_id is not None


def _row(
    row: Any,
    tasks: list[Any],
    names: dict[str, str],
    now: datetime,
    late: dict[int, list[str]],
    failed: dict[int, int],
) -> InFlightRow:
    header = header_from(row, names)
    due = due_from_ms(min(task.due_at for task in tasks)) if tasks else None
    offers = [json.loads(task.candidates) for task in tasks if not task.assignee]
    holders = [task.assignee for task in tasks if task.assignee] + [user for offer in offers for user in offer["users"]]
    return InFlightRow(
        header=header,
        open_tasks=tuple(task.name for task in tasks),
        holders=tuple(names.get(holder, holder) for holder in dict.fromkeys(holders)),
        groups=tuple(dict.fromkeys(group for offer in offers for group in offer["groups"])),
        due_at=due,
        late=header.state == "active" and due is not None and due < now,
        late_clocks=tuple(late.get(row.id, ())),
        age_days=(now - header.started_at).days,
        incidents=failed.get(row.id, 0),
    )
