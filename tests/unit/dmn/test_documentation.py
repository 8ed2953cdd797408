"""docs/decisions.md: what its tables say is so."""

import re
from pathlib import Path

import pytest

from engine.bpmn.deployment import lint
from engine.dmn.hints import HINTS
from tests.unit.dmn.drawing import decision, decision_of, definitions, input_data, item, literal, model, table
from tests.unit.feel.world import ENV, value_of

PAGE = (Path(__file__).parents[3] / "docs" / "decisions.md").read_text(encoding="utf-8")


def rows_below(heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    part = PAGE.split(heading, 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip("`") for cell in row] for row in rows]


@pytest.mark.parametrize(("policy", "result"), rows_below("### Hit policies"))
def test_a_hit_policy_gives_what_the_page_says(policy: str, result: str) -> None:
    attributes = f'hitPolicy="{policy}"'
    if policy.startswith("COLLECT "):
        attributes = f'hitPolicy="COLLECT" aggregation="{policy.split()[1]}"'
    rules = [["> 0", '"low"'], ["> 10", '"high"'], ["> 20", '"low"']]
    made = model(decision("y", table(["x"], ["o"], *rules, attributes=attributes, values='"high", "low"')))
    assert decision_of(made, "y").evaluate({}, ENV, around={"x": 25}).value == value_of(result)


@pytest.mark.parametrize(("type_ref", "given", "becomes"), rows_below("### Types"))
def test_a_value_becomes_what_the_page_says(type_ref: str, given: str, becomes: str) -> None:
    escaped = type_ref.replace("<", "&lt;").replace(">", "&gt;")
    made = model(input_data("x", escaped), decision("y", literal("x"), "input:x"))
    assert decision_of(made, "y").evaluate({"x": value_of(given)}, ENV).value == value_of(becomes)


def test_every_problem_of_the_reader_is_on_the_page() -> None:
    sources = (Path(__file__).parents[3] / "engine" / "dmn").glob("*.py")
    keys = {key for path in sources for key in re.findall(r'"(dmn\.\w+)"', path.read_text(encoding="utf-8"))}
    listed = set(re.findall(r"`(dmn\.\w+)`", PAGE))
    assert keys - listed == {"dmn.root", "dmn.empty", "dmn.type_name"}


def test_every_problem_of_the_reader_comes_with_a_hint() -> None:
    circle = definitions(decision("a", literal("b +"), "b"), decision("b", "", "a"), item("t", "t"), item("", "number"))
    row = f'<relation><column name="a"/><row>{literal("1")}{literal("2")}</row></relation>'
    shapes = definitions(
        decision("c", table(["x"], ["o"], ["1", "1"], attributes='hitPolicy="BEST"')),
        decision("d", table([""], ["o"], ["1", "1"])),
        decision("e", row),
        decision("f", "<conditional/>"),
        decision("", literal("1")),
        decision("f", literal("1")),
        decision("g", literal("1"), type_ref="u"),
        item("t", "number"),
        item("t", "number"),
    )
    files = {"a.dmn": circle, "b.dmn": shapes, "c.dmn": definitions(), "d.dmn": b"<other/>"}
    found = lint(files, form_ids=(), groups=None)
    assert {problem.key for problem in found} >= set(HINTS) - {"dmn.root"}
    assert [problem.key for problem in found if not problem.hint] == []
