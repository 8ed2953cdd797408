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
_TIME = r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{0,9}))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][\w+/-]{0,60})?"
_DATE_ONLY = re.compile(_DATE, re.ASCII)
_TIME_ONLY = re.compile(_TIME, re.ASCII)
_DATE_TIME = re.compile(f"{_DATE}T(.+)", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
_SECONDS = re.compile(
    r"(-)?P(?:(\d{1,9})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{0,9}))?S)?)?", re.ASCII
)
MICROSECOND = timedelta(microseconds=1)
LARGEST_MONTHS = 10**12
LARGEST_OFFSET = timedelta(hours=14)
ZULU = timezone(timedelta(0), "Z")
"""What `Z` means; not the zone UTC of stored moments, which are shown as the office's local time."""


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
    hour, minute, second = (int(match[place]) for place in (1, 2, 3))
    if hour == 24 and not (minute or second or micro):
        hour = 0  # the end of a day is the beginning of the next one
    try:
        return time(hour, minute, second, micro, tzinfo=_zone(match[5]))
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
    try:
        day += timedelta(days=match[4].startswith("24"))
    except OverflowError:
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


READ: dict[str, Callable[[str, ZoneInfo], Value]] = {
    "date": lambda text, zone: read_date(text),
    "time": lambda text, zone: read_time(text),
    "date and time": read_datetime,
    "duration": lambda text, zone: read_duration(text),
}


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return ZULU
    if text[0] == "@":
        return ZoneInfo(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return offset_zone(-offset if text[0] == "-" else offset)


def offset_zone(offset: timedelta) -> tzinfo:
    """Raises ValueError for an offset beyond 14 hours."""
    if abs(offset) > LARGEST_OFFSET:
        raise ValueError(f"No zone is {offset} away from UTC.")
    return timezone(offset) if offset else ZULU


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def write_time(value: time) -> str:
    return _written_clock(value) + written_zone(value.tzinfo)


def write_datetime(value: datetime, zone: ZoneInfo) -> str:
    """Local time of the office is written without an offset, as it is read."""
    return _written_clock(value) + ("" if value.tzinfo is zone else written_zone(value.tzinfo))


def _written_clock(value: datetime | time) -> str:
    text = value.replace(tzinfo=None).isoformat()
    return text.rstrip("0") if value.microsecond else text


def written_zone(zone: tzinfo | None) -> str:
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
