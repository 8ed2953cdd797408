"""Decision tables: which rules match and what the hit policy makes of them; most rules are never looked at."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from engine.dmn.evaluation import DecisionError
from engine.dmn.number_line import NumberLine
from engine.dmn.types import ANY, MISMATCH, Type
from engine.feel import Environment, Expression, FeelError, UnaryTests, arithmetic
from engine.feel.compiler import INPUT
from engine.feel.limits import Run
from engine.feel.scope import Scope
from engine.feel.values import DURATIONS, Value, equal, is_number, kind, ordered

Test: TypeAlias = Callable[[Value, Scope], bool]


@dataclass(frozen=True, kw_only=True)
class Column:
    """An input column; sets of rules are the bits of an int.

    `variable`: a second name for `?`. `free`: rules with a dash here; `masks`: rules by the constants in their cells;
    `negated`, `refused`: the same for `not(...)` of constants. `tests`: the other cells, where rules with the same
    text share one test; for numbers the `line` answers most of them and `unlined` are left.
    """

    label: str
    variable: str
    expression: Expression
    allowed: UnaryTests | None
    masks: Mapping[tuple[type, Value], int]
    free: int
    negated: int
    refused: Mapping[tuple[type, Value], int]
    line: NumberLine | None
    unlined: tuple[tuple[int, Test], ...]
    tests: tuple[tuple[int, Test], ...]
    test_names: frozenset[str]

    def rules(self, value: Value, scope: Scope, wanted: int) -> int:
        """The rules whose cell holds for the value; only the wanted ones are certain."""
        key, tests = constant_key(value), self.tests
        found = self.free | self.masks.get(key, 0) | self.negated & ~self.refused.get(key, 0)
        if self.line is not None and is_number(value):
            found |= self.line.at(value)
            tests = self.unlined
        for rules, test in tests:
            if wanted & rules and test(value, scope):
                found |= rules
        return found


@dataclass(frozen=True, kw_only=True)
class Output:
    """`allowed`: tests that the result must satisfy; `ranked`: allowed values, the most important first."""

    name: str
    type: Type
    allowed: UnaryTests | None
    ranked: tuple[Value, ...]
    default: Expression | None

    def fitted(self, value: Value, scope: Scope) -> Value:
        """The value as the column wants it. Raises DecisionError when it cannot be."""
        if self.type is ANY and self.allowed is None:
            return value
        if self.type is not ANY:
            value = self.type.coerced(value, scope.run)
            if value is MISMATCH:
                raise DecisionError(
                    f"输出 '{self.name}' 不符合类型 {self.type.name}。 Output '{self.name}' is no {self.type.name}."
                )
        inner = Scope({INPUT: value}, scope, scope.run)
        if self.allowed is not None and value is not None and not self.allowed.hold(value, inner):
            raise DecisionError(f"输出 '{self.name}' 的值不在允许之列。 Output '{self.name}' is not allowed.")
        return value


@dataclass(frozen=True, kw_only=True)
class DecisionTable:
    """`decide` gives the value of a single output, a dict of several, or a list of these."""

    hit_policy: str
    aggregation: str
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    results: tuple[tuple[Expression, ...], ...]

    @property
    def names(self) -> frozenset[str]:
        """Variables that the table may read."""
        names = {name for row in self.results for cell in row for name in cell.names}
        for column in self.columns:
            names |= column.expression.names | column.test_names
        return frozenset(names)

    def decide(self, context: Mapping[str, Value], env: Environment) -> Value:
        """Raises DecisionError when rules contradict the hit policy or a value is not allowed."""
        try:
            return self.evaluate(Scope(context, None, Run(env)))
        except RecursionError as error:
            raise FeelError("The decision nests too deep.") from error

    def evaluate(self, scope: Scope) -> Value:
        """The same inside a running evaluation."""
        return _DECIDE[self.hit_policy](self, self._matching(scope), scope)

    def _matching(self, scope: Scope) -> list[int]:
        """Numbers of the rules that apply, in order."""
        left = (1 << len(self.results)) - 1
        for column in self.columns:
            value = column.expression.evaluate(scope)
            names = {INPUT: value, column.variable: value} if column.variable else {INPUT: value}
            inner = Scope(names, scope, scope.run)
            if column.allowed is not None and value is not None and not column.allowed.hold(value, inner):
                raise DecisionError(
                    f"输入 '{column.label}' 的值不在允许之列。 The value of '{column.label}' is not allowed."
                )
            left &= column.rules(value, inner, left)
            if not left:
                return []
        return [rule for rule in range(left.bit_length()) if left >> rule & 1]

    def result(self, rule: int, scope: Scope) -> Value:
        cells = self.results[rule]
        if len(cells) == 1:
            return self.outputs[0].fitted(cells[0].evaluate(scope), scope)
        return self._shaped([cell.evaluate(scope) for cell in cells], scope)

    def default(self, scope: Scope) -> Value:
        values = [output.default.evaluate(scope) if output.default else None for output in self.outputs]
        return None if all(value is None for value in values) else self._shaped(values, scope)

    def ranked(self, rules: list[int], scope: Scope) -> list[Value]:
        """The results by the order of the allowed output values, first output first."""

        def rank(rule: int) -> list[int]:
            values = (cell.evaluate(scope) for cell in self.results[rule])
            return [_place(value, output.ranked, scope) for value, output in zip(values, self.outputs, strict=True)]

        return [self.result(rule, scope) for rule in sorted(rules, key=rank)]

    def _shaped(self, values: list[Value], scope: Scope) -> Value:
        if len(self.outputs) == 1:
            return self.outputs[0].fitted(values[0], scope)
        fitting = [output.fitted(value, scope) for output, value in zip(self.outputs, values, strict=True)]
        return {output.name: value for output, value in zip(self.outputs, fitting, strict=True)}


def constant_key(value: Value) -> tuple[type, Value]:
    """What rules with this constant in a cell are filed under."""
    kind = type(value)
    if kind is Decimal or kind is int:
        return (int, value)  # 1 and 1.0 are one key; True is not
    return (kind, value) if kind is str or kind is bool else (object, None)


def _place(value: Value, order: tuple[Value, ...], scope: Scope) -> int:
    return next((place for place, other in enumerate(order) if equal(value, other, scope.run) is True), len(order))


def _unique(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    if len(rules) > 1:
        raise DecisionError(
            f"规则 {_listed(rules)} 同时命中。 Rules {_listed(rules)} match together where only one may."
        )
    return table.result(rules[0], scope) if rules else table.default(scope)


def _first(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    return table.result(rules[0], scope) if rules else table.default(scope)


def _any(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    if not rules:
        return table.default(scope)
    results = [table.result(rule, scope) for rule in rules]
    if not all(equal(results[0], other, scope.run) is True for other in results[1:]):
        raise DecisionError(
            f"规则 {_listed(rules)} 命中而结果不同。 Rules {_listed(rules)} match together and differ in their result."
        )
    return results[0]


def _priority(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    return table.ranked(rules, scope)[0] if rules else table.default(scope)


def _output_order(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    return table.ranked(rules, scope) if rules else _default_list(table, scope)


def _rule_order(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    return [table.result(rule, scope) for rule in rules] if rules else _default_list(table, scope)


def _collect(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    if not table.aggregation:
        return _rule_order(table, rules, scope)
    results = [table.result(rule, scope) for rule in rules]
    if table.aggregation == "COUNT":
        return len(results)
    if not results:
        return table.default(scope)
    if table.aggregation == "SUM" and any(kind(value) not in _SUMMED for value in results):
        return None
    total = results[0]
    for value in results[1:]:
        total = _AGGREGATE[table.aggregation](total, value, scope.run)
    return total


def _extreme(test: Callable[[Any, Any], bool]) -> Callable[[Value, Value, Run], Value]:
    def extreme(best: Value, value: Value, run: Run) -> Value:
        better = ordered(test, value, best)
        return None if better is None else (value if better else best)

    return extreme


def _default_list(table: DecisionTable, scope: Scope) -> list[Value]:
    value = table.default(scope)
    return [] if value is None else [value]


def _listed(rules: list[int]) -> str:
    return ", ".join(str(rule + 1) for rule in rules)


_SUMMED = {"number", *DURATIONS}
_AGGREGATE = {"SUM": arithmetic.add, "MIN": _extreme(operator.lt), "MAX": _extreme(operator.gt)}
_DECIDE: dict[str, Callable[[DecisionTable, list[int], Scope], Value]] = {
    "UNIQUE": _unique,
    "FIRST": _first,
    "ANY": _any,
    "PRIORITY": _priority,
    "COLLECT": _collect,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
}
