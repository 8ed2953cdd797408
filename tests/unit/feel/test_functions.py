"""The built-in functions."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import FeelError, FeelSyntaxError, YearsMonths, compile_expression
from engine.feel.functions import BUILTINS
from tests.unit.feel.world import value_of

ANSWERS: list[tuple[str, Any]] = [
    ('string length("容错")', 2),
    ('substring("foobar", 3)', "obar"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring("foobar", 0)', None),
    ('upper case("abc")', "ABC"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring after("foobar", "oo")', "bar"),
    ('contains("foobar", "ob")', True),
    ('starts with("foobar", "foo")', True),
    ('ends with("foobar", "foo")', False),
    ('matches("13812345678", "^1[3-9]\\\\d{9}$")', True),
    ('replace("2026-11-23", "(\\\\d+)-(\\\\d+)-(\\\\d+)", "$3.$2.$1")', "23.11.2026"),
    ('split("a; b;c", ";\\\\s*")', ["a", "b", "c"]),
    ('string join(["a", null, "b"], "、")', "a、b"),
    ("string(1.50)", "1.5"),
    ("string(null)", None),
    ('string(["a", {b: 1}])', '["a", {b: 1}]'),
    ('string({"{": 1, "a b": 2})', '{"{": 1, a b: 2}'),
    ('string(@"P1DT2H")', "P1DT2H"),
    ('string(@"-P14M")', "-P1Y2M"),
    ('string(@"10:00:00+08:00")', "10:00:00+08:00"),
    ('number("1 000,5", " ", ",")', Decimal("1000.5")),
    ('number("x")', None),
    ("decimal(2.5, 0)", 2),
    ("round half up(2.5, 0)", 3),
    ("round up(-1.21, 1)", Decimal("-1.3")),
    ("floor(-1.5)", -2),
    ("ceiling(1.51, 1)", Decimal("1.6")),
    ("modulo(-12, 5)", 3),
    ("sqrt(16)", 4),
    ("odd(5)", True),
    ('abs(@"-P1D")', timedelta(days=1)),
    ("count([1, 2])", 2),
    ("min(3, 1, 2)", 1),
    ('max(["a", "c", "b"])', "c"),
    ("max([])", None),
    ("sum([1, 2.5])", Decimal("3.5")),
    ("mean(1, 2, 3)", 2),
    ("median([8, 2, 5, 3])", 4),
    ("mode([6, 3, 6, 3, 1])", [3, 6]),
    ("stddev(2, 4, 7, 5)", Decimal("2.081665999466132735282297706979931")),
    ("all([true, null])", None),
    ("any([false, true])", True),
    ("list contains([1, null], null)", True),
    ("append([1], 2, 3)", [1, 2, 3]),
    ("concatenate([1], [2, 3])", [1, 2, 3]),
    ("insert before([1, 3], 2, 2)", [1, 2, 3]),
    ("remove([1, 2, 3], 2)", [1, 3]),
    ("list replace([1, 2, 3], -1, 9)", [1, 2, 9]),
    ("reverse([1, 2])", [2, 1]),
    ("index of([1, 2, 1], 1)", [1, 3]),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ('distinct values([1, 1.0, true, "1"])', [1, True, "1"]),
    ("flatten([[1, [2]], 3])", [1, 2, 3]),
    ("sublist([1, 2, 3], 2)", [2, 3]),
    ("sort([3, 1, 2])", [1, 2, 3]),
    ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
    ('get value({a: 1}, "a")', 1),
    ("get entries({a: 1})", [{"key": "a", "value": 1}]),
    ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
    ('context put({a: {b: 1}}, ["a", "c"], 2)', {"a": {"b": 1, "c": 2}}),
    ("context merge([{a: 1}, {a: 2}])", {"a": 2}),
    ('context([{key: "a", value: 1}])', {"a": 1}),
    ("date(2026, 11, 23)", date(2026, 11, 23)),
    ("date(2026, 2, 30)", None),
    ("time(23, 59, 0)", time(23, 59)),
    ('years and months duration(@"2026-01-31", @"2027-03-30")', YearsMonths(months=13)),
    ('day of week(@"2026-11-23")', "Monday"),
    ('month of year(@"2026-11-23")', "November"),
    ('week of year(@"2005-01-01")', 53),
    ("before([1..5), 5)", True),
    ("after(5, [1..4])", True),
    ("meets([1..5], [5..9])", True),
    ("overlaps([1..5], [4..9])", True),
    ("overlaps([1..5), [5..9])", False),
    ("overlaps before([1..5], [3..9])", True),
    ("overlaps after([3..9], [1..5])", True),
    ("includes([1..9], [2..3])", True),
    ("during(5, [1..5])", True),
    ("starts([1..3], [1..9])", True),
    ("finished by([1..9], 9)", True),
    ("coincides([1..5], [1..5))", False),
    ("is(1, 1.0)", True),
    # implicit conversions: a list of one is its item and the other way round
    ('upper case(["a"])', "A"),
    ("count(5)", 1),
    ("count(null)", None),
    # a wrong kind of argument
    ("string length(5)", None),
    ("sqrt(-1)", None),
]


@pytest.mark.parametrize(("text", "answer"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_a_function_answers(text: str, answer: Any) -> None:
    result = value_of(text)
    assert (type(result), result) == (type(answer), answer)


def test_every_function_can_be_named_with_its_spaces() -> None:
    for name in BUILTINS:
        with pytest.raises(FeelSyntaxError, match="take these arguments"):
            compile_expression(f"{name}(no such parameter: 1)")


def test_an_unknown_function_is_refused_with_a_suggestion() -> None:
    with pytest.raises(FeelSyntaxError, match="did you mean 'string length'"):
        compile_expression("stringlength(1)")


def test_a_policy_that_is_not_configured_stops_the_evaluation() -> None:
    with pytest.raises(FeelError, match=r"rules\.missing"):
        value_of('policy("rules.missing")')


@pytest.mark.parametrize("pattern", ["(a", "a{2,1}", "(?=a)", "[z-a]", "*a", "\\\\1", "a{9999}"])
def test_a_pattern_that_cannot_be_run_gives_null(pattern: str) -> None:
    assert value_of(f'matches("aaa", "{pattern}")') is None


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", ".*.*.*.*b"])
def test_a_pattern_that_makes_others_hang_is_answered(pattern: str) -> None:
    assert value_of(f'matches(text, "{pattern}")', {"text": "a" * 1000}) is False


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "found"),
    [
        ("Hello", "hello", "i", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b$", "m", True),
        ("a.b", "a.b", "q", True),
        ("axb", "a.b", "q", False),
        ("容错", "\\\\p{Lo}+", "", True),
        ("b", "[a-z-[aeiou]]", "", True),
        ("e", "[a-z-[aeiou]]", "", False),
        ("abab", "^(ab){2}$", "", True),
        ("color", "^colou?r$", "", True),
        ("x", "[^a-c]", "", True),
        ("q", "[^Q]", "i", False),
        ("O", "[A-Z-[oi]]", "i", False),
        ("hello world", " hel lo[ ]world ", "x", True),
        ("hello world", "hello\\\\ sworld", "x", True),
        ("hello", "\\\\p{ IsBasicLatin }+", "x", True),
        ("容错", "^\\\\p{IsCJKUnifiedIdeographs}+$", "", True),
        ("a", "\\\\P{IsCJKUnifiedIdeographs}", "", True),
        ("a", "\\\\p{IsNoSuchBlock}", "", None),
        ("_a1", "^\\\\i\\\\c*$", "", True),
        ("1a", "^\\\\i", "", False),
    ],
)
def test_patterns_follow_their_flags(text: str, pattern: str, flags: str, found: bool | None) -> None:
    assert value_of(f'matches(text, "{pattern}", "{flags}")', {"text": text}) is found


def test_lazy_quantifiers_take_the_shortest() -> None:
    assert value_of('replace("<a><b>", "<.+?>", "x")') == "xx"
