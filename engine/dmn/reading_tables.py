"""Read the decision tables of .dmn files."""

from collections.abc import Callable

from engine.dmn.decision_table import DecisionTable
from engine.dmn.tables import compile_decision_table
from engine.dmn.types import Type
from engine.feel import FeelError
from engine.xml import document as xml
from engine.xml.problems import Problems

CAMUNDA = "http://camunda.org/schema/1.0/dmn"


def read_table(
    node: xml.Node, names: frozenset[str], types: Callable[[str | None, xml.Node], Type], problems: Problems
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
            types=[types(xml.attribute(column, "typeRef"), column) for column in outputs],
        )
    except FeelError as error:
        problems.error("expression.syntax", f"决策表无法编译: {error}。 The table does not compile.", node)
    except ValueError as error:
        problems.error("dmn.table", f"决策表不成立: {error}。 The table is not valid.", node)
    return None


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
