"""Values in the files of the DMN TCK: read them from XML, compare them, write them for people."""

from decimal import Decimal

from engine.feel import Environment, compile_expression
from engine.feel.functions.conversion import write
from engine.feel.limits import Run
from engine.feel.values import Function, Value, equal, is_number, kind
from engine.xml import document as xml

TOLERANCE = Decimal("0.00000001")
"""The suite writes results that have no end with about ten digits."""
_READERS = {
    "date": "date(text)",
    "time": "time(text)",
    "dateTime": "date and time(text)",
    "duration": "duration(text)",
    "decimal": "number(text)",
    "double": "number(text)",
    "float": "number(text)",
    "integer": "number(text)",
    "int": "number(text)",
    "long": "number(text)",
}


class Unreadable(Exception):
    """A value of a test file that is none."""


def read_value(node: xml.Node, environment: Environment) -> Value:
    """What `value`, `component` elements or a `list` below the node stand for; nothing is null. Raises Unreadable."""
    components = xml.every(node, "component")
    if components:
        return {each.get("name") or "": read_value(each, environment) for each in components}
    items, value = xml.first(node, "list"), xml.first(node, "value")
    if items is not None:
        if xml.flag(items.get(f"{{{xml.XSI}}}nil")):
            return None
        return [read_value(each, environment) for each in xml.every(items, "item")]
    return None if value is None else _simple(value, environment)


def _simple(node: xml.Node, environment: Environment) -> Value:
    """A value by its xsi:type; one without a type is read by its look."""
    if xml.flag(node.get(f"{{{xml.XSI}}}nil")):
        return None
    written = "".join(str(part) for part in node.itertext())
    named = (node.get(f"{{{xml.XSI}}}type") or "").rpartition(":")[2]
    if named == "string":
        return written
    text = written.strip()
    if named == "boolean":
        return xml.flag(text)
    if named in _READERS:
        value = compile_expression(_READERS[named])({"text": text}, environment)
        if value is None:
            raise Unreadable(f"'{text}' is no {named}.")
        return value
    if text in ("true", "false"):
        return text == "true"
    number = compile_expression("number(text)")({"text": text}, environment)
    return text if number is None else number


def same(expected: Value, found: Value, environment: Environment) -> bool:
    """Equality of FEEL, with a tolerance for numbers."""
    if is_number(expected) and is_number(found):
        return abs(Decimal(expected) - Decimal(found)) <= TOLERANCE
    if kind(expected) == "list" and kind(found) == "list":
        return len(expected) == len(found) and all(
            same(one, other, environment) for one, other in zip(expected, found, strict=True)
        )
    if kind(expected) == "context" and kind(found) == "context":
        return expected.keys() == found.keys() and all(
            same(value, found[name], environment) for name, value in expected.items()
        )
    return equal(expected, found, Run(environment)) is True


def shown(value: Value, environment: Environment) -> str:
    """The value as FEEL writes it, cut where it is long."""
    if isinstance(value, Function):
        return "function"
    text = "null" if value is None else write(value, Run(environment))
    return f'"{text[:200]}"' if isinstance(value, str) else text[:200]
