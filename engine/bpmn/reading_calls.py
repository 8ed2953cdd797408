"""Read what a call activity calls and which variables go over."""

from dataclasses import dataclass, field

from engine.bpmn import xml
from engine.bpmn.facets import Call
from engine.bpmn.problems import Problems
from engine.feel import Expression, compile_expression

_BINDINGS = {"latest", "deployment", "versionTag"}


@dataclass(kw_only=True)
class _Carried:
    """What `camunda:in` or `camunda:out` name; `own`: the targets, or everything, of the local scope only."""

    values: dict[str, Expression] = field(default_factory=dict)
    everything: bool = False
    own: set[str] = field(default_factory=set)


def read_call(node: xml.Node, problems: Problems) -> Call | None:
    """None when the element calls nothing."""
    if xml.tag(node) != "callActivity":
        return None
    called = (node.get("calledElement") or "").strip()
    _refuse_case(node, problems)
    if not called:
        problems.error("call.target", "调用活动没有被调用的流程。 Nothing is called.", node)
        return None
    computed = called.startswith("=") or "${" in called or "#{" in called
    given, back = _carried(node, "in", problems), _carried(node, "out", problems)
    return Call(
        process="" if computed else called.rpartition(":")[2],
        choose=problems.template(called, node) if computed else None,
        version_tag=_version_tag(node, problems),
        inputs=given.values,
        outputs=back.values,
        everything_in=given.everything,
        everything_out=back.everything,
        own_in="*" in given.own,
        own_out=frozenset(back.own),
    )


def _refuse_case(node: xml.Node, problems: Problems) -> None:
    if xml.camunda(node, "caseRef") is not None:
        problems.error("call.case", "不支持调用 CMMN 案例。 CMMN cases do not run here.", node)
    for name in ("variableMappingClass", "variableMappingDelegateExpression"):
        if xml.camunda(node, name) is not None:
            problems.error(
                "extension.java",
                f"camunda:{name} 是 Java 代码，不在此运行。 It is Java code, which does not run here.",
                node,
                hint="改用 camunda:in 和 camunda:out。 Use camunda:in and camunda:out.",
            )


def _version_tag(node: xml.Node, problems: Problems) -> str | None:
    """The tag that the called version must have. A case stays with one deployed set, so no number can be chosen."""
    binding = xml.camunda(node, "calledElementBinding") or "latest"
    if binding == "versionTag":
        tag = xml.camunda(node, "calledElementVersionTag")
        if not tag:
            problems.error("call.version", "没有 calledElementVersionTag。 The version tag is missing.", node)
        return tag
    if binding not in _BINDINGS:
        problems.error(
            "call.version",
            "案件始终使用同一次部署里的流程，不能按版本号调用。 A case calls processes of its own deployment only, "
            "not a version by number.",
            node,
            hint='用 calledElementBinding="deployment" 或 "versionTag"。 Bind to the deployment or a version tag.',
        )
    return None


def _carried(node: xml.Node, tag: str, problems: Problems) -> _Carried:
    elements = xml.child(node, "extensionElements")
    found = _Carried()
    for carried in [] if elements is None else xml.children(elements, tag, xml.CAMUNDA):
        local = xml.flag(carried.get("local"))
        if carried.get("variables") == "all":
            found.everything = True
            if local:
                found.own.add("*")
            continue
        if carried.get("businessKey"):
            _check_business_key(str(carried.get("businessKey")), node, problems)
            continue
        source, formula, target = carried.get("source"), carried.get("sourceExpression"), carried.get("target")
        value = problems.expression(formula, node)
        if source and not formula:
            value = problems.compiled(lambda text: compile_expression(text, (text,)), source.strip(), node)
        if not target or value is None:
            problems.error("call.mapping", f"camunda:{tag} 不完整。 The mapping is incomplete.", node)
            continue
        found.values[target] = value
        if local:
            found.own.add(target)
    return found


def _check_business_key(text: str, node: xml.Node, problems: Problems) -> None:
    """The called process runs inside the same case, so it has the case's number already."""
    if "processBusinessKey" in text or "case.number" in text or "execution.businessKey" in text:
        return
    problems.warning(
        "call.business_key",
        "被调用的流程属于同一案件，案号不变，businessKey 不起作用。 The called process has the number of its case.",
        node,
        hint="需要时用 camunda:in 传变量。 Pass a variable instead.",
    )
