"""The page about expressions says what is so."""

import re
from datetime import date
from pathlib import Path

import pytest

from engine.feel import compile_expression, compile_template
from tests.unit.feel.world import ENV, value_of

PAGE = (Path(__file__).parents[3] / "docs" / "feel.md").read_text(encoding="utf-8")
CASE = {
    "amount": 150,
    "digits": "150",
    "who": "li",
    "list": ["a", "b"],
    "order": {"id": "7"},
    "case": {"number": "2026-7"},
    "day": date(2026, 11, 23),
}


def rows(heading: str) -> list[tuple[str, str]]:
    """The rows of all tables with this first heading."""
    found: list[tuple[str, str]] = []
    inside = False
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        inside = line.startswith("|") and (inside or cells[0] == heading)
        if inside and cells[0] not in (heading, "---", "--- | ---") and not set(line) <= set("|- "):
            found.append((cells[0], cells[1]))
    return found


@pytest.mark.parametrize(("expression", "result"), rows("Expression"))
def test_an_expression_has_the_result_on_the_page(expression: str, result: str) -> None:
    assert value_of(expression.strip("`")) == value_of(result.strip("`"))


@pytest.mark.parametrize(("camunda", "feel"), rows("Camunda 7"))
def test_a_placeholder_means_the_feel_beside_it(camunda: str, feel: str) -> None:
    meant = compile_expression(feel.strip("`"))(CASE, ENV)
    for text in re.findall(r"`([^`]+)`", camunda):
        value = compile_template(text)(CASE, ENV)
        assert (type(value), value) == (type(meant), meant)


def test_the_tables_were_found() -> None:
    assert (len(rows("Expression")), len(rows("Camunda 7"))) == (31, 25)
