"""Entries and properties of values."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.feel.limits import Run
from engine.feel.values import Value, from_outside, kind

_OF_ZONE = frozenset({"time offset", "timezone"})


def entry_of(value: Value, name: str, run: Run) -> Value:
    found = kind(value)
    if found == "context":
        return from_outside(value.get(name), run)
    if found == "list":
        run.charge(1 + len(value))
        return [entry_of(item, name, run) for item in value]
    part = _PARTS.get(found, {}).get(name)
    if part is None or (name in _OF_ZONE and value.tzinfo is run.env.zone):
        return None  # local time of the office is a time without a zone
    return part(value)


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
# Properties that values have besides the entries of contexts; a closed table, never attributes of Python.
_PARTS: dict[str, dict[str, Callable[..., Value]]] = {
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
