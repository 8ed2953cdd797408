"""Cells of decision tables."""

from typing import Any

import pytest

from engine.feel import FeelSyntaxError, compile_unary_tests
from tests.unit.feel.world import ENV

CELLS: list[tuple[str, Any, bool]] = [
    ("-", None, True),
    ("5", 5, True),
    ('"a", "b"', "b", True),
    ('"a", "b"', "c", False),
    ('not("a", "b")', "c", True),
    ('not("a", "b")', "a", False),
    ("not(> 5)", 5, True),
    ("> 5", 6, True),
    ("> 5", "6", False),
    ("<= limit", 10, True),
    ("[1..5]", 5, True),
    ("[1..5)", 5, False),
    ("]1..5[", 1, False),
    ("< 1, [5..6], 9", 9, True),
    ("null", None, True),
    ("null", 0, False),
    ("true", True, True),
    ("true", False, False),
    ("false", False, True),
    ('date("2026-11-23")', None, False),
    ("[1, 2, 3]", 2, True),
    ("allowed", "x", True),
    ("? > 5 and ? < 9", 7, True),
    ('starts with(?, "Shang")', "Shanghai", True),
    ("limit > 5", "anything", True),
    ("limit > 50", "anything", False),
    ("flag", None, False),
    ("-5", -5, True),
    ("=5", 5, True),
    ("!=5", 5, False),
    ("not(flag) and ? > 5", 7, False),
]


@pytest.mark.parametrize(("cell", "value", "holds"), CELLS)
def test_a_cell_accepts_a_value(cell: str, value: Any, holds: bool) -> None:
    context = {"limit": 10, "allowed": ["x", "y"], "flag": True}
    assert compile_unary_tests(cell)(value, context, ENV) is holds


@pytest.mark.parametrize("cell", ["", ">", "1,", "not(1", "1..2"])
def test_a_broken_cell_is_refused(cell: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(cell)


def test_a_cell_knows_its_variables_but_not_its_input() -> None:
    assert compile_unary_tests("? > limit, [low..high]").names == frozenset({"limit", "low", "high"})
