"""The command `trace`: article by article, what carries it out and what shows it; names those that miss either."""

import argparse
import ast
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.services import article_trace
from engine.services.article_trace import ArticleTrace
from engine.services.runtime import Runtime
from rongcuo.settings import HOME
from rongcuo.tables import table

_HEAD = ("article", "title", "elements", "forms", "rules", "clocks", "tests")


def add_command(commands: Any) -> None:
    command = commands.add_parser(
        "trace",
        help="article, elements, forms, rules and tests; fails where an article with behaviour has none",
        description="Where each article is carried out in what is deployed here, and which tests show it. "
        "Exit status 1: an article with behaviour has no element or, where the source is there, no test.",
    )
    command.add_argument("--json", action="store_true", help="one JSON object with every element and test by name")


def run(runtime: Runtime, chosen: argparse.Namespace, *, tests: Path = HOME / "tests") -> int:
    found = article_trace.trace(runtime)
    shown = tests_by_article(tests) if tests.is_dir() else None
    problems = _problems(found, shown)
    text = _json(found, shown, problems) if chosen.json else table(_HEAD, [_row(one, shown) for one in found])
    sys.stdout.write(f"{text}\n")
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


def tests_by_article(folder: Path) -> dict[str, list[str]]:
    """Article number to tests that are marked with it, as pytest names them; nothing is imported."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        of_module = {number for node in tree.body if _is_pytestmark(node) for number in _numbers(node)}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                numbers = of_module | {number for mark in node.decorator_list for number in _numbers(mark)}
                for number in numbers:
                    found.setdefault(number, []).append(f"{path.relative_to(folder.parent).as_posix()}::{node.name}")
    return found


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    )


def _numbers(node: ast.AST) -> Iterator[str]:
    """The articles of every `pytest.mark.article(...)` inside, those of single parameters too."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.article":
            yield from (str(argument.value) for argument in call.args if isinstance(argument, ast.Constant))


def _problems(found: Sequence[ArticleTrace], tests: Mapping[str, list[str]] | None) -> list[str]:
    if not found:
        return ["目录里没有条款。 The catalogue holds no article."]
    problems: list[str] = []
    for one in found:
        number = one.article.number
        if one.missing:
            problems.append(f"第{number}条没有流程环节。 Article {number} has no element.")
        if one.article.behaviour and tests is not None and number not in tests:
            problems.append(f"第{number}条没有测试。 Article {number} has no test.")
    return problems


def _row(one: ArticleTrace, tests: Mapping[str, list[str]] | None) -> tuple[str, ...]:
    if not one.article.behaviour:
        return (one.article.number, one.article.title, "no behaviour", "", "", "", "")
    count = "?" if tests is None else str(len(tests.get(one.article.number, ())))
    elements = _few([place.element_id for place in one.places])
    said = [elements, *(_few(names) for names in (one.forms, one.rules, one.clocks)), count]
    return (one.article.number, one.article.title, *said)


def _few(names: Sequence[str], most: int = 3) -> str:
    """A table must fit a screen; --json tells them all."""
    return ", ".join(names[:most]) + (f" +{len(names) - most}" if len(names) > most else "")


def _json(found: Sequence[ArticleTrace], tests: Mapping[str, list[str]] | None, problems: list[str]) -> str:
    articles = [
        {
            "number": one.article.number,
            "title": one.article.title,
            "behaviour": one.article.behaviour,
            "elements": [
                {"process": place.process_id, "id": place.element_id, "name": place.name} for place in one.places
            ],
            "forms": one.forms,
            "rules": one.rules,
            "clocks": one.clocks,
            "tests": None if tests is None else tests.get(one.article.number, []),
        }
        for one in found
    ]
    return json.dumps({"articles": articles, "problems": problems}, ensure_ascii=False, indent=2)
