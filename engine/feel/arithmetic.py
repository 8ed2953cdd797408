"""Arithmetic on FEEL values: numbers of 34 digits, strings, dates and durations; a mismatch gives null."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from engine.domain.durations import YearsMonths
from engine.feel import temporal
from engine.feel.limits import Run, check_length
from engine.feel.values import DECIMAL, LARGEST_INT, Value, is_number, kind, number

Operation = Callable[[Value, Value, Run], Value]

N, S, D, T = "number", "string", "date", "time"
DT, DAYS, MONTHS = "date and time", "days and time duration", "years and months duration"


def add(a: Value, b: Value, run: Run) -> Value:
    if type(a) is int and type(b) is int:
        return _bounded(a + b)
    if is_number(a) and is_number(b):
        return number(DECIMAL.add(a, b))
    return _by_kind(_ADD, a, b, run)


def subtract(a: Value, b: Value, run: Run) -> Value:
    if type(a) is int and type(b) is int:
        return _bounded(a - b)
    if is_number(a) and is_number(b):
        return number(DECIMAL.subtract(a, b))
    return _by_kind(_SUBTRACT, a, b, run)


def multiply(a: Value, b: Value, run: Run) -> Value:
    if type(a) is int and type(b) is int:
        return _bounded(a * b)
    if is_number(a) and is_number(b):
        return number(DECIMAL.multiply(a, b))
    return _by_kind(_MULTIPLY, a, b, run)


def divide(a: Value, b: Value, run: Run) -> Value:
    if is_number(a) and is_number(b):
        return number(DECIMAL.divide(a, b)) if b else None
    return _by_kind(_DIVIDE, a, b, run)


def power(a: Value, b: Value, run: Run) -> Value:
    return number(DECIMAL.power(a, b)) if is_number(a) and is_number(b) else None


def remainder(a: Value, b: Value, run: Run) -> Value:
    """JUEL's `%`, whose sign is the dividend's; FEEL has the function modulo."""
    return number(DECIMAL.remainder(a, b)) if is_number(a) and is_number(b) and b else None


def negate(value: Value) -> Value:
    if is_number(value) or type(value) is timedelta:
        return -value
    return YearsMonths(months=-value.months) if type(value) is YearsMonths else None


OPERATIONS: dict[str, Operation] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power, "%": remainder}


def _bounded(value: int) -> int | Decimal | None:
    return value if -LARGEST_INT < value < LARGEST_INT else number(DECIMAL.create_decimal(value))


def _by_kind(table: dict[tuple[str, str], Operation], a: Value, b: Value, run: Run) -> Value:
    operation = table.get((kind(a), kind(b)))
    if operation is None:
        return None
    try:
        return operation(a, b, run)
    except (OverflowError, ValueError, TypeError, InvalidOperation):  # outside the years 1 to 9999, or offset missing
        return None


def _join(a: str, b: str, run: Run) -> str:
    length = len(a) + len(b)
    if length > 1000:
        check_length(length)
        run.charge(length // 100)
    return a + b


def _months(value: int) -> YearsMonths:
    if abs(value) > temporal.LARGEST_MONTHS:
        raise OverflowError("The duration is too long.")
    return YearsMonths(months=value)


def _at(day: date, other: datetime, run: Run) -> datetime:
    """Beside a moment with an offset a date begins in UTC, as DMN says; beside local time, with the local day."""
    zone = run.env.zone
    return temporal.midnight(day, zone if other.tzinfo is zone else UTC)


_ADD: dict[tuple[str, str], Operation] = {
    (S, S): _join,
    (D, DAYS): lambda a, b, run: a + b,
    (DAYS, D): lambda a, b, run: b + a,
    (D, MONTHS): lambda a, b, run: temporal.add_months(a, b.months),
    (MONTHS, D): lambda a, b, run: temporal.add_months(b, a.months),
    (DT, DAYS): lambda a, b, run: temporal.shift(a, b),
    (DAYS, DT): lambda a, b, run: temporal.shift(b, a),
    (DT, MONTHS): lambda a, b, run: temporal.add_months(a, b.months),
    (MONTHS, DT): lambda a, b, run: temporal.add_months(b, a.months),
    (T, DAYS): lambda a, b, run: temporal.shift_time(a, b),
    (DAYS, T): lambda a, b, run: temporal.shift_time(b, a),
    (DAYS, DAYS): lambda a, b, run: a + b,
    (MONTHS, MONTHS): lambda a, b, run: _months(a.months + b.months),
}
_SUBTRACT: dict[tuple[str, str], Operation] = {
    (D, D): lambda a, b, run: a - b,
    (DT, DT): lambda a, b, run: temporal.elapsed(a, b),
    (DT, D): lambda a, b, run: temporal.elapsed(a, _at(b, a, run)),
    (D, DT): lambda a, b, run: temporal.elapsed(_at(a, b, run), b),
    (T, T): lambda a, b, run: temporal.between_times(a, b),
    (D, DAYS): lambda a, b, run: a + -b,  # not a - b, which drops the hours
    (D, MONTHS): lambda a, b, run: temporal.add_months(a, -b.months),
    (DT, DAYS): lambda a, b, run: temporal.shift(a, -b),
    (DT, MONTHS): lambda a, b, run: temporal.add_months(a, -b.months),
    (T, DAYS): lambda a, b, run: temporal.shift_time(a, -b),
    (DAYS, DAYS): lambda a, b, run: a - b,
    (MONTHS, MONTHS): lambda a, b, run: _months(a.months - b.months),
}
_MULTIPLY: dict[tuple[str, str], Operation] = {
    (DAYS, N): lambda a, b, run: temporal.scaled(a, b),
    (N, DAYS): lambda a, b, run: temporal.scaled(b, a),
    (MONTHS, N): lambda a, b, run: temporal.scaled_months(a, b),
    (N, MONTHS): lambda a, b, run: temporal.scaled_months(b, a),
}


def _ratio(a: int, b: int) -> Value:
    return number(DECIMAL.divide(a, b)) if b else None


def _divided(span: timedelta, by: Value) -> timedelta | None:
    return timedelta(microseconds=int(DECIMAL.divide(span // temporal.MICROSECOND, by))) if by else None


def _divided_months(span: YearsMonths, by: Value) -> YearsMonths | None:
    return _months(int(DECIMAL.divide(span.months, by))) if by else None


_DIVIDE: dict[tuple[str, str], Operation] = {
    (DAYS, N): lambda a, b, run: _divided(a, b),
    (MONTHS, N): lambda a, b, run: _divided_months(a, b),
    (DAYS, DAYS): lambda a, b, run: _ratio(a // temporal.MICROSECOND, b // temporal.MICROSECOND),
    (MONTHS, MONTHS): lambda a, b, run: _ratio(a.months, b.months),
}
