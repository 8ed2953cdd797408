"""Every built-in function of DMN under the names that the standard gives its parameters."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import Range, YearsMonths
from engine.feel.functions import BUILTINS
from tests.unit.feel.world import SHANGHAI, value_of

CONVERSION: list[tuple[str, Any]] = [
    ('date(from: "2026-11-23")', date(2026, 11, 23)),
    ("date(year: 2026, month: 11, day: 23)", date(2026, 11, 23)),
    ('date and time(from: "2026-11-23T08:00:00")', datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)),
    (
        'date and time(date: date("2026-11-23"), time: time("08:00:00"))',
        datetime(2026, 11, 23, 8, tzinfo=SHANGHAI),
    ),
    ('time(from: "08:00:00")', time(8)),
    ('string(time(hour: 8, minute: 1, second: 2, offset: @"PT8H"))', "08:01:02+08:00"),
    ('number(from: "1,000.5", grouping separator: ",", decimal separator: ".")', Decimal("1000.5")),
    ("string(from: 1.5)", "1.5"),
    ('duration(from: "P1D")', timedelta(days=1)),
    ('years and months duration(from: @"2026-01-01", to: @"2027-02-01")', YearsMonths(months=13)),
    ('range(from: "[1..2]")', Range(start=1, end=2, start_included=True, end_included=True)),
]
BOOLEAN: list[tuple[str, Any]] = [
    ("not(negand: true)", False),
    ("is(value1: 1, value2: 1.0)", True),
]
STRING: list[tuple[str, Any]] = [
    ('substring(string: "foobar", start position: 3, length: 3)', "oba"),
    ('string length(string: "foo")', 3),
    ('upper case(string: "foo")', "FOO"),
    ('lower case(string: "FOO")', "foo"),
    ('substring before(string: "foobar", match: "bar")', "foo"),
    ('substring after(string: "foobar", match: "foo")', "bar"),
    ('replace(input: "abcd", pattern: "(AB)|(a)", replacement: "[1=$1][2=$2]", flags: "")', "[1=][2=a]bcd"),
    ('contains(string: "foobar", match: "of")', False),
    ('starts with(string: "foobar", match: "fo")', True),
    ('ends with(string: "foobar", match: "r")', True),
    ('matches(input: "foobar", pattern: "^FO*b", flags: "i")', True),
    ('split(string: "John Doe", delimiter: "\\\\s")', ["John", "Doe"]),
    ('string join(list: ["a", "b"], delimiter: "-")', "a-b"),
    ('extract(input: "a1b22", pattern: "[0-9]+")', ["1", "22"]),
    ("is blank(string: null)", True),
    ('is blank(string: " ")', True),
]
LIST: list[tuple[str, Any]] = [
    ("list contains(list: [1, 2, null], element: null)", True),
    ("count(list: [1, 2])", 2),
    ("min(list: [3, 1])", 1),
    ("max(list: [3, 1])", 3),
    ("sum(list: [3, 1])", 4),
    ("mean(list: [3, 1])", 2),
    ("all(list: [true, false])", False),
    ("any(list: [true, false])", True),
    ("sublist(list: [4, 5, 6], start position: 1, length: 2)", [4, 5]),
    ("append(list: [1], item: 2)", [1, 2]),
    ("insert before(list: [1, 3], position: 1, newItem: 2)", [2, 1, 3]),
    ("remove(list: [1, 2, 3], position: 2)", [1, 3]),
    ("list replace(list: [2, 4], position: 2, newItem: 5)", [2, 5]),
    ("list replace(list: [2, 4], match: function(item, newItem) item < newItem, newItem: 3)", [3, 4]),
    ("reverse(list: [1, 2])", [2, 1]),
    ("index of(list: [1, 2, 2], match: 2)", [2, 3]),
    ("distinct values(list: [1, 2, 1])", [1, 2]),
    ('duplicate values(list: [1, 2, 1, @"P1D", @"P1D"])', [1, timedelta(days=1)]),
    ("flatten(list: [[1], 2])", [1, 2]),
    ("product(list: [2, 3])", 6),
    ("median(list: [6, 1, 2, 3])", Decimal("2.5")),
    ("stddev(list: [1, 3])", Decimal("1.414213562373095048801688724209698")),
    ("mode(list: [6, 1, 9, 6, 1])", [1, 6]),
    ("sort(list: [2, 1], precedes: function(x, y) x < y)", [1, 2]),
    ("is empty(list: [])", True),
]
NUMBER: list[tuple[str, Any]] = [
    ("decimal(n: 1/3, scale: 2)", Decimal("0.33")),
    ("decimal(n: 2.555, scale: 2.9)", Decimal("2.56")),
    ("floor(n: -1.56, scale: 1)", Decimal("-1.6")),
    ("ceiling(n: -1.56, scale: 1)", Decimal("-1.5")),
    ("round up(n: -5.5, scale: 0)", -6),
    ("round down(n: -5.5, scale: 0)", -5),
    ("round half up(n: -5.5, scale: 0)", -6),
    ("round half down(n: -5.5, scale: 0)", -5),
    ("abs(n: -10)", 10),
    ("modulo(dividend: -12, divisor: 5)", 3),
    ("modulo(dividend: 10.1, divisor: -4.5)", Decimal("-3.4")),
    ("sqrt(number: 16)", 4),
    ("decimal(log(number: 10), 8)", Decimal("2.30258509")),
    ("decimal(exp(number: 5), 8)", Decimal("148.41315910")),
    ("odd(number: -5)", True),
    ("even(number: 2)", True),
]
DATE: list[tuple[str, Any]] = [
    ('day of year(date: @"2026-02-01")', 32),
    ('day of week(date: @"2026-11-23")', "Monday"),
    ('month of year(date: @"2026-11-23")', "November"),
    ('week of year(date: @"2026-01-01")', 1),
]
CONTEXT: list[tuple[str, Any]] = [
    ('get value(m: {key1: "value1"}, key: "key1")', "value1"),
    ("get entries(m: {a: 1})", [{"key": "a", "value": 1}]),
    ('context(entries: [{key: "a", value: 1}])', {"a": 1}),
    ('context put(context: {x: 1}, key: "y", value: 2)', {"x": 1, "y": 2}),
    ('context put(context: {x: {y: 0}}, keys: ["x", "y"], value: 2)', {"x": {"y": 2}}),
    ("context merge(contexts: [{x: 1}, {y: 2}])", {"x": 1, "y": 2}),
]
RANGE: list[tuple[str, Any]] = [
    ("before(point1: 1, point2: 10)", True),
    ("before(point: 1, range: (1..10])", True),
    ("before(range: [1..10), point: 10)", True),
    ("before(range1: [1..10], range2: [10..20])", False),
    ("after(point1: 10, point2: 5)", True),
    ("after(range: [11..20], point: 10)", True),
    ("after(point: 12, range: [1..10])", True),
    ("after(range1: [11..20], range2: [1..11))", True),
    ("meets(range1: [1..5], range2: [5..10])", True),
    ("met by(range1: [5..10], range2: [1..5])", True),
    ("overlaps(range1: [1..5], range2: [3..8])", True),
    ("overlaps before(range1: [1..5], range2: [3..8])", True),
    ("overlaps after(range1: [3..8], range2: [1..5])", True),
    ("finishes(point: 10, range: [1..10])", True),
    ("finishes(range1: [5..10], range2: [1..10])", True),
    ("finished by(range: [5..10], point: 10)", True),
    ("finished by(range1: [5..10], range2: (5..10))", False),
    ("includes(range: [5..10], point: 6)", True),
    ("includes(range1: [1..10], range2: [4..6])", True),
    ("during(point: 5, range: [1..10])", True),
    ("during(range1: [4..6], range2: [1..10])", True),
    ("starts(point: 1, range: [1..5])", True),
    ("starts(range1: [1..5], range2: [1..10])", True),
    ("started by(range: [1..10], point: 1)", True),
    ("started by(range1: [1..10], range2: [1..5])", True),
    ("coincides(point1: 5, point2: 5)", True),
    ("coincides(range1: [1..5], range2: [1..5])", True),
]
ALL = CONVERSION + BOOLEAN + STRING + LIST + NUMBER + DATE + CONTEXT + RANGE
# What takes no parameters, only as many as it is given, or belongs to the office and is tested there.
ELSEWHERE = {
    *("now", "today", "concatenate", "union", "trim", "is defined", "get or else"),
    *("add days", "add working days", "is working day", "roll forward", "end of day", "deadline", "target", "policy"),
}


@pytest.mark.parametrize(("text", "answer"), ALL, ids=[text for text, _ in ALL])
def test_a_function_takes_its_parameters_by_name(text: str, answer: Any) -> None:
    result = value_of(text)
    assert (type(result), result) == (type(answer), answer)


def test_no_function_was_forgotten() -> None:
    called = {name for name in BUILTINS for text, _ in ALL if re.match(re.escape(name) + r"\(", text)}
    called |= {"time"}  # stands inside string(...), which writes its offset
    called |= {"log", "exp"}  # stand inside decimal(...)
    assert set(BUILTINS) - called == ELSEWHERE


def test_more_than_one_list_may_be_given() -> None:
    assert value_of("concatenate([1], [2], [3])") == [1, 2, 3]
    assert value_of("union([1, 2], [2, 3], [3])") == [1, 2, 3]
