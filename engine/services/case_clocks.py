"""Start and stop the legal clocks that a diagram hangs on its elements."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.bpmn.interpreter import Execution
from engine.bpmn.standing import standing
from engine.domain.case import Case
from engine.domain.step import Step
from engine.domain.views import ClockView
from engine.feel import compile_template
from engine.services.packages import Bound
from engine.services.runtime import Runtime
from engine.store import clocks
from engine.store.times import from_ms
from engine.store.unit_of_work import UnitOfWork

# A multi-instance activity is recorded as a whole and item by item: its clock is that of the whole.
MULTI_INSTANCE_ITEM = "item"


def follow(
    runtime: Runtime,
    uow: UnitOfWork,
    case: Case,
    bound: Bound,
    execution: Execution,
    step: Step,
    *,
    now: datetime,
) -> None:
    """A clock starts when its element is entered and stops when it is left; the end of a case stops all."""
    for entry in step.history:
        element = bound.definition.elements.get(entry.element_id)
        if element is None or not element.clock or entry.detail == MULTI_INSTANCE_ITEM:
            continue
        if entry.what == "entered":
            _start(runtime, uow, case, execution, element, entry.token, now=now)
        elif entry.what in {"left", "cancelled"}:
            clocks.stop(uow, case.id, name=element.clock, token=entry.token, at=now)
    if step.ended:
        clocks.stop_all(uow, case.id, at=now)


def carry_over(
    runtime: Runtime,
    uow: UnitOfWork,
    case: Case,
    old: tuple[Bound, Execution],
    new: tuple[Bound, Execution],
    *,
    now: datetime,
) -> None:
    """The case moves to another version: a clock that stays keeps running, one that is gone stops, a new one starts."""
    (old_bound, old_execution), (bound, execution) = old, new
    after = standing(execution.case)
    for token, place in standing(old_execution.case).items():
        if token not in after or place.item:
            continue
        was = old_bound.definition.elements[place.element_id].clock
        element = bound.definition.elements[after[token].element_id]
        if was == element.clock:
            continue
        if was:
            clocks.stop(uow, case.id, name=was, token=token, at=now)
        if element.clock:
            _start(runtime, uow, case, execution, element, token, now=now)


def _start(
    runtime: Runtime, uow: UnitOfWork, case: Case, execution: Execution, element: Any, token: int, *, now: datetime
) -> None:
    policy = runtime.config.policies.get(element.clock)
    if not isinstance(policy, Mapping) or "days" not in policy:
        return
    starts = now.astimezone(runtime.config.zone).date()
    if element.clock_start:
        context = execution.variables("", {"case": {"started": case.started_at}})
        value = compile_template(element.clock_start)(context, runtime.environment())
        if isinstance(value, datetime):
            starts = value.astimezone(runtime.config.zone).date()
        elif isinstance(value, date):
            starts = value
    deadline = runtime.calendar.deadline(
        starts, int(policy["days"]), policy.get("calendar", "natural"), bool(policy.get("roll_forward", False))
    )
    clocks.start(
        uow,
        case.id,
        name=element.clock,
        token=token,
        starts=starts,
        target=deadline.target,
        last_day=deadline.last_day,
        ends=deadline.ends,
    )


def views(runtime: Runtime, uow: UnitOfWork, case_id: int) -> list[ClockView]:
    """The clocks of a case with the facts of their sum; late stays late."""
    now = runtime.clock.now()
    return [_view(runtime, row, now) for row in clocks.of_case(uow, case_id)]


def _view(runtime: Runtime, row: Any, now: datetime) -> ClockView:
    ends = from_ms(row.ends_at)
    stopped = None if row.stopped_at is None else from_ms(row.stopped_at)
    state = _state(stopped, ends, now)
    starts, target, last_day = (date.fromisoformat(day) for day in (row.starts, row.target, row.last_day))
    policy = runtime.config.policies.get(row.name, {})
    rule = policy if isinstance(policy, Mapping) else {}
    first_day = runtime.calendar.deadline(starts, 1, rule.get("calendar", "natural"), roll_forward=False).first_day
    return ClockView(
        name=row.name,
        label=str(rule.get("label", row.name)),
        starts=starts,
        first_day=first_day,
        target=target,
        last_day=last_day,
        ends=ends,
        state=state,
        days_left=(last_day - now.astimezone(runtime.config.zone).date()).days,
    )


def _state(stopped: datetime | None, ends: datetime, now: datetime) -> str:
    if stopped is not None:
        return "met" if stopped <= ends else "met_late"
    return "missed" if now >= ends else "running"
