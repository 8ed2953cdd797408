"""When things fall due: ISO 8601 dates, durations and cycles, and what FEEL says, in the zone of the office.

Days, months and years are counted on the office's calendar and clock, hours and less in elapsed time. The library's own
timer evaluation (Python expressions, the machine's zone, wall clock) is not used.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn.workflow import Stuck
from engine.domain.durations import YearsMonths
from engine.feel import Environment

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?", re.ASCII
)
_CYCLE = re.compile(r"R(\d{0,9})/(?:([^/P][^/]*)/)?(P[^/]+)", re.ASCII)
LATEST_YEAR = 9000


@dataclass(frozen=True, kw_only=True)
class Duration:
    """Months and days are of the calendar, `rest` is elapsed time."""

    months: int = 0
    days: int = 0
    rest: timedelta = timedelta()

    def times(self, count: int) -> "Duration":
        return Duration(months=self.months * count, days=self.days * count, rest=self.rest * count)

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Aware UTC. One month after 31 January is the last day of February."""
        local = moment.astimezone(zone).replace(tzinfo=None)
        if self.months:
            index = local.year * 12 + local.month - 1 + self.months
            year, month = divmod(index, 12)
            if year > LATEST_YEAR:
                raise Stuck("时间太远。 The time is too far away.")
            local = local.replace(year=year, month=month + 1, day=min(local.day, _days_of(year, month + 1)))
        try:
            local += timedelta(days=self.days)
            moved = moment if not (self.months or self.days) else local.replace(tzinfo=zone)
            return moved.astimezone(UTC) + self.rest
        except OverflowError as error:
            raise Stuck("时间太远。 The time is too far away.") from error


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """`count` firings (None: without end), each `every` after the one before; the first at `start` or one period on."""

    count: int | None
    every: Duration
    start: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The first firing; a cycle counts its firings from `base`."""

    due: datetime
    base: datetime
    cycle: Cycle | None = None


def schedule(kind: str, value: Any, environment: Environment) -> Schedule:
    """When a timer of this kind (date, duration, cycle) fires first. Raises Stuck when the value is no time."""
    now = environment.now.astimezone(UTC)
    if kind == "cycle":
        cycle = _cycle(value, environment.zone)
        if cycle.start is not None:
            base = cycle.start
            return Schedule(due=base, base=base, cycle=cycle)
        return Schedule(due=cycle.every.after(now, environment.zone), base=now, cycle=cycle)
    if kind == "duration":
        duration = _duration(value)
        if duration is not None:
            return Schedule(due=duration.after(now, environment.zone), base=now)
    moment = _moment(value, environment.zone)
    if moment is None:
        raise Stuck(f"定时器的值 {_shown(value)} 不是时间。 The timer gives no time.")
    return Schedule(due=moment, base=now)


def next_firing(cycle: Cycle, base: datetime, fired: int, zone: ZoneInfo) -> datetime | None:
    """The firing after `fired` of them, counted from the base so that nothing drifts; None when there are no more."""
    if cycle.count is not None and fired >= cycle.count:
        return None
    return cycle.every.times(fired if cycle.start is not None else fired + 1).after(base, zone)


def parse_cycle(text: str, zone: ZoneInfo) -> Cycle:
    """Raises Stuck."""
    return _cycle(text, zone)


def due_at(value: Any, environment: Environment) -> datetime | None:
    """The due time of a task: a duration from now, a moment, or a date, whose whole day is still in time."""
    if value is None or value == "":
        return None
    duration = _duration(value)
    if duration is not None:
        return duration.after(environment.now, environment.zone)
    day = _day(value)
    if day is not None:
        return _midnight(day + timedelta(days=1), environment.zone)
    moment = _moment(value, environment.zone)
    if moment is None:
        raise Stuck(f"期限 {_shown(value)} 不是时间。 The due date is no time.")
    return moment


def literal_problem(kind: str, text: str) -> str | None:
    """Why a literal timer cannot work, None when it can."""
    zone = ZoneInfo("UTC")
    if kind == "cycle":
        return None if _CYCLE.fullmatch(text) else "应为 R<次数>/<时长>，例如 R3/PT24H。 Use R<n>/<duration>."
    if kind == "duration" and _duration(text) is None:
        return "应为 ISO 8601 时长，例如 P3D。 Use an ISO 8601 duration such as P3D."
    if kind == "date" and _moment(text, zone) is None:
        return "应为 ISO 8601 日期时间。 Use an ISO 8601 date and time."
    return None


def _cycle(value: Any, zone: ZoneInfo) -> Cycle:
    found = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    every = _duration(found[3]) if found else None
    start = _moment(found[2], zone) if found and found[2] else None
    if found is None or every is None or (found[2] and start is None):
        raise Stuck(f"周期 {_shown(value)} 不是 R<次数>/<时长>。 The cycle is not R<n>/<duration>.")
    if not (every.months or every.days or every.rest):
        raise Stuck("周期为零。 The cycle has no length.")
    return Cycle(count=int(found[1]) if found[1] else None, every=every, start=start)


def _duration(value: Any) -> Duration | None:
    match value:
        case YearsMonths():
            return Duration(months=value.months) if value.months >= 0 else None
        case timedelta():
            return Duration(rest=value) if value >= timedelta() else None
        case str():
            return _duration_text(value.strip())
    return None


def _duration_text(text: str) -> Duration | None:
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        return None
    years, months, weeks, days, hours, minutes, seconds = (part or "0" for part in found.groups())
    try:
        elapsed = Decimal(hours.replace(",", ".")) * 3600 + Decimal(minutes.replace(",", ".")) * 60
        elapsed += Decimal(seconds.replace(",", "."))
        rest = timedelta(microseconds=int(elapsed * 1_000_000))
        return Duration(months=int(years) * 12 + int(months), days=int(weeks) * 7 + int(days), rest=rest)
    except (InvalidOperation, OverflowError, ValueError):
        return None


def _moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A moment; a date means its beginning, a time without zone means the office's."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, datetime):
        return (value if value.tzinfo is not None else value.replace(tzinfo=zone)).astimezone(UTC)
    return _midnight(value, zone) if isinstance(value, date) else None


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _days_of(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _shown(value: Any) -> str:
    return repr(value)[:80]
