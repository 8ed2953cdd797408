"""Boxed expressions."""

from typing import Any

import pytest

from tests.unit.dmn.drawing import decision, decision_of, knowledge, literal, model, problems_of, table, value
from tests.unit.feel.world import ENV


def entry(name: str, logic: str) -> str:
    return f'<contextEntry><variable name="{name}"/>{logic}</contextEntry>'


def of(tag: str, *, source: str, body: str, what: str, variable: str = "each") -> str:
    named = f' iteratorVariable="{variable}"' if variable else ""
    return f"<{tag}{named}><in>{literal(source)}</in><{what}>{literal(body)}</{what}></{tag}>"


def result(logic: str) -> Any:
    return value(model(decision("y", logic)), "y")


def test_entries_of_a_context_see_those_before_them() -> None:
    assert result(f"<context>{entry('a', literal('2'))}{entry('b', literal('a * 3'))}</context>") == {"a": 2, "b": 6}


def test_an_entry_without_a_name_is_the_result_of_the_context() -> None:
    last = f"<contextEntry>{literal('a * 3')}</contextEntry>"
    assert result(f"<context>{entry('a', literal('2'))}{last}</context>") == 6


def test_a_function_in_a_context_may_call_itself() -> None:
    factorial = (
        '<functionDefinition><formalParameter name="n" typeRef="number"/>'
        f"{literal('if n <= 1 then 1 else n * factorial(n - 1)')}</functionDefinition>"
    )
    last = f"<contextEntry>{literal('factorial(5)')}</contextEntry>"
    assert result(f"<context>{entry('factorial', factorial)}{last}</context>") == 120


def test_a_function_takes_only_arguments_of_its_types() -> None:
    twice = f'<functionDefinition><formalParameter name="n" typeRef="number"/>{literal("n * 2")}</functionDefinition>'
    calls = entry("a", literal("twice(2)")) + entry("b", literal('twice("2")')) + entry("c", literal("twice()"))
    assert result(f"<context>{entry('twice', twice)}{calls}</context>")["a"] == 4
    assert [result(f"<context>{entry('twice', twice)}{calls}</context>")[name] for name in "bc"] == [None, None]


def test_a_relation_is_a_list_of_contexts() -> None:
    rows = f"<row>{literal('1')}{literal('2')}</row><row>{literal('3')}{literal('4')}</row>"
    assert result(f'<relation><column name="a"/><column name="b"/>{rows}</relation>') == [
        {"a": 1, "b": 2},
        {"a": 3, "b": 4},
    ]


def test_a_row_that_does_not_fit_its_relation_is_refused() -> None:
    row = f"<row>{literal('1')}</row>"
    (problem,) = problems_of(decision("y", f'<relation><column name="a"/><column name="b"/>{row}</relation>'))
    assert problem.key == "dmn.relation"


def test_a_list_holds_its_boxes() -> None:
    assert result(f"<list>{literal('1')}<list>{literal('2')}</list></list>") == [1, [2]]


@pytest.mark.parametrize(("test", "chosen"), [("true", "a"), ("false", "b"), ("null", "b"), ("5", None)])
def test_a_conditional_needs_a_truth_value(test: str, chosen: str | None) -> None:
    parts = f"<if>{literal(test)}</if><then>{literal(chr(34) + 'a' + chr(34))}</then>"
    assert result(f"<conditional>{parts}<else>{literal(chr(34) + 'b' + chr(34))}</else></conditional>") == chosen


def test_a_conditional_without_an_else_is_refused() -> None:
    parts = f"<if>{literal('true')}</if><then>{literal('1')}</then>"
    (problem,) = problems_of(decision("y", f"<conditional>{parts}</conditional>"))
    assert (problem.key, "else" in problem.message) == ("dmn.missing", True)


def test_for_maps_and_sees_its_results_so_far() -> None:
    assert result(of("for", source="[1, 2, 3]", body="each * 2", what="return")) == [2, 4, 6]
    assert result(of("for", source="[1..4]", body="count(partial)", what="return")) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("tag", "body", "answer"),
    [
        ("some", "each > 2", True),
        ("some", "each > 5", False),
        ("every", "each > 0", True),
        ("every", "each > 1", False),
        ("some", 'if each = 3 then true else "no"', None),
    ],
)
def test_some_and_every_ask_for_truth_values(tag: str, body: str, answer: bool | None) -> None:
    assert result(of(tag, source="[1, 2, 3]", body=body, what="satisfies")) is answer


def test_a_filter_keeps_what_matches() -> None:
    assert result(of("filter", source="[1, 2, 3]", body="item > 1", what="match", variable="")) == [2, 3]
    people = '[{name: "a", age: 20}, {name: "b", age: 30}]'
    kept = result(of("filter", source=people, body="age > 25", what="match", variable=""))
    assert [person["name"] for person in kept] == ["b"]
    assert result(of("filter", source="[1, 2]", body='"yes"', what="match", variable="")) is None


def test_a_loop_without_a_list_is_refused() -> None:
    (problem,) = problems_of(decision("y", f'<for iteratorVariable="x"><return>{literal("x")}</return></for>'))
    assert problem.key == "dmn.missing"


def binding(name: str, text: str) -> str:
    return f'<binding><parameter name="{name}"/>{literal(text)}</binding>'


def test_an_invocation_binds_parameters_by_name() -> None:
    area = knowledge("area", {"width": "number", "height": "number"}, literal("width * height"))
    bound = binding("height", "3") + binding("width", "2")
    made = model(area, decision("y", f"<invocation>{literal('area')}{bound}</invocation>", "knowledge:area"))
    assert value(made, "y") == 6


def test_an_invocation_with_other_parameters_is_null_and_told() -> None:
    area = knowledge("area", {"width": "number"}, literal("width"))
    logic = f"<invocation>{literal('area')}{binding('size', '3')}</invocation>"
    outcome = decision_of(model(area, decision("y", logic, "knowledge:area")), "y").evaluate({}, ENV)
    assert (outcome.value, len(outcome.problems)) == (None, 1)


@pytest.mark.parametrize("kind", ["Java", "PMML"])
def test_functions_in_other_languages_are_refused_with_the_reason(kind: str) -> None:
    (problem,) = problems_of(knowledge("f", {}, literal("1"), kind=kind))
    assert (problem.key, problem.element_id, kind.upper() in problem.message) == ("dmn.function_kind", "f", True)


def test_expressions_in_other_languages_are_refused_with_the_reason() -> None:
    logic = '<literalExpression expressionLanguage="groovy"><text>1</text></literalExpression>'
    (problem,) = problems_of(decision("y", logic))
    assert (problem.key, "groovy" in problem.message) == ("dmn.language", True)


def test_a_typed_box_gives_null_for_another_type() -> None:
    outcome = decision_of(model(decision("y", literal('"a"', "number"))), "y").evaluate({}, ENV)
    assert (outcome.value, len(outcome.problems)) == (None, 1)


def test_a_table_may_stand_in_a_box() -> None:
    inner = table(["n"], ["o"], ["> 1", '"many"'], ["-", '"few"'], attributes='hitPolicy="FIRST"')
    assert result(f"<context>{entry('n', literal('2'))}{entry('size', inner)}</context>")["size"] == "many"
