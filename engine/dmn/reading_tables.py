"""Read the decision tables of .dmn files."""

from collections.abc import Callable, Collection
from typing import TypeAlias

from engine.dmn.decision_table import DecisionTable
from engine.dmn.tables import compile_decision_table
from engine.dmn.types import Type
from engine.feel import FeelError, compile_expression, compile_unary_tests
from engine.feel.brackets import Types
from engine.xml import document as xml
from engine.xml.problems import Problems

Compile: TypeAlias = Callable[[str, Collection[str], Types], object]

_CELLS: dict[str, Compile] = {"inputEntry": compile_unary_tests, "outputEntry": compile_expression}
_PARTS: dict[str, dict[str, Compile]] = {
    "input": {"inputExpression": compile_expression, "inputValues": compile_unary_tests},
    "output": {"outputValues": compile_unary_tests, "defaultOutputEntry": compile_expression},
}
CAMUNDA = "http://camunda.org/schema/1.0/dmn"


def read_table(
    node: xml.Node,
    names: frozenset[str],
    types: Callable[[str | None, xml.Node], Type],
    named: Types,
    problems: Problems,
) -> DecisionTable | None:
    """The table, or None and problems. The orientation is a matter of drawing: a crosstab is stored as rules too."""
    outputs = xml.every(node, "output")
    try:
        return compile_decision_table(
            hit_policy=node.get("hitPolicy") or "UNIQUE",
            aggregation=node.get("aggregation") or "",
            inputs=[_input(column) for column in xml.every(node, "input")],
            outputs=[_output(column) for column in outputs],
            rules=[
                (
                    [text_of(cell) or "-" for cell in xml.every(rule, "inputEntry")],
                    [text_of(cell) for cell in xml.every(rule, "outputEntry")],
                )
                for rule in xml.every(node, "rule")
            ],
            names=names,
            types=named,
            output_types=[types(xml.attribute(column, "typeRef"), column) for column in outputs],
        )
    except FeelError:
        _tell_cells(node, names, named, problems)
    except ValueError as error:
        problems.error("dmn.table", f"决策表不成立: {error}。 The table is not valid.", node)
    return None


def _tell_cells(node: xml.Node, names: frozenset[str], named: Types, problems: Problems) -> None:
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
        text = text_of(cell)
        if cell is None or text in ("", "-"):
            continue
        try:
            compile_(text, names, named)
        except FeelError as error:
            problems.error("expression.syntax", f"{where}: {text[:120]} —— {error}。 The cell does not compile.", cell)
    for number, column in enumerate(xml.every(node, "input"), 1):
        if not text_of(xml.first(column, "inputExpression")):
            problems.error("dmn.input", f"第 {number} 列没有输入表达式。 Column {number} has no expression.", column)


def _input(column: xml.Node) -> dict[str, str]:
    expression = text_of(xml.first(column, "inputExpression"))
    return {
        "expression": expression,
        "label": column.get("label") or expression,
        "variable": column.get(f"{{{CAMUNDA}}}inputVariable") or "",
        "values": text_of(xml.first(column, "inputValues")),
    }


def _output(column: xml.Node) -> dict[str, str]:
    return {
        "name": column.get("name") or "",
        "values": text_of(xml.first(column, "outputValues")),
        "default": text_of(xml.first(column, "defaultOutputEntry")),
    }


def text_of(node: xml.Node | None) -> str:
    """The text of a cell or expression; it stands in a `text` element."""
    return "" if node is None else xml.text(xml.first(node, "text"))
