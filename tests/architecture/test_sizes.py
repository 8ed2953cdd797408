"""A module is read in one sitting, a function on one screen. There is no list of exceptions."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE_LINES = 300
FUNCTION_LINES = 60
# Built, fetched, or a record that is never edited again (revisions of the database).
NOT_WRITTEN = {"node_modules", "dist", "versions"}
# Installed, built, or written by a program and never changed again (a migration is the record of one day's schema).
NOT_READ = {"node_modules", "dist", "versions"}
SOURCES = ("engine", "web", "workflows", "rongcuo")


def _modules(*suffixes: str) -> Iterator[Path]:
    for package in SOURCES:
        for path in (ROOT / package).rglob("*"):
            if path.suffix in suffixes and not NOT_WRITTEN & set(path.parts):
                yield path


def test_modules_fit_in_one_sitting() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in _modules(".py", ".ts", ".mjs")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES
    }

    assert too_long == {}


def test_functions_fit_on_one_screen() -> None:
    too_long = {
        f"{path.relative_to(ROOT)}: {node.name}": lines
        for path in _modules(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }

    assert too_long == {}
