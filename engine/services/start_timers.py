"""Cases that begin by a clock: set when a process is deployed, fired by the worker, replaced by the next version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.bpmn.definition import Definition
from engine.bpmn.timers import next_firing, parse_cycle, schedule
from engine.bpmn.workflow import Stuck
from engine.domain.actor import SYSTEM
from engine.domain.rejection import Problem, ProblemsFound
from engine.services import cases as case_starts
from engine.services.runtime import Runtime
from engine.services.stepping import Done, Locked
from engine.store import deployments, jobs, start_subscriptions
from engine.store.history import NewEntry
from engine.store.jobs import Job, NewJob
from engine.store.unit_of_work import UnitOfWork

KIND = "start-timer"


def follow(runtime: Runtime, uow: UnitOfWork, definition_id: int, definition: Definition) -> None:
    """From now on cases of this process begin as its new version says: by timer, message and signal.

    A date that has passed starts nothing: every later version would start its case again. Raises ProblemsFound when a
    timer gives no time.
    """
    starts = [(event.kind, event.event, event.id) for event in definition.start_events]
    start_subscriptions.replace_all(
        uow, definition.id, definition_id, [start for start in starts if start[0] in {"message", "signal"}]
    )
    jobs.clear_start_timers(uow, definition.id)
    timers = [(event.id, event.timer) for event in definition.start_events if event.timer is not None]
    planned = [_first(runtime, definition, definition_id, element_id, timer) for element_id, timer in timers]
    jobs.add(uow, [job for job in planned if job is not None], now=runtime.clock.now())


def start(runtime: Runtime, uow: UnitOfWork, job: Job) -> tuple[Locked, Done] | None:
    """Begin a case and set the next firing; None when a newer version has taken over meanwhile."""
    if job.definition_id is None:
        raise LookupError(f"job {job.id} names no process")
    bound = runtime.packages.bound(uow, job.definition_id)
    if deployments.latest_of(uow, bound.key).id != job.definition_id:
        return None
    set_next(runtime, uow, job)
    entry = NewEntry(what="timer", element_id=job.element_id, actor=SYSTEM.person_id, data={"rule": job.rule})
    return case_starts.start_in(runtime, uow, bound, job.element_id, {}, actor=SYSTEM, entries=[entry])


def set_next(runtime: Runtime, uow: UnitOfWork, job: Job) -> None:
    """The firing of a cycle that follows this one, counted from its base so that nothing drifts."""
    if "cycle" not in job.payload:
        return
    cycle = parse_cycle(str(job.payload["cycle"]), runtime.config.zone)
    fired = int(job.payload["fired"]) + 1
    due = next_firing(cycle, job.payload["base"], fired, runtime.config.zone)
    if due is not None:
        payload = dict(job.payload) | {"fired": fired}
        following = _job(job.definition_id, job.element_id, job.rule, due, payload)
        jobs.add(uow, [following], now=runtime.clock.now())


def _first(runtime: Runtime, definition: Definition, definition_id: int, element_id: str, timer: Any) -> NewJob | None:
    environment = runtime.environment()
    value = timer.time({}, environment)
    try:
        planned = schedule(timer.timer, value, environment)
    except Stuck as error:
        problem = Problem(file=definition.file, message=str(error), key="timer.start", element_id=element_id)
        raise ProblemsFound([problem]) from error
    if planned.cycle is None:
        gone = timer.timer == "date" and planned.due < environment.now
        return None if gone else _job(definition_id, element_id, timer.rule, planned.due, {})
    if planned.cycle.count == 0:
        return None
    payload = {"cycle": value, "base": planned.base, "fired": 0}
    return _job(definition_id, element_id, timer.rule, planned.due, payload)


def _job(definition_id: int | None, element_id: str, rule: str, due: datetime, payload: Mapping[str, Any]) -> NewJob:
    return NewJob(kind=KIND, definition_id=definition_id, element_id=element_id, rule=rule, due_at=due, payload=payload)
