"""Dates, times and durations: read, write and calculate."""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.domain.durations import YearsMonths
from engine.feel.values import Value

_DATE = r"(\d{4})-(\d{2})-(\d{2})"
_TIME = r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][\w+/-]{0,60})?"
_DATE_ONLY = re.compile(_DATE, re.ASCII)
_TIME_ONLY = re.compile(_TIME, re.ASCII)
_DATE_TIME = re.compile(f"{_DATE}T(.+)", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
_SECONDS = re.compile(
    r"(-)?P(?:(\d{1,9})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{1,9}))?S)?)?", re.ASCII
)
MICROSECOND = timedelta(microseconds=1)
LARGEST_MONTHS = 10**12


def read_date(text: str) -> date | None:
    match = _DATE_ONLY.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    match = _TIME_ONLY.fullmatch(text)
    if match is None:
        return None
    micro = int(match[4][:6].ljust(6, "0")) if match[4] else 0
    try:
        return time(int(match[1]), int(match[2]), int(match[3]), micro, tzinfo=_zone(match[5]))
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def read_datetime(text: str, zone: ZoneInfo) -> datetime | None:
    """A text without an offset is local time of the office; a date alone is its midnight."""
    match = _DATE_TIME.fullmatch(text)
    day = read_date(text[:10])
    if day is None:
        return None
    if match is None:
        return midnight(day, zone) if len(text) == 10 else None
    moment = read_time(match[4])
    if moment is None:
        return None
    return datetime.combine(day, moment, tzinfo=moment.tzinfo or zone)


def read_duration(text: str) -> timedelta | YearsMonths | None:
    months = _MONTHS.fullmatch(text)
    if months and text[-1] != "P":
        count = int(months[2] or 0) * 12 + int(months[3] or 0)
        return YearsMonths(months=-count if months[1] else count)
    match = _SECONDS.fullmatch(text)
    if match is None or text[-1] in "PT":
        return None
    micro = int(match[6][:6].ljust(6, "0")) if match[6] else 0
    days, hours, minutes, seconds = (int(match[place] or 0) for place in range(2, 6))
    try:
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micro)
    except OverflowError:
        return None
    return -span if match[1] else span


def read_any(text: str, zone: ZoneInfo) -> Value:
    """What `@"..."` means: a date, time, date and time, or duration."""
    if "P" in text[:2]:
        return read_duration(text)
    if "T" in text:
        return read_datetime(text, zone)
    return read_time(text) if ":" in text[:3] else read_date(text)


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    if text[0] == "@":
        return ZoneInfo(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return timezone(-offset if text[0] == "-" else offset)


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def write_time(value: time) -> str:
    return value.replace(tzinfo=None).isoformat() + _written_zone(value.tzinfo)


def write_datetime(value: datetime, zone: ZoneInfo) -> str:
    """Local time of the office is written without an offset, as it is read."""
    return value.replace(tzinfo=None).isoformat() + ("" if value.tzinfo is zone else _written_zone(value.tzinfo))


def _written_zone(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    if not offset:
        return "Z"
    minutes, seconds = divmod(abs(offset) // timedelta(seconds=1), 60)
    text = f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def write_duration(value: timedelta) -> str:
    micro = abs(value) // MICROSECOND
    seconds, micro = divmod(micro, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    fraction = f".{micro:06}".rstrip("0") if micro else ""
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M")) if count)
    clock += f"{seconds}{fraction}S" if seconds or micro else ""
    text = "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta(0) else "") + (text if len(text) > 1 else "PT0S")


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the last one the month has; works on datetimes too."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("The year lies outside 1 to 9999.")
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def shift(moment: datetime, span: timedelta) -> datetime:
    """Elapsed time, not wall time: an hour across a clock change is an hour."""
    return (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)


def shift_time(value: time, span: timedelta) -> time:
    moved = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None), tzinfo=UTC) + timedelta(
        microseconds=span // MICROSECOND % 86_400_000_000
    )
    return moved.time().replace(tzinfo=value.tzinfo)


def elapsed(later: datetime, earlier: datetime) -> timedelta:
    # Two datetimes of one ZoneInfo subtract as wall time in Python.
    return later.astimezone(UTC) - earlier.astimezone(UTC)


def between_times(later: time, earlier: time) -> timedelta:
    day = date(2000, 1, 1)
    if (later.tzinfo is None) != (earlier.tzinfo is None):
        raise ValueError("One of the times has no offset.")
    return datetime.combine(day, later, tzinfo=later.tzinfo or UTC) - datetime.combine(
        day, earlier, tzinfo=earlier.tzinfo or UTC
    )


def scaled(span: timedelta, factor: int | Decimal) -> timedelta:
    return timedelta(microseconds=int(Decimal(span // MICROSECOND) * factor))


def scaled_months(span: YearsMonths, factor: int | Decimal) -> YearsMonths:
    months = Decimal(span.months) * factor
    if abs(months) > LARGEST_MONTHS:
        raise OverflowError("The duration is too long.")
    return YearsMonths(months=int(months))


def _offset(value: datetime | time) -> timedelta | None:
    return value.utcoffset()


def _part(unit: timedelta, modulus: int) -> Callable[[timedelta], int]:
    def part(span: timedelta) -> int:
        count = abs(span) // unit
        count = count % modulus if modulus else count
        return -count if span < timedelta(0) else count

    return part


def _zone_name(value: datetime | time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


_DATE_PARTS: dict[str, Callable[..., Value]] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": lambda value: value.isoweekday(),
}
_TIME_PARTS: dict[str, Callable[..., Value]] = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": lambda value: value.second,
    "time offset": _offset,
    "timezone": _zone_name,
}
PARTS: dict[str, dict[str, Callable[..., Value]]] = {
    "date": _DATE_PARTS,
    "time": _TIME_PARTS,
    "date and time": _DATE_PARTS | _TIME_PARTS,
    "days and time duration": {
        "days": _part(timedelta(days=1), 0),
        "hours": _part(timedelta(hours=1), 24),
        "minutes": _part(timedelta(minutes=1), 60),
        "seconds": _part(timedelta(seconds=1), 60),
    },
    "years and months duration": {
        "years": lambda span: int(span.months / 12),
        "months": lambda span: span.months - int(span.months / 12) * 12,
    },
    "range": {
        "start": lambda interval: interval.start,
        "end": lambda interval: interval.end,
        "start included": lambda interval: interval.start_included,
        "end included": lambda interval: interval.end_included,
    },
}
"""Properties that FEEL values have besides the entries of contexts; a closed table, never attributes of Python."""
