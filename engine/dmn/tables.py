"""Compile decision tables: rules by the constants in their cells, the rest as tests."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from engine.dmn.decision_table import Column, DecisionTable, Output, constant_key
from engine.dmn.languages import compile_written
from engine.dmn.number_line import Number, number_line, points_of
from engine.dmn.types import ANY, Type
from engine.feel import Expression, UnaryTests, compile_unary_tests, tree
from engine.feel.brackets import Types
from engine.feel.functions import BUILTINS
from engine.feel.parser import NO_TYPES, parse_unary_tests
from engine.feel.values import Value

HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})
_POLICIES = {
    "U": "UNIQUE",
    "A": "ANY",
    "F": "FIRST",
    "P": "PRIORITY",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}
_AGGREGATIONS = {"+": "SUM", "<": "MIN", ">": "MAX", "#": "COUNT"}
Key: TypeAlias = tuple[type, Value]
_SPACED = tuple(name for name in BUILTINS if " " in name)


def compile_decision_table(
    *,
    inputs: Sequence[Mapping[str, str]],
    outputs: Sequence[Mapping[str, str]],
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    hit_policy: str = "UNIQUE",
    aggregation: str = "",
    names: Collection[str] = (),
    types: Types = NO_TYPES,
    output_types: Sequence[Type] = (),
) -> DecisionTable:
    """inputs: `expression`, optional `label`, `variable` and `values` (unary tests); outputs: `name`, optional `values`
    (unary tests, the most important first) and `default`; rules: texts of input and output cells;
    `types`: named types that cells may ask for.

    Raises FeelSyntaxError for a cell and ValueError for a table of the wrong shape.
    """
    policy, aggregate = _policy(hit_policy, aggregation)
    if aggregate and len(outputs) != 1:
        raise ValueError("只有一个输出时才能汇总。 Only a single output can be aggregated")
    if len(outputs) > 1 and not all(column.get("name") for column in outputs):
        raise ValueError("多个输出各要有名称。 Several outputs need names")
    for number, (tests, results) in enumerate(rules, 1):
        if len(tests) != len(inputs) or len(results) != len(outputs):
            raise ValueError(
                f"规则 {number} 的格数不符。 Rule {number} has {len(tests)} inputs and {len(results)} outputs"
            )
    return DecisionTable(
        hit_policy=policy,
        aggregation=aggregate,
        columns=tuple(
            _column(column, [tests[place] for tests, _ in rules], names, types) for place, column in enumerate(inputs)
        ),
        outputs=tuple(
            _output(column, type_, names, types)
            for column, type_ in zip(outputs, output_types or [ANY] * len(outputs), strict=True)
        ),
        results=tuple(tuple(_result(cell, names, types) for cell in row) for _, row in rules),
    )


def _policy(hit_policy: str, aggregation: str) -> tuple[str, str]:
    """Written out, or in the letters that tables show: `C+`, `R`."""
    written = hit_policy.strip().upper().replace("_", " ") or "UNIQUE"
    policy = written if written in HIT_POLICIES else _POLICIES.get(written[:1] if len(written) <= 2 else written, "")
    aggregate = aggregation.strip().upper()
    if not aggregate and policy == "COLLECT" and len(written) == 2:
        aggregate = _AGGREGATIONS.get(written[1], written[1])
    if policy not in HIT_POLICIES or aggregate not in AGGREGATIONS:
        raise ValueError(
            f"不认识命中策略 '{hit_policy} {aggregation}'。 Hit policy '{hit_policy}' with aggregation '{aggregation}'"
            " is unknown"
        )
    return policy, aggregate if policy == "COLLECT" else ""


def _result(cell: str, names: Collection[str], types: Types) -> Expression:
    """An output cell; one that is empty, or holds the dash of "nothing", is null."""
    text = cell.strip()
    return compile_written("null" if text in ("", "-") else text, names, types)


def _column(column: Mapping[str, str], cells: list[str], names: Collection[str], types: Types) -> Column:
    allowed = column.get("values", "").strip()
    free = negated = 0
    masks: dict[Key, int] = {}
    refused: dict[Key, int] = {}
    tests: list[tuple[int, UnaryTests, frozenset[Number] | None]] = []
    for text, rules in _rules_by_text(cells).items():
        test = compile_unary_tests(text, names, types)
        parsed = parse_unary_tests(text, names, _SPACED, types)
        constants = _constants(parsed)
        if parsed.tests is None:
            free |= rules
        elif constants is None:
            tests.append((rules, test, points_of(parsed)))
        else:
            negated |= rules if parsed.negated else 0
            filed = refused if parsed.negated else masks
            for key in constants:
                filed[key] = filed.get(key, 0) | rules
    line = number_line((rules, test, points) for rules, test, points in tests if points is not None)
    return Column(
        label=column.get("label") or column["expression"],
        variable=column.get("variable", ""),
        expression=compile_written(column["expression"], names, types),
        allowed=compile_unary_tests(allowed, names, types) if allowed else None,
        masks=masks,
        free=free,
        negated=negated,
        refused=refused,
        line=line,
        unlined=tuple((rules, test.hold) for rules, test, points in tests if points is None or line is None),
        tests=tuple((rules, test.hold) for rules, test, _ in tests),
        test_names=frozenset(name for _, test, _ in tests for name in test.names),
    )


def _rules_by_text(cells: list[str]) -> dict[str, int]:
    rules: dict[str, int] = {}
    for place, cell in enumerate(cells):
        text = cell.strip() or "-"
        rules[text] = rules.get(text, 0) | 1 << place
    return rules


def _constants(parsed: tree.UnaryTests) -> set[Key] | None:
    """The keys of a cell that only lists strings, numbers and booleans."""
    keys: set[Key] = set()
    for test in parsed.tests or ():
        if not isinstance(test, tree.ExpressionTest) or not isinstance(test.expression, tree.Literal):
            return None
        if test.expression.value is None:
            return None
        keys.add(constant_key(test.expression.value))
    return keys


def _output(column: Mapping[str, str], type_: Type, names: Collection[str], types: Types) -> Output:
    values, default = column.get("values", "").strip(), column.get("default", "").strip()
    allowed = compile_unary_tests(values, names, types) if values else None
    ranking = allowed or type_.ranking()
    return Output(
        name=column.get("name", ""),
        type=type_,
        allowed=allowed,
        ranked=tuple(_ranked(ranking.text, names, types)) if ranking is not None else (),
        default=_result(default, names, types) if default else None,
    )


def _ranked(values: str, names: Collection[str], types: Types) -> Iterator[Value]:
    for test in parse_unary_tests(values, names, _SPACED, types).tests or ():
        if isinstance(test, tree.ExpressionTest) and isinstance(test.expression, tree.Literal):
            yield test.expression.value
