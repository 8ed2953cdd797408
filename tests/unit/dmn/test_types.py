"""Item definitions: what values become when they are typed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.unit.dmn.drawing import (
    component,
    decision,
    decision_of,
    input_data,
    item,
    literal,
    model,
    problems_of,
    table,
    value,
)
from tests.unit.feel.world import ENV

TYPES = (
    item("tNames", "string", collection=True)
    + item("tLevel", "string", allowed='"low", "high"')
    + item("tLevels", "tLevel", collection=True)
    + item("tPerson", parts=component("name", "string") + component("level", "tLevel"))
    + item("tPeople", "tPerson", collection=True)
    + item("tPercent", "number", allowed="[0..100]")
)
FITS: list[tuple[str, Any, Any]] = [
    ("number", 5, 5),
    ("number", None, None),
    ("number", [5], 5),
    ("tNames", ["a", "b"], ["a", "b"]),
    ("tNames", "a", ["a"]),
    ("tLevel", "low", "low"),
    ("tLevels", ["low", "high"], ["low", "high"]),
    ("tPerson", {"name": "a", "level": "low", "age": 5}, {"name": "a", "level": "low", "age": 5}),
    ("tPeople", {"name": "a", "level": None}, [{"name": "a", "level": None}]),
    ("tPercent", 100, 100),
    ("list&lt;number&gt;", [1, 2], [1, 2]),
    ("long", 5, 5),
    ("dateTime", date(2026, 11, 23), datetime(2026, 11, 22, 16, tzinfo=UTC)),
]
MISFITS: list[tuple[str, Any]] = [
    ("number", "5"),
    ("number", [[5]]),
    ("number", [5, 6]),
    ("number", True),
    ("tNames", ["a", 1]),
    ("tNames", 1),
    ("tLevel", "middle"),
    ("tLevels", ["low", "middle"]),
    ("tPerson", {"name": "a"}),
    ("tPerson", {"name": "a", "level": "middle"}),
    ("tPercent", 101),
    ("list&lt;number&gt;", ["1"]),
]


@pytest.mark.parametrize(("type_ref", "given", "kept"), FITS)
def test_a_value_that_fits_is_kept_or_made_to_fit(type_ref: str, given: Any, kept: Any) -> None:
    made = model(TYPES, input_data("x", type_ref), decision("y", literal("x"), "input:x"))
    assert value(made, "y", x=given) == kept


@pytest.mark.parametrize(("type_ref", "given"), MISFITS)
def test_a_value_that_does_not_fit_is_null_and_told(type_ref: str, given: Any) -> None:
    made = model(TYPES, input_data("x", type_ref), decision("y", literal("x"), "input:x"))
    outcome = decision_of(made, "y").evaluate({"x": given}, ENV)
    assert outcome.value is None
    assert "'x'" in outcome.problems[0]


def test_a_result_is_typed_like_an_input() -> None:
    made = model(decision("y", literal('"5"'), type_ref="number"), decision("z", literal("[5]"), type_ref="number"))
    assert decision_of(made, "y").evaluate({}, ENV).value is None
    assert value(made, "z") == 5


def test_a_type_that_does_not_exist_is_refused() -> None:
    (problem,) = problems_of(decision("y", literal("1"), type_ref="tNothing"))
    assert (problem.key, problem.element_id) == ("dmn.type", "y")


def test_two_types_of_one_name_are_refused() -> None:
    found = problems_of(item("t", "number"), item("t", "string"), decision("y", literal("1")))
    assert [problem.key for problem in found] == ["dmn.same_type"]


def test_expressions_may_ask_for_types_of_the_model_but_not_for_their_allowed_values() -> None:
    made = model(
        TYPES,
        decision("y", literal('[120 instance of tPercent, "a" instance of tPercent, ["a"] instance of tNames]')),
        decision("z", table(["x"], ["o"], ["? instance of tPercent", "1"], ["? instance of tNames", "2"])),
    )
    assert value(made, "y") == [True, False, True]
    assert decision_of(made, "z").decide({"x": ["a", "b"]}, ENV) == 2


def test_types_that_are_defined_by_themselves_are_refused() -> None:
    found = problems_of(item("a", "b"), item("b", "a"), decision("y", literal("1")))
    assert {problem.key for problem in found} == {"dmn.type_circle"}


def test_a_type_may_hold_itself_in_a_list() -> None:
    tree = item("tNode", parts=component("name", "string") + component("below", "tNodes"))
    made = model(
        tree, item("tNodes", "tNode", collection=True), input_data("x", "tNode"), decision("y", literal("x"), "input:x")
    )
    root = {"name": "a", "below": [{"name": "b", "below": []}]}
    assert value(made, "y", x=root) == root


def test_entries_with_spaces_in_their_names_can_be_written() -> None:
    person = item("tPerson", parts=component("first name", "string") + component("year of birth", "number"))
    made = model(
        person,
        input_data("new applicant", "tPerson"),
        decision("y", literal("new applicant.year of birth + 1"), "input:new applicant"),
    )
    assert value(made, "y", **{"new applicant": {"first name": "a", "year of birth": 1990}}) == 1991
