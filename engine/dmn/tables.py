"""Compile decision tables: rules by the constants in their cells, the rest as tests."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from engine.dmn.decision_table import Column, DecisionTable, Output, constant_key
from engine.dmn.types import ANY, Type
from engine.feel import Expression, UnaryTests, compile_expression, compile_unary_tests, tree
from engine.feel.functions import BUILTINS
from engine.feel.parser import parse_unary_tests
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
_SPACED = tuple(name for name in BUILTINS if " " in name)


def compile_decision_table(
    *,
    inputs: Sequence[Mapping[str, str]],
    outputs: Sequence[Mapping[str, str]],
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    hit_policy: str = "UNIQUE",
    aggregation: str = "",
    names: Collection[str] = (),
    types: Sequence[Type] = (),
) -> DecisionTable:
    """inputs: `expression`, optional `label`, `variable` and `values` (unary tests); outputs: `name`, optional `values`
    (unary tests, the most important first) and `default`; rules: texts of input and output cells; `types`: of outputs.

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
            _column(column, [tests[place] for tests, _ in rules], names) for place, column in enumerate(inputs)
        ),
        outputs=tuple(
            _output(column, type_, names) for column, type_ in zip(outputs, types or [ANY] * len(outputs), strict=True)
        ),
        results=tuple(tuple(_result(cell, names) for cell in row) for _, row in rules),
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


def _result(cell: str, names: Collection[str]) -> Expression:
    """An output cell; one that is empty, or holds the dash of "nothing", is null."""
    text = cell.strip()
    return compile_expression("null" if text in ("", "-") else text, names)


def _column(column: Mapping[str, str], cells: list[str], names: Collection[str]) -> Column:
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
                masks[constant_key(value)] = masks.get(constant_key(value), 0) | rules
    allowed = column.get("values", "").strip()
    return Column(
        label=column.get("label") or column["expression"],
        variable=column.get("variable", ""),
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


def _constants(text: str, names: Collection[str]) -> list[Value] | None:
    """The values of a cell that only lists strings, numbers and booleans."""
    parsed = parse_unary_tests(text, names, _SPACED)
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


def _output(column: Mapping[str, str], type_: Type, names: Collection[str]) -> Output:
    values, default = column.get("values", "").strip(), column.get("default", "").strip()
    allowed = compile_unary_tests(values, names) if values else None
    ranking = allowed or type_.ranking()
    return Output(
        name=column.get("name", ""),
        type=type_,
        allowed=allowed,
        ranked=tuple(_ranked(ranking.text, names)) if ranking is not None else (),
        default=_result(default, names) if default else None,
    )


def _ranked(values: str, names: Collection[str]) -> Iterator[Value]:
    for test in parse_unary_tests(values, names, _SPACED).tests or ():
        if isinstance(test, tree.ExpressionTest) and isinstance(test.expression, tree.Literal):
            yield test.expression.value
