"""Functions of truth and presence."""

from engine.feel.functions.registry import builtin, environmental
from engine.feel.limits import Run
from engine.feel.values import Value, equal, kind


@builtin("not(negand: any)")
def negation(negand: Value) -> bool | None:
    return (not negand) if isinstance(negand, bool) else None


@environmental("is(value1: any, value2: any)")
def same(run: Run, value1: Value, value2: Value) -> bool:
    return kind(value1) == kind(value2) and equal(value1, value2, run) is True


@builtin("is defined(value: any)")
def is_defined(value: Value) -> bool:
    return value is not None


@builtin("get or else(value: any, default: any)")
def get_or_else(value: Value, default: Value) -> Value:
    return default if value is None else value
