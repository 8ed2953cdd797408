"""Functions of truth and presence."""

from datetime import datetime, time

from engine.feel import temporal
from engine.feel.functions.registry import builtin, environmental
from engine.feel.limits import Run
from engine.feel.values import Value, equal, kind


@builtin("not(negand: any)")
def negation(negand: Value) -> bool | None:
    return (not negand) if isinstance(negand, bool) else None


@environmental("is(value1?: any, value2?: any)")
def same(run: Run, value1: Value, value2: Value) -> bool:
    """Stricter than `=`: the same kind, and times that are written in the same zone."""
    if kind(value1) != kind(value2) or equal(value1, value2, run) is not True:
        return False
    if isinstance(value1, time | datetime):
        return temporal.written_zone(value1.tzinfo) == temporal.written_zone(value2.tzinfo)
    return True


@builtin("is defined(value: any)")
def is_defined(value: Value) -> bool:
    return value is not None


@builtin("get or else(value: any, default: any)")
def get_or_else(value: Value, default: Value) -> Value:
    return default if value is None else value
