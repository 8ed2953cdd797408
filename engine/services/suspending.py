"""Suspend a case with its clocks stopped, and let it go on with the time it had left."""

from collections.abc import Mapping
from datetime import date, datetime

from engine.bpmn.seating import shift_cycles
from engine.domain.actor import Actor
from engine.domain.calendar import Deadline
from engine.domain.case import Case
from engine.domain.rejection import Conflict
from engine.domain.suspension import Pause
from engine.services import stepping
from engine.services.access import require_change
from engine.services.runtime import Runtime
from engine.services.stepping import Done, Locked
from engine.store import cases, clocks, subscriptions, suspensions, user_tasks
from engine.store.history import NewEntry
from engine.store.suspensions import Suspension
from engine.store.times import from_ms, to_ms
from engine.store.unit_of_work import UnitOfWork, unit_of_work


def suspend(runtime: Runtime, case_id: int, *, actor: Actor, reason: str) -> None:
    """Until it is resumed the case takes no commands, none of its jobs runs, no message or signal reaches it.

    Raises NotFound, Forbidden, Invalid without a reason, Conflict when it is not active.
    """
    require_change(actor, reason)
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        case = cases.lock(uow, case_id)
        stepping.require_active(uow, case)
        suspensions.insert(uow, case_id, Suspension(since=now, by=actor.person_id, reason=reason))
        suspensions.pause_jobs(uow, case_id)
        cases.set_state(uow, case_id, "suspended")
        entry = NewEntry(what="suspended", name=reason, actor=actor.person_id)
        stepping.append_only(runtime, uow, case, [entry], now=now)


def resume(runtime: Runtime, case_id: int, *, actor: Actor, reason: str) -> None:
    """Timers, due dates and legal clocks move by the time the case stood still; kept messages reach it now.

    Raises NotFound, Forbidden, Invalid without a reason, Conflict when it is not suspended.
    """
    require_change(actor, reason)

    def command() -> Done:
        with unit_of_work(runtime.database) as uow:
            case = cases.lock(uow, case_id)
            pause = _pause(runtime, uow, case)
            suspensions.delete(uow, case_id)
            _shift_jobs(uow, case_id, pause)
            _shift_tasks(uow, case_id, pause)
            _shift_clocks(runtime, uow, case_id, pause)
            locked, done = _go_on(runtime, uow, case, pause, actor, reason)
        stepping.keep(runtime, locked, done)
        return done

    stepping.retrying(command)


def _go_on(
    runtime: Runtime, uow: UnitOfWork, case: Case, pause: Pause, actor: Actor, reason: str
) -> tuple[Locked, Done]:
    locked = stepping.revive(runtime, uow, stepping.as_active(case))
    passed = pause.until - pause.since
    step = locked.execution.act(
        lambda tree: shift_cycles(tree, passed), env=runtime.environment(), implicit=locked.implicit()
    )
    data = {"since": pause.since.isoformat(), "seconds": int(passed.total_seconds()), "days": pause.days()}
    entry = NewEntry(what="resumed", name=reason, actor=actor.person_id, data=data)
    done = stepping.write(runtime, locked, step, actor=actor.person_id, first_entries=[entry])
    return locked, stepping.give_kept_messages(runtime, locked, done, subscriptions.of_case(uow, case.id))


def _pause(runtime: Runtime, uow: UnitOfWork, case: Case) -> Pause:
    found = suspensions.get(uow, case.id)
    if case.state != "suspended" or found is None:
        raise Conflict(f"Case {case.number} is not suspended.", object="case", id=case.id)
    now = runtime.clock.now()
    return Pause(since=found.since, until=max(now, found.since), zone=runtime.config.zone)


def _shift_jobs(uow: UnitOfWork, case_id: int, pause: Pause) -> None:
    """Only what waits for its time moves; a job that was to be done at once is done at once."""
    jobs = suspensions.paused_jobs(uow, case_id)
    due = {job.id: to_ms(pause.shift(from_ms(job.due_at))) if job.kind == "timer" else job.due_at for job in jobs}
    suspensions.wake_jobs(uow, due)


def _shift_tasks(uow: UnitOfWork, case_id: int, pause: Pause) -> None:
    due: dict[int, datetime] = {
        task.id: pause.shift(task.due_at)
        for task in user_tasks.of_case(uow, case_id)
        if task.is_open and task.due_at is not None
    }
    suspensions.set_task_due(uow, due)


def _shift_clocks(runtime: Runtime, uow: UnitOfWork, case_id: int, pause: Pause) -> None:
    for row in clocks.of_case(uow, case_id):
        policy = runtime.config.policies.get(row.name)
        if row.stopped_at is not None or not isinstance(policy, Mapping):
            continue
        starts, target, last_day = (date.fromisoformat(day) for day in (row.starts, row.target, row.last_day))
        old = Deadline(first_day=starts, target=target, last_day=last_day, ends=from_ms(row.ends_at))
        kind, roll_forward = str(policy.get("calendar", "natural")), bool(policy.get("roll_forward", False))
        new = pause.prolong(old, runtime.calendar, kind, roll_forward)
        clocks.prolong(
            uow, case_id, name=row.name, token=row.token, target=new.target, last_day=new.last_day, ends=new.ends
        )
