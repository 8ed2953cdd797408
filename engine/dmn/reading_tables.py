"""Read the decision tables of .dmn files."""

from collections.abc import Callable, Collection
from typing import TypeAlias

from engine.dmn.decision_table import DecisionTable
from engine.dmn.languages import FEEL, JUEL, compile_written, is_run, text_of, written
from engine.dmn.tables import compile_decision_table
from engine.dmn.types import Type
from engine.feel import FeelError, compile_unary_tests
from engine.feel.brackets import Types
from engine.xml import document as xml
from engine.xml.problems import Problems

Compile: TypeAlias = Callable[[str, Collection[str], Types], object]

_CELLS: dict[str, Compile] = {"inputEntry": compile_unary_tests, "outputEntry": compile_written}
_PARTS: dict[str, dict[str, Compile]] = {
    "input": {"inputExpression": compile_written, "inputValues": compile_unary_tests},
    "output": {"outputValues": compile_unary_tests, "defaultOutputEntry": compile_written},
}
CAMUNDA = "http://camunda.org/schema/1.0/dmn"


def read_table(
    node: xml.Node,
    names: frozenset[str],
    types: Callable[[str | None, xml.Node], Type],
    named: Types,
    language: str,
    problems: Problems,
) -> DecisionTable | None:
    """The table, or None and problems. The orientation is a matter of drawing: a crosstab is stored as rules too.

    `named`: types that cells may name; `language`: of expressions that name none.
    """
    if not _all_run(node, language, problems):
        return None
    outputs = xml.every(node, "output")
    try:
        return compile_decision_table(
            hit_policy=node.get("hitPolicy") or "UNIQUE",
            aggregation=node.get("aggregation") or "",
            inputs=[_input(column, language) for column in xml.every(node, "input")],
            outputs=[_output(column, language) for column in outputs],
            rules=[
                (
                    [text_of(cell) or "-" for cell in xml.every(rule, "inputEntry")],
                    [written(cell, language) for cell in xml.every(rule, "outputEntry")],
                )
                for rule in xml.every(node, "rule")
            ],
            names=names,
            types=named,
            output_types=[types(xml.attribute(column, "typeRef"), column) for column in outputs],
        )
    except FeelError:
        _tell_cells(node, names, named, language, problems)
    except ValueError as error:
        problems.error("dmn.table", f"决策表不成立: {error}。 The table is not valid.", node)
    return None


def _all_run(node: xml.Node, language: str, problems: Problems) -> bool:
    """Whether all cells are in languages that run here; tests of inputs are FEEL even where expressions are not."""
    return all(
        [
            is_run(cell, "" if tag == "inputEntry" else language, problems, known=known)
            for tag, known in (("inputEntry", (FEEL,)), ("outputEntry", (FEEL, JUEL)))
            for rule in xml.every(node, "rule")
            for cell in xml.every(rule, tag)
        ]
        + [is_run(xml.first(column, "inputExpression"), language, problems) for column in xml.every(node, "input")]
    )


def _tell_cells(node: xml.Node, names: frozenset[str], named: Types, language: str, problems: Problems) -> None:
    """A problem for every cell that does not compile."""
    texts = [
        (f"第 {number} 列 column {number}", xml.first(column, part), compile_)
        for tag, parts in _PARTS.items()
        for number, column in enumerate(xml.every(node, tag), 1)
        for part, compile_ in parts.items()
    ] + [
        (f"第 {number} 条规则 rule {number}", cell, compile_)
        for number, rule in enumerate(xml.every(node, "rule"), 1)
        for tag, compile_ in _CELLS.items()
        for cell in xml.every(rule, tag)
    ]
    for where, cell, compile_ in texts:
        text = text_of(cell) if compile_ is compile_unary_tests else written(cell, language)
        if cell is None or text in ("", "-"):
            continue
        try:
            compile_(text, names, named)
        except FeelError as error:
            problems.error("expression.syntax", f"{where}: {text[:120]} —— {error}。 The cell does not compile.", cell)
    for number, column in enumerate(xml.every(node, "input"), 1):
        if not text_of(xml.first(column, "inputExpression")):
            problems.error("dmn.input", f"第 {number} 列没有输入表达式。 Column {number} has no expression.", column)


def _input(column: xml.Node, language: str) -> dict[str, str]:
    expression = written(xml.first(column, "inputExpression"), language)
    return {
        "expression": expression,
        "label": column.get("label") or expression,
        "variable": column.get(f"{{{CAMUNDA}}}inputVariable") or "",
        "values": text_of(xml.first(column, "inputValues")),
    }


def _output(column: xml.Node, language: str) -> dict[str, str]:
    return {
        "name": column.get("name") or "",
        "values": text_of(xml.first(column, "outputValues")),
        "default": written(xml.first(column, "defaultOutputEntry"), language),
    }
