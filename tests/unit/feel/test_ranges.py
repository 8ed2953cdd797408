"""Intervals: all ways to write their ends, what lies in them, and the function range."""

from typing import Any

import pytest

from engine.feel import Range
from tests.unit.feel.world import value_of

MEANINGS: list[tuple[str, Any]] = [
    ("(10 in (< 10))", False),
    ("(10 in (<= 10))", True),
    ("(10 in (!= 10))", False),
    ("(9 in (!= 10))", True),
    ("(10 in (= 10))", True),
    # an end that is null is unknown, an end that is not written is open
    ("5 in (null..10]", None),
    ("15 in (null..10]", False),
    ("5 in [1..null]", None),
    ("(< 10) = (null..10)", False),
    ("(< 10) = (< 10)", True),
    ("(= 10) = [10..10]", False),
    ("(> 10) = (>= 10)", False),
    ("(1..10] = ]1..10]", True),
    ("[1..10) = [1..10[", True),
    # properties
    ("(< 10).start", None),
    ("(< 10).end", 10),
    ("(>= 10).start included", True),
    ("(> 10).start included", False),
    ("]1..10[.end included", False),
    # walking
    ("for i in [1..3) return i", [1, 2]),
    ("for i in (1..3] return i", [2, 3]),
    ("for i in [3..1] return i", None),
    ("for i in 3..1 return i", [3, 2, 1]),
    ("for i in (> 3) return i", None),
    # other kinds of ends
    ('"c" in ["a".."d"]', True),
    ('@"2026-05-01" in [@"2026-01-01"..@"2026-12-31"]', True),
    ('@"PT5H" in [@"PT1H"..@"P1D"]', True),
    ('5 in ["a".."d"]', None),
    # the function
    ('range("[1..3]") = [1..3]', True),
    ('range("(1..3[") = (1..3)', True),
    ('range(" ] -1.5 .. 3 ) ") = (-1.5..3)', True),
    ('range("[\\"a\\"..\\"c\\"]") = ["a".."c"]', True),
    ('string(range("[@\\"2026-01-01\\"..date(\\"2026-02-01\\")]").end)', "2026-02-01"),
    ('range("[date and time(\\"2026-01-01T00:00:00\\")..@\\"2026-01-02T00:00:00\\"]") instance of range', True),
    ('range("[2..)") = [2..null)', True),
    ('range("(..2]") = (null..2]', True),
    ('range("[..2]")', None),
    ('range("(..)")', None),
    ('range("[1..")', None),
    ('range("[1..x]")', None),
    ('range("[3..1]")', None),
    ('range("[1..\\"b\\"]")', None),
    ('range("[null..null]")', None),
    ('range("[1+1..3]")', None),
    ('range("")', None),
    ('range(">=10")', None),
    ('range("[\\"open..3]")', None),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_an_interval_means(text: str, meaning: Any) -> None:
    result = value_of(text)
    assert (type(result), result) == (type(meaning), meaning)


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "=", "!="])
def test_a_one_sided_interval_keeps_its_comparison(sign: str) -> None:
    interval = value_of(f"({sign} 5)")
    assert isinstance(interval, Range)
    assert interval.sign == sign
