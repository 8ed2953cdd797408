"""Decision tables of DMN: all hit policies, compiled so that most rules are never looked at."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import arithmetic, tree
from engine.feel.compiler import INPUT
from engine.feel.environment import Environment
from engine.feel.errors import FeelError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.limits import Run
from engine.feel.parser import parse_unary_tests
from engine.feel.scope import Scope
from engine.feel.values import Value, equal, ordered

HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})


class DecisionError(FeelError):
    """The table contradicts itself for this input, or the input is none that it allows."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """An input column; sets of rules are the bits of an int.

    `free`: rules with a dash here; `masks`: rules by the constants in their cells; `tests`: the other cells, where
    rules with the same text share one test.
    """

    label: str
    expression: Expression
    allowed: UnaryTests | None
    masks: Mapping[tuple[type, Value], int]
    free: int
    tests: tuple[tuple[int, Callable[[Value, Scope], bool]], ...]
    test_names: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Output:
    """`ranked`: allowed values, the most important first."""

    name: str
    ranked: tuple[Expression, ...]
    default: Expression | None


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
        """Raises DecisionError when rules contradict the hit policy or an input is not allowed."""
        scope = Scope(context, None, Run(env))
        try:
            return _DECIDE[self.hit_policy](self, self._matching(scope), scope)
        except RecursionError as error:
            raise FeelError("The decision nests too deep.") from error

    def _matching(self, scope: Scope) -> list[int]:
        """Numbers of the rules that apply, in order."""
        left = (1 << len(self.results)) - 1
        for column in self.columns:
            value = column.expression.evaluate(scope)
            inner = Scope({INPUT: value}, scope, scope.run)
            if column.allowed is not None and value is not None and not column.allowed.hold(value, inner):
                raise DecisionError(f"Input '{column.label}' has a value that the table does not allow.")
            kept = left & (column.free | column.masks.get(_key(value), 0))
            for rules, test in column.tests:
                if left & rules and test(value, inner):
                    kept |= left & rules
            left = kept
            if not left:
                return []
        return [rule for rule in range(left.bit_length()) if left >> rule & 1]

    def result(self, rule: int, scope: Scope) -> Value:
        return self._shaped([cell.evaluate(scope) for cell in self.results[rule]])

    def default(self, scope: Scope) -> Value:
        values = [output.default.evaluate(scope) if output.default else None for output in self.outputs]
        return None if all(value is None for value in values) else self._shaped(values)

    def ranked(self, rules: list[int], scope: Scope) -> list[Value]:
        """The results by the order of the allowed output values, first output first."""
        orders = [[value.evaluate(scope) for value in output.ranked] for output in self.outputs]

        def rank(rule: int) -> list[int]:
            values = (cell.evaluate(scope) for cell in self.results[rule])
            return [_place(value, order, scope) for value, order in zip(values, orders, strict=True)]

        return [self.result(rule, scope) for rule in sorted(rules, key=rank)]

    def _shaped(self, values: list[Value]) -> Value:
        if len(self.outputs) == 1:
            return values[0]
        return {output.name: value for output, value in zip(self.outputs, values, strict=True)}


def _key(value: Value) -> tuple[type, Value]:
    kind = type(value)
    if kind is Decimal or kind is int:
        return (int, value)  # 1 and 1.0 are one key; True is not
    return (kind, value) if kind is str or kind is bool else (object, None)


def _place(value: Value, order: list[Value], scope: Scope) -> int:
    return next((place for place, other in enumerate(order) if equal(value, other, scope.run) is True), len(order))


def _unique(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    if len(rules) > 1:
        raise DecisionError(f"Rules {_listed(rules)} match together in a table where only one may.")
    return table.result(rules[0], scope) if rules else table.default(scope)


def _first(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    return table.result(rules[0], scope) if rules else table.default(scope)


def _any(table: DecisionTable, rules: list[int], scope: Scope) -> Value:
    if not rules:
        return table.default(scope)
    results = [table.result(rule, scope) for rule in rules]
    if not all(equal(results[0], other, scope.run) is True for other in results[1:]):
        raise DecisionError(f"Rules {_listed(rules)} match together and differ in their result.")
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


def compile_decision_table(
    *,
    inputs: Sequence[Mapping[str, str]],
    outputs: Sequence[Mapping[str, str]],
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    hit_policy: str = "UNIQUE",
    aggregation: str = "",
    names: Sequence[str] = (),
) -> DecisionTable:
    """inputs: `expression`, optional `label` and `values` (unary tests); outputs: `name`, optional `values`
    (expressions separated by commas, most important first) and `default`; rules: texts of input and output cells.

    Raises FeelSyntaxError for a cell and ValueError for a table of the wrong shape.
    """
    policy, aggregate = (hit_policy or "UNIQUE").upper(), (aggregation or "").upper()
    if policy not in HIT_POLICIES or aggregate not in AGGREGATIONS:
        raise ValueError(f"Hit policy '{hit_policy}' with aggregation '{aggregation}' is unknown.")
    for number, (tests, results) in enumerate(rules, 1):
        if len(tests) != len(inputs) or len(results) != len(outputs):
            raise ValueError(f"Rule {number} has {len(tests)} inputs and {len(results)} outputs.")
    return DecisionTable(
        hit_policy=policy,
        aggregation=aggregate if policy == "COLLECT" else "",
        columns=tuple(
            _column(column, [tests[place] for tests, _ in rules], names) for place, column in enumerate(inputs)
        ),
        outputs=tuple(_output(column, names) for column in outputs),
        results=tuple(tuple(compile_expression(cell.strip() or "null", names) for cell in row) for _, row in rules),
    )


def _column(column: Mapping[str, str], cells: list[str], names: Sequence[str]) -> Column:
    masks: dict[tuple[type, Value], int] = {}
    free = 0
    tests: list[tuple[int, UnaryTests]] = []
    for text, rules in _rules_by_text(cells).items():
        test = compile_unary_tests(text, names)
        constants = _constants(text, names)
        if test.tests is None:
            free |= rules
        elif constants is None:
            tests.append((rules, test))
        else:
            for value in constants:
                masks[_key(value)] = masks.get(_key(value), 0) | rules
    allowed = column.get("values", "").strip()
    return Column(
        label=column.get("label") or column["expression"],
        expression=compile_expression(column["expression"], names),
        allowed=compile_unary_tests(allowed, names) if allowed else None,
        masks=masks,
        free=free,
        tests=tuple((rules, test.hold) for rules, test in tests),
        test_names=frozenset(name for _, test in tests for name in test.names),
    )


def _rules_by_text(cells: list[str]) -> dict[str, int]:
    rules: dict[str, int] = {}
    for place, cell in enumerate(cells):
        text = cell.strip() or "-"
        rules[text] = rules.get(text, 0) | 1 << place
    return rules


def _constants(text: str, names: Sequence[str]) -> list[Value] | None:
    """The values of a cell that only lists strings, numbers and booleans."""
    parsed = parse_unary_tests(text, names)
    if parsed.tests is None or parsed.negated:
        return None
    values: list[Value] = []
    for test in parsed.tests:
        if not isinstance(test, tree.ExpressionTest) or not isinstance(test.expression, tree.Literal):
            return None
        if test.expression.value is None:
            return None
        values.append(test.expression.value)
    return values


def _output(column: Mapping[str, str], names: Sequence[str]) -> Output:
    values, default = column.get("values", "").strip(), column.get("default", "").strip()
    ranked = parse_unary_tests(values, names).tests or () if values else ()
    return Output(
        name=column.get("name", ""),
        ranked=tuple(
            Expression("", frozenset(), _literal(test.expression))
            for test in ranked
            if isinstance(test, tree.ExpressionTest) and isinstance(test.expression, tree.Literal)
        ),
        default=compile_expression(default, names) if default else None,
    )


def _literal(node: tree.Literal) -> Callable[[Scope], Value]:
    return lambda scope: node.value
