"""Functions of dates, times and durations."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.domain.durations import YearsMonths
from engine.feel import temporal
from engine.feel.functions.registry import builtin, environmental
from engine.feel.limits import Run
from engine.feel.values import Value, whole

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@environmental("now()")
def now(run: Run) -> datetime:
    return run.env.now.astimezone(run.env.zone)


@environmental("today()")
def today(run: Run) -> date:
    return run.env.now.astimezone(run.env.zone).date()


builtin("date(from: string)")(temporal.read_date)
builtin("time(from: string)")(temporal.read_time)
builtin("duration(from: string)")(temporal.read_duration)


def local_date(value: date, run: Run) -> date:
    """The day in the office: a moment stored in UTC belongs to the day that the clock on the wall shows."""
    return value.astimezone(run.env.zone).date() if isinstance(value, datetime) else value


@builtin("date(from: moment)")
def date_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@builtin("date(year: number, month: number, day: number)")
def date_from_parts(year: Value, month: Value, day: Value) -> date | None:
    parts = (whole(year), whole(month), whole(day))
    try:
        return date(*(part for part in parts if part is not None)) if None not in parts else None
    except (ValueError, OverflowError):
        return None


@environmental("time(from: moment)")
def time_of(run: Run, value: date) -> time:
    if not isinstance(value, datetime):
        return time(0, tzinfo=temporal.ZULU)
    return value.time() if value.tzinfo is run.env.zone else value.timetz()


@builtin("time(from: time)")
def time_itself(value: time) -> time:
    return value


@builtin("time(hour: number, minute: number, second: number, offset?: days?)")
def time_from_parts(hour: Value, minute: Value, second: Value, offset: timedelta | None = None) -> time | None:
    hours, minutes = whole(hour), whole(minute)
    micro = whole(Decimal(second).scaleb(6) // 1) if 0 <= second < 60 else None
    if hours is None or minutes is None or micro is None:
        return None
    try:
        zone = None if offset is None else temporal.offset_zone(offset)
        return time(hours, minutes, micro // 1_000_000, micro % 1_000_000, tzinfo=zone)
    except (ValueError, OverflowError):
        return None


@environmental("date and time(from: string)")
def datetime_from(run: Run, text: str) -> datetime | None:
    return temporal.read_datetime(text, run.env.zone)


@environmental("date and time(from: moment)")
def datetime_of(run: Run, value: date) -> datetime:
    return value if isinstance(value, datetime) else temporal.midnight(value, run.env.zone)


@environmental("date and time(date: moment, time: time)")
def datetime_from_parts(run: Run, day: date, moment: time) -> datetime:
    return datetime.combine(date_of(day), moment, tzinfo=moment.tzinfo or run.env.zone)


@builtin("duration(from: days)", "duration(from: months)")
def duration_itself(value: Value) -> Value:
    return value


@builtin("years and months duration(from: moment, to: moment)")
def years_and_months(start: date, end: date) -> YearsMonths:
    """Whole months from one date to the other; negative when `to` comes first."""
    first, last = date_of(start), date_of(end)
    sign = 1 if first <= last else -1
    first, last = min(first, last), max(first, last)
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return YearsMonths(months=sign * months)


builtin("day of week(date: moment)")(lambda day: _DAYS[day.weekday()])
builtin("month of year(date: moment)")(lambda day: _MONTHS[day.month - 1])
builtin("day of year(date: moment)")(lambda day: day.timetuple().tm_yday)
builtin("week of year(date: moment)")(lambda day: day.isocalendar().week)
