"""FEEL values: kinds, ranges, functions, equality and order.

Values are plain Python: None, bool, int, Decimal, str, list, dict, date, time, aware datetime, timedelta, YearsMonths;
only ranges and functions need classes of their own.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Context, Decimal
from types import NoneType
from typing import Any, TypeAlias

from engine.domain.durations import YearsMonths
from engine.feel.limits import Run

Value: TypeAlias = Any
"""A FEEL value has no narrower static type: conditions, forms and diagrams decide it while running."""

DECIMAL = Context(prec=34, Emax=6144, Emin=-6143, traps=[])
_NUMERAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
LARGEST_INT = 10**34


@dataclass(frozen=True, kw_only=True)
class Range:
    """An interval. `sign` is the comparison that made it, as in `(< 10)`; only there an end may be missing."""

    start: Value
    end: Value
    start_included: bool
    end_included: bool
    sign: str = ""


@dataclass(frozen=True, eq=False)
class Function:
    """A function as a value; `call` takes the run and the positional arguments. `types`: None where undeclared."""

    parameters: tuple[str, ...]
    call: Callable[..., Value]
    types: tuple[Any, ...] = ()


KINDS: dict[type, str] = {
    NoneType: "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "string",
    list: "list",
    tuple: "list",
    dict: "context",
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    Range: "range",
    Function: "function",
}
ORDERED = frozenset(
    {"number", "string", "date", "date and time", "time", "days and time duration", "years and months duration"}
)
DURATIONS = frozenset({"days and time duration", "years and months duration"})
# Two values of one of these types compare without a TypeError; naive and aware times do not.
_SAFE_ORDER = frozenset({int, Decimal, str, date, timedelta, YearsMonths})


def kind(value: Value) -> str:
    found = KINDS.get(type(value))
    if found is None:
        return "context" if isinstance(value, Mapping) else "unknown"
    return found


def is_number(value: Value) -> bool:
    return type(value) is int or type(value) is Decimal


def number(value: Decimal) -> int | Decimal | None:
    """Whole numbers become int, infinity and not-a-number become null."""
    if not value.is_finite():
        return None
    if value.adjusted() < 34 and value == value.to_integral_value():
        return int(value)
    return value


def numeral(text: str) -> int | Decimal | None:
    """The number that a text spells."""
    return number(DECIMAL.create_decimal(text)) if _NUMERAL.fullmatch(text) else None


def whole(value: Value) -> int | None:
    """The number as an int if it is whole and small enough to count with."""
    if type(value) is int:
        return value
    if type(value) is Decimal and value.is_finite() and value.adjusted() < 34 and value == value.to_integral_value():
        return int(value)
    return None


def truncated(value: Value) -> int | None:
    """A position, length or scale: the whole part of a number that is small enough to count with."""
    return whole(value if type(value) is int else value.quantize(Decimal(1), ROUND_DOWN, DECIMAL))


FOREIGN = frozenset({float, datetime})


def from_outside(value: Value, run: Run) -> Value:
    """A value as the office sees it: no floats but the digits that people see, no UTC but the clock on the wall.

    Stored moments are UTC; without this the day of a moment at 01:00 in Shanghai would be the day before.
    """
    if type(value) is float:
        return number(Decimal(repr(value)))
    if type(value) is datetime and value.tzinfo is UTC:
        try:
            return value.astimezone(run.env.zone)
        except OverflowError:  # the first and the last hours that Python can count have no local time
            return value
    return value


def equal(a: Value, b: Value, run: Run) -> bool | None:
    """DMN equality: null equals only null, different kinds do not compare (null)."""
    kind_a, kind_b = kind(a), kind(b)
    if kind_a != kind_b:
        return False if a is None or b is None else None
    if kind_a == "list":
        run.charge(1 + len(a))
        return len(a) == len(b) and all(equal(x, y, run) is True for x, y in zip(a, b, strict=True))
    if kind_a == "context":
        run.charge(1 + len(a))
        return a.keys() == b.keys() and all(equal(a[name], b[name], run) is True for name in a)
    if kind_a == "range":
        return all(
            equal(x, y, run) is True
            for x, y in (
                (a.start, b.start),
                (a.end, b.end),
                (a.start_included, b.start_included),
                (a.end_included, b.end_included),
                (a.sign, b.sign),
            )
        )
    if a != b and kind_a in ("time", "date and time"):
        return bool(_to_the_second(a) == _to_the_second(b))  # DMN compares seven parts, the last of them the second
    return bool(a == b)


def _to_the_second(value: Value) -> Value:
    return value.replace(microsecond=0)


def ordered(test: Callable[[Any, Any], bool], a: Value, b: Value) -> bool | None:
    """`test` of two values of the same ordered kind, otherwise null; a date beside a moment is its midnight there."""
    kind_a = type(a)
    if kind_a is type(b) and kind_a in _SAFE_ORDER:
        return test(a, b)
    if kind_a is date and type(b) is datetime:
        return test(datetime.combine(a, time.min, b.tzinfo), b)
    if kind_a is datetime and type(b) is date:
        return test(a, datetime.combine(b, time.min, a.tzinfo))
    name = kind(a)
    if name != kind(b) or name not in ORDERED:
        return None
    try:
        return test(a, b)
    except TypeError:  # a time with an offset beside one without
        return None


def includes(interval: Range, value: Value) -> bool | None:
    """Whether the value lies in the interval; null when they cannot be compared."""
    if interval.sign == "!=":
        return ordered(operator.ne, interval.start, value)
    low = high = True  # type: bool | None
    if not interval.sign or interval.start is not None:
        low = ordered(operator.le if interval.start_included else operator.lt, interval.start, value)
    if not interval.sign or interval.end is not None:
        high = ordered(operator.le if interval.end_included else operator.lt, value, interval.end)
    if low is False or high is False:
        return False
    return True if low and high else None


def member(value: Value, candidate: Value, run: Run) -> bool | None:
    """`value in candidate`: an interval holds it, a list has it, or it is equal."""
    name = kind(candidate)
    if name == "range":
        return includes(candidate, value)
    if name == "list" and kind(value) != "list":
        run.charge(1 + len(candidate) // 10)
        return any(member(value, item, run) is True for item in candidate)
    if name == "list":
        run.charge(1 + len(candidate) // 10)
        return equal(value, candidate, run) is True or any(equal(value, item, run) is True for item in candidate)
    return equal(value, candidate, run)
