"""The names of BPMN and of its extensions in XML, beside everything of engine.xml.document."""

from engine.xml.document import (
    XSI,
    Node,
    Refused,
    attribute,
    flag,
    line,
    names,
    namespace,
    parse,
    tag,
    text,
)

__all__ = [
    "BPMN",
    "CAMUNDA",
    "RONGCUO",
    "XSI",
    "Node",
    "Refused",
    "attribute",
    "camunda",
    "child",
    "children",
    "extension",
    "flag",
    "line",
    "names",
    "namespace",
    "own",
    "parse",
    "tag",
    "text",
]

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
RONGCUO = "https://rongcuo.cn/schema/1.0"


def child(node: Node, name: str, space: str = BPMN) -> Node | None:
    return node.find(f"{{{space}}}{name}")


def children(node: Node, name: str, space: str = BPMN) -> list[Node]:
    return node.findall(f"{{{space}}}{name}")


def extension(node: Node, name: str) -> Node | None:
    """A camunda element below `extensionElements`."""
    elements = child(node, "extensionElements")
    return None if elements is None else child(elements, name, CAMUNDA)


def camunda(node: Node, name: str) -> str | None:
    return attribute(node, f"{{{CAMUNDA}}}{name}")


def own(node: Node, name: str) -> str | None:
    """An attribute of our namespace."""
    return attribute(node, f"{{{RONGCUO}}}{name}")
