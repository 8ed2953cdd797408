"""Names with spaces and signs, and what strings may hold."""

from typing import Any

import pytest

from engine.feel import FeelSyntaxError
from tests.unit.feel.world import value_of

NAMES: list[tuple[str, str]] = [
    ("Loan - Amount", "Loan - Amount + 1"),
    ("Loan - Amount", "Loan-Amount + 1"),
    ("Patient's age", "Patient's age + 1"),
    ("a+b", "a + b + 1"),
    ("net/gross", "net/gross + 1"),
    ("v1.2", "v1.2 + 1"),
    ("利 率", "利 率 + 1"),
    ("day of birth", "day of birth + 1"),
    ("Is it in order", "Is it in order + 1"),
    ("🐎", "🐎 + 1"),
    ("€ amount", "€ amount + 1"),
]


@pytest.mark.parametrize(("name", "text"), NAMES)
def test_a_name_is_found_however_it_is_made(name: str, text: str) -> None:
    assert value_of(text, {name: 1}, names=(name,)) == 2


def test_the_longest_name_wins() -> None:
    context = {"loan": 1, "loan amount": 2, "loan amount limit": 3}
    assert value_of("loan amount limit - loan amount - loan", context, names=tuple(context)) == 0


def test_a_name_that_a_context_gives_is_known_behind_it() -> None:
    assert value_of("{due date: 1, late fee's rate: due date + 1, r: late fee's rate * 10}.r") == 20


STRINGS: list[tuple[str, Any]] = [
    (r'"\uD83D\uDCA9"', "💩"),
    (r'string length("\ud83d\udc0e\uD83D\uDE00")', 2),
    (r'"\U01F40E"', "🐎"),
    (r'"\u5bb9"', "容"),
    ('{🐎: "bar"}', {"🐎": "bar"}),
    ('contains("🐎😀", "😀")', True),
]


@pytest.mark.parametrize(("text", "value"), STRINGS, ids=[text for text, _ in STRINGS])
def test_a_string_holds(text: str, value: Any) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize("text", [r'"\uD83D"', r'"\uDCA9\uD83D"', r'"\UFFFFFF"'])
def test_half_a_character_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError, match="is no character"):
        value_of(text)
