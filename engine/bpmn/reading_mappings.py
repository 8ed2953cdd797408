"""Read what an element maps: `camunda:inputOutput`, and the data associations of the standard."""

from engine.bpmn import xml
from engine.bpmn.facets import Mappings
from engine.bpmn.problems import Problems
from engine.feel import Expression

_JAVA = {"groovy", "javascript", "js", "ecmascript", "java", "python", "ruby", "jruby", "jython", "beanshell"}
# Where no activity begins or ends, nothing could be mapped.
_NEVER = frozenset({"startEvent", "boundaryEvent"})


def read_mappings(node: xml.Node, problems: Problems) -> Mappings | None:
    """Inputs and outputs in the order of the diagram, None when there are none."""
    _refuse_associations(node, problems)
    mapping = xml.extension(node, "inputOutput")
    if mapping is None or not len(mapping):
        return None
    kind = xml.tag(node)
    if kind in _NEVER or kind.endswith("Gateway") or xml.flag(node.get("triggeredByEvent")):
        problems.error(
            "mapping.place",
            "此处不能有输入输出映射，它不起作用。 Inputs and outputs are mapped at activities and waiting events only.",
            node,
            hint="把映射移到活动上。 Move the mapping to an activity.",
        )
        return None
    return Mappings(
        inputs=_parameters(mapping, "inputParameter", problems),
        outputs=_parameters(mapping, "outputParameter", problems),
    )


def script_expression(node: xml.Node, language: str | None, text: str, problems: Problems) -> Expression | None:
    """A script that is one expression: FEEL, or `${...}` as `juel`; other languages are refused."""
    wanted = (language or "feel").lower()
    if node.get("resource") or xml.camunda(node, "resource"):
        problems.error("script.resource", "脚本应写在图中。 The script must stand in the diagram.", node)
        return None
    if "feel" in wanted:
        return problems.expression(text, node)
    if wanted == "juel":
        return problems.template(text, node)
    refuse_language(node, wanted, problems)
    return None


def refuse_language(node: xml.Node, language: str, problems: Problems) -> None:
    reason = "Java 平台的脚本不在此运行" if language in _JAVA else f"不支持的脚本语言 {language}"
    problems.error(
        "script.language",
        f"{reason} ({language})。 Scripts in {language} do not run here, only FEEL.",
        node,
        hint='改用 scriptFormat="feel"，每行一个赋值：x = a + b。 Use scriptFormat="feel", one assignment a line.',
    )


def _parameters(mapping: xml.Node, tag: str, problems: Problems) -> dict[str, Expression]:
    found: dict[str, Expression] = {}
    for parameter in xml.children(mapping, tag, xml.CAMUNDA):
        name = parameter.get("name") or ""
        if not name:
            problems.error("mapping.name", "映射的参数没有名称。 A mapped parameter has no name.", parameter)
            continue
        value = _value(parameter, problems)
        if value is not None:
            found[name] = value
    return found


def _value(node: xml.Node, problems: Problems) -> Expression | None:
    """Text with `${}`, FEEL behind `=`, or one of camunda:list, camunda:map, camunda:script; empty: null."""
    inner = next((child for child in node if xml.namespace(child) == xml.CAMUNDA), None)
    if inner is None:
        if len(node):
            problems.error("mapping.value", "参数应为文本或 FEEL。 The parameter should be text or FEEL.", node)
            return None
        text = xml.text(node)
        return problems.template(text, node) if text else Expression("", frozenset(), lambda scope: None)
    match xml.tag(inner):
        case "list":
            return _list([_value_of_item(item, problems) for item in inner])
        case "map":
            return _map([(str(entry.get("key") or ""), _value(entry, problems)) for entry in inner])
        case "script":
            return script_expression(inner, inner.get("scriptFormat"), xml.text(inner), problems)
    problems.error("mapping.value", f"参数里不认识 {xml.tag(inner)}。 The parameter holds an unknown value.", node)
    return None


def _value_of_item(item: xml.Node, problems: Problems) -> Expression | None:
    if xml.tag(item) == "script":
        return script_expression(item, item.get("scriptFormat"), xml.text(item), problems)
    return _value(item, problems)


def _list(items: list[Expression | None]) -> Expression | None:
    known = [item for item in items if item is not None]
    if len(known) < len(items):
        return None
    names = frozenset(name for item in known for name in item.names)
    return Expression("camunda:list", names, lambda scope: [item.evaluate(scope) for item in known])


def _map(entries: list[tuple[str, Expression | None]]) -> Expression | None:
    known = [(key, value) for key, value in entries if value is not None]
    if len(known) < len(entries):
        return None
    names = frozenset(name for _, value in known for name in value.names)
    return Expression("camunda:map", names, lambda scope: {key: value.evaluate(scope) for key, value in known})


def _refuse_associations(node: xml.Node, problems: Problems) -> None:
    """Drawn data lines are pictures; one that says how to change the data would silently do nothing."""
    for tag in ("dataInputAssociation", "dataOutputAssociation"):
        for association in xml.children(node, tag):
            if xml.child(association, "assignment") is None and xml.child(association, "transformation") is None:
                continue
            problems.error(
                "data.association",
                f"{tag} 里的赋值或转换不起作用。 Its assignment or transformation would do nothing.",
                node,
                hint="改用 camunda:inputOutput。 Use camunda:inputOutput.",
            )
