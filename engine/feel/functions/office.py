"""The office's own functions: working days, legal periods and the policies of config.yaml."""

from collections.abc import Mapping
from datetime import date, datetime

from engine.domain.calendar import BusinessCalendar, Deadline
from engine.feel.errors import FeelError
from engine.feel.functions.dates import local_date
from engine.feel.functions.registry import environmental
from engine.feel.limits import Run
from engine.feel.values import Value, from_outside, whole


@environmental("add days(date: moment, n: number)")
def add_days(run: Run, day: date, count: Value) -> date | None:
    days = whole(count)
    return None if days is None else _calendar(run).add_days(local_date(day, run), days)


@environmental("add working days(date: moment, n: number)")
def add_working_days(run: Run, day: date, count: Value) -> date | None:
    days = whole(count)
    if days is None:
        return None
    run.charge(1 + min(abs(days), 100_000) // 10)
    return _calendar(run).add_working_days(local_date(day, run), days)


@environmental("is working day(date: moment)")
def is_working_day(run: Run, day: date) -> bool:
    return _calendar(run).is_working_day(local_date(day, run))


@environmental("roll forward(date: moment)")
def roll_forward(run: Run, day: date) -> date:
    return _calendar(run).roll_forward(local_date(day, run))


@environmental("end of day(date: moment)")
def end_of_day(run: Run, day: date) -> datetime:
    return _calendar(run).end_of_day(local_date(day, run))


@environmental("deadline(start date: moment, policy: string)")
def deadline(run: Run, start: date, policy: str) -> datetime:
    """The moment at which the period of the policy ends."""
    return _deadline(run, start, policy).ends


@environmental("target(start date: moment, policy: string)")
def target(run: Run, start: date, policy: str) -> date:
    """The last day as counted, before it moves off a day of rest."""
    return _deadline(run, start, policy).target


@environmental("policy(name: string)")
def policy(run: Run, name: str) -> Value:
    """A value of config.yaml. Raises FeelError when there is none: a clock must not run on a missing number."""
    value: Value = run.env.policies
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise FeelError(f"Policy '{name}' is not configured.")
        value = value[part]
    return from_outside(value, run)


def _deadline(run: Run, start: date, name: str) -> Deadline:
    rule = policy(run, name)
    days = whole(rule.get("days")) if isinstance(rule, Mapping) else None
    if days is None:
        raise FeelError(f"Policy '{name}' has no whole number of days.")
    try:
        return _calendar(run).deadline(
            local_date(start, run), days, rule.get("calendar", "natural"), bool(rule.get("roll_forward", False))
        )
    except (ValueError, OverflowError) as error:
        raise FeelError(f"Policy '{name}': {error}") from error


def _calendar(run: Run) -> BusinessCalendar:
    return run.env.calendar or BusinessCalendar(zone=run.env.zone)
