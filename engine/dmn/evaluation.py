"""One evaluation of a decision: what it was given, what it has decided so far and what went wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.dmn.types import MISMATCH, Type
from engine.feel import Environment, FeelError
from engine.feel.limits import Run
from engine.feel.scope import Scope
from engine.feel.values import Value

T = TypeVar("T")


class DecisionError(FeelError):
    """The decision contradicts itself for this input, or was given what it does not allow."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`problems`: why the value, or a part of it, is null although the logic would say otherwise."""

    value: Value
    problems: tuple[str, ...]


class Evaluation(Run):
    """`results`: of the decisions and knowledge met so far; each is computed once.

    `around`: variables that logic may read without requiring them (those of a case), None where only what is
    required may be read.
    """

    __slots__ = ("around", "inputs", "problems", "results")

    def __init__(self, env: Environment, inputs: Mapping[str, Value], around: Mapping[str, Value] | None) -> None:
        super().__init__(env)
        self.inputs = inputs
        self.around = around
        self.results: dict[int, Value] = {}
        self.problems: list[str] = []

    def complain(self, problem: str) -> None:
        self.problems.append(problem)

    def once(self, node: object, compute: Callable[[], Value]) -> Value:
        """The result of a node. Raises FeelError when it needs itself."""
        key = id(node)
        if key not in self.results:
            self.results[key] = _RUNNING
            try:
                self.results[key] = compute()
            finally:
                if self.results[key] is _RUNNING:
                    del self.results[key]
        elif self.results[key] is _RUNNING:
            raise FeelError("The decision requires itself.")
        return self.results[key]

    def within(self, inputs: Mapping[str, Value], results: dict[int, Value], compute: Callable[[], T]) -> T:
        """Compute as if the evaluation had begun with these: a decision service knows only what it is given."""
        outer = self.inputs, self.results, self.around
        self.inputs, self.results, self.around = inputs, results, None
        try:
            return compute()
        finally:
            self.inputs, self.results, self.around = outer


_RUNNING: Any = object()


def evaluation_of(scope: Scope) -> Evaluation:
    """The evaluation that a scope belongs to."""
    run = scope.run
    if not isinstance(run, Evaluation):
        raise TypeError("Logic of DMN runs in an Evaluation only.")
    return run


def fitted(value: Value, wanted: Type, evaluation: Evaluation, what: str) -> Value:
    """The value as its type wants it, or null and a complaint."""
    found = wanted.coerced(value, evaluation)
    if found is MISMATCH:
        evaluation.complain(f"'{what}' 的值不符合类型 {wanted.name}。 The value of '{what}' is no {wanted.name}.")
        return None
    return found
