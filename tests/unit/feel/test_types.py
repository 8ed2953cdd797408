"""instance of, and parameters with a type."""

from typing import Any

import pytest

from engine.feel import FeelSyntaxError, compile_expression
from engine.feel.limits import Run
from tests.unit.feel.world import ENV, value_of

INSTANCES: list[tuple[str, bool]] = [
    ("1 instance of Any", True),
    ("null instance of Any", False),
    ("null instance of number", False),
    ("null instance of Null", True),
    ('"a" instance of string', True),
    ("true instance of boolean", True),
    ('@"2026-01-01" instance of date', True),
    ('@"2026-01-01" instance of date and time', False),
    ('@"2026-01-01T10:00:00" instance of date and time', True),
    ('@"P1Y" instance of years and months duration', True),
    ('@"P1D" instance of years and months duration', False),
    ("[1, null, 2] instance of list<number>", True),
    ("[1, [2]] instance of list<number>", False),
    ("[[1], [2]] instance of list<list<number>>", True),
    ("[1] instance of number", False),
    ("{a: 1, b: 2} instance of context<a: number>", True),
    ("{a: null} instance of context<a: number>", True),
    ("{b: 1} instance of context<a: number>", False),
    ("{a: {b: 1}} instance of context<a: context<b: number>>", True),
    ("[1..2] instance of range<number>", True),
    ("[1..2] instance of range<string>", False),
    ("(> 2) instance of range<number>", True),
    ("(function(a) a) instance of function<Any> -> Any", True),
    ("(function(a: string) a) instance of function<number> -> Any", False),
    ("(function(a, b) a) instance of function<Any> -> Any", False),
]


@pytest.mark.parametrize(("text", "answer"), INSTANCES, ids=[text for text, _ in INSTANCES])
def test_a_value_is_an_instance_of(text: str, answer: bool) -> None:
    assert value_of(text) is answer


ARGUMENTS: list[tuple[str, Any]] = [
    ("{f: function(n: number) n + 1, r: f(1)}.r", 2),
    ('{f: function(n: number) [n], r: f("1")}.r', None),
    ("{f: function(n: number) [n], r: f(null)}.r", [None]),
    ("{f: function(n: number) n + 1, r: f([1])}.r", 2),
    ("{f: function(n: list<number>) n, r: f(1)}.r", [1]),
    ('{f: function(n: list<number>) n, r: f("1")}.r', None),
    ('{f: function(d: date and time) string(d), r: f(@"2026-01-01")}.r', "2026-01-01T00:00:00"),
    ('{f: function(n: number, any) any, r: f(1, "x")}.r', "x"),
    ("{apply: function(f, n) f(n), r: apply(abs, -1)}.r", 1),
    ("{apply: function(f, list) f(list), r: [apply(min, [1, 5]), apply(f: max, list: [1, 5])]}.r", [1, 5]),
    ("sort([3, 1, 2], function(a: number, b: number) a > b)", [3, 2, 1]),
]


@pytest.mark.parametrize(("text", "result"), ARGUMENTS, ids=[text for text, _ in ARGUMENTS])
def test_a_function_takes_arguments_of_its_types(text: str, result: Any) -> None:
    assert value_of(text) == result


def test_a_variable_hides_the_function_of_its_name() -> None:
    assert value_of("count + 1", {"count": 2}) == 3
    assert value_of("deadline = null and date = null") is True
    assert value_of("{f: function(n) n, r: f(count)}.r", {"count": 2}) == 2


def test_a_function_of_the_context_hides_the_built_in_one() -> None:
    own = value_of("function(n) n * 2")
    assert value_of("count(2)", {"count": own}, names=("count",)) == 4
    assert value_of("count([2, 3])", {"count": 7}, names=("count",)) == 2


def test_a_type_that_nobody_knows_is_refused() -> None:
    with pytest.raises(FeelSyntaxError, match="no type 'numbr'; did you mean 'number'"):
        value_of("1 instance of numbr")


class Even:
    """A type of a model."""

    def conforms(self, value: Any, run: Run) -> bool:
        return value is None or (isinstance(value, int) and value % 2 == 0)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("2 instance of tEven", True),
        ("3 instance of tEven", False),
        ("null instance of tEven", False),
        ("[2, 4, null] instance of list<tEven>", True),
        ("[2, 3] instance of list<tEven>", False),
        ("{f: function(n: loan.tEven) n + 1, r: f([2])}.r", 3),
        ("{f: function(n: tEven) n + 1, r: f(3)}.r", None),
        ("(function(a: tEven) a) instance of function<tEven> -> Any", True),
    ],
)
def test_a_model_may_name_types(text: str, result: Any) -> None:
    even = Even()
    assert compile_expression(text, types={"tEven": even, "loan.tEven": even})({}, ENV) == result
