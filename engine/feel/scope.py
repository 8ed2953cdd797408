"""Where names are looked up while an expression runs."""

from collections.abc import Callable, Mapping
from typing import Optional

from engine.feel.limits import Run
from engine.feel.values import FOREIGN, Value, from_outside


class Scope:
    """Names of one level and the level around it; the outermost level holds the variables of the case."""

    __slots__ = ("outer", "run", "values")

    def __init__(self, values: Mapping[str, Value], outer: Optional["Scope"], run: Run) -> None:
        self.values = values
        self.outer = outer
        self.run = run


Evaluate = Callable[[Scope], Value]


def read_variable(name: str) -> Evaluate:
    """A name outside of loops, filters and functions: only the variables of the case can have it."""

    def variable(scope: Scope) -> Value:
        value = scope.values.get(name)
        return from_outside(value, scope.run) if type(value) in FOREIGN else value

    return variable


def read_nested(name: str) -> Evaluate:
    def nested(scope: Scope) -> Value:
        level: Scope | None = scope
        while level is not None:
            if name in level.values:
                return from_outside(level.values[name], scope.run)
            level = level.outer
        return None

    return nested
