"""What the library's own decision tables do wrong, each as a test: DMN there is not FEEL (finding 15)."""

from datetime import date
from typing import Any

import pytest

from engine.dmn.evaluation import DecisionError
from tests.unit.dmn.drawing import decision, decision_of, definitions, model, read, table, value
from tests.unit.feel.world import ENV

CELLS: list[tuple[str, Any, bool]] = [
    ("[1..10]", 10, True),
    ("[1..10]", 11, False),
    ("(1..10)", 10, False),
    ('"a","b"', "b", True),
    ('"a","b"', "c", False),
    ('not("a")', "b", True),
    ('not("a")', "a", False),
    ("true", True, True),
    ("true", False, False),
    ("true", 1, False),
    ("null", None, True),
    ("null", 0, False),
    ('date("2026-11-23")', date(2026, 11, 23), True),
    ('< date("2026-11-23")', date(2026, 11, 22), True),
    ('[date("2026-11-01")..date("2026-11-30")]', date(2026, 12, 1), False),
    ("", "anything", True),
    ("-", "anything", True),
]


@pytest.mark.parametrize(("cell", "given", "matches"), CELLS)
def test_a_cell_is_a_unary_test_of_feel(cell: str, given: Any, matches: bool) -> None:
    made = model(decision("y", table(["x"], ["o"], [cell, '"yes"'])))
    assert decision_of(made, "y").decide({"x": given}, ENV) == ("yes" if matches else None)


def overlapping(attributes: str, values: str = "") -> Any:
    rules = [["> 0", '"low"'], ["> 10", '"high"'], ["> 20", '"low"']]
    return model(decision("y", table(["x"], ["o"], *rules, attributes=attributes, values=values)))


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rules_that_contradict_each_other_give_null_and_a_problem(policy: str) -> None:
    made = overlapping(f'hitPolicy="{policy}"')
    outcome = decision_of(made, "y").evaluate({}, ENV, around={"x": 15})
    assert (outcome.value, "1, 2" in outcome.problems[0]) == (None, True)
    with pytest.raises(DecisionError, match="Rules 1, 2"):
        decision_of(made, "y").decide({"x": 15}, ENV)


@pytest.mark.parametrize(
    ("policy", "result"),
    [
        ("FIRST", "low"),
        ("PRIORITY", "high"),
        ("RULE ORDER", ["low", "high", "low"]),
        ("OUTPUT ORDER", ["high", "low", "low"]),
        ("COLLECT", ["low", "high", "low"]),
        ("R", ["low", "high", "low"]),
        ("RULE_ORDER", ["low", "high", "low"]),
        ("C#", 3),
    ],
)
def test_a_hit_policy_is_kept(policy: str, result: Any) -> None:
    made = overlapping(f'hitPolicy="{policy.replace("<", "&lt;")}"', '"high", "low"')
    assert decision_of(made, "y").decide({"x": 25}, ENV) == result


@pytest.mark.parametrize(("aggregation", "result"), [("SUM", 24), ("MIN", 2), ("MAX", 20), ("COUNT", 3)])
def test_collected_numbers_are_aggregated(aggregation: str, result: int) -> None:
    attributes = f'hitPolicy="COLLECT" aggregation="{aggregation}"'
    made = model(decision("y", table(["x"], ["o"], ["> 0", "2"], ["> 1", "20"], ["> 2", "2"], attributes=attributes)))
    assert decision_of(made, "y").decide({"x": 3}, ENV) == result


def test_a_file_may_hold_several_decisions() -> None:
    made = model(decision("a", table(["x"], ["o"], ["1", "10"])), decision("b", table(["x"], ["o"], ["1", "20"])))
    assert [decision_of(made, name).decide({"x": 1}, ENV) for name in "ab"] == [10, 20]


def test_nothing_in_a_cell_reaches_python() -> None:
    for text in ("__import__('os')", "().__class__", "x.__class__", 'open("x")'):
        outcome = decision_of(_read_all(text), "y").evaluate({"x": 1}, ENV)
        assert outcome.value is None


def _read_all(text: str) -> Any:
    return read(definitions(decision("y", table(["1"], ["o"], ["-", text]))))[0][0]


def test_a_default_stands_where_no_rule_matches() -> None:
    made = model(decision("y", table(["x"], ["o"], ["1", '"a"'], default='"none"')))
    assert value(made, "y") == "none"


def test_a_result_outside_the_output_values_is_null_and_told() -> None:
    made = model(decision("y", table(["1"], ["o"], ["-", '"c"'], values='"a", "b"')))
    outcome = decision_of(made, "y").evaluate({}, ENV)
    assert (outcome.value, len(outcome.problems)) == (None, 1)
