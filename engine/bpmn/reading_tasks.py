"""Read what a task does: who, which script, which decision, which work outside."""

import re

from engine.bpmn import xml
from engine.bpmn.facets import Assignment, Formula, Rule, Work
from engine.bpmn.problems import Problems
from engine.bpmn.reading_mappings import refuse_language, script_expression
from engine.feel import Expression, Script, compile_assignment, compile_script

SHAPES = frozenset({"singleEntry", "singleResult", "collectEntries", "resultList"})
# What Camunda 7 knows for "run this Java code".
_JAVA = ("class", "delegateExpression")
_ROLES = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner"})
_ROLE_PART = re.compile(r"(user|group)\(([^()]*)\)")
_WORKERS = frozenset({"serviceTask", "sendTask", "businessRuleTask"})


def read_assignment(node: xml.Node, problems: Problems) -> Assignment | None:
    """Who may do a user task."""
    if xml.tag(node) != "userTask":
        return None

    def read(name: str) -> Expression | None:
        return problems.template(xml.camunda(node, name) or said.get(name), node)

    said = _resources(node, problems)
    return Assignment(
        assignee=read("assignee"),
        users=read("candidateUsers"),
        groups=read("candidateGroups"),
        due=read("dueDate"),
        priority=read("priority"),
    )


def _resources(node: xml.Node, problems: Problems) -> dict[str, str]:
    """What the roles of the standard say, by the camunda attribute that says the same."""
    found: dict[str, list[str]] = {}
    for role in node:
        if xml.tag(role) not in _ROLES:
            continue
        text = xml.text(xml.child(role, "resourceAssignmentExpression"))
        parts = _ROLE_PART.findall(text)
        if not text or (xml.tag(role) not in {"humanPerformer", "potentialOwner"}):
            problems.error(
                "task.resource",
                f"{xml.tag(role)} 没有说明由谁办理，不起作用。 The role names nobody by an expression.",
                node,
                hint="改用 camunda:assignee 或 camunda:candidateGroups。 Use camunda:assignee or candidateGroups.",
            )
        elif xml.tag(role) == "humanPerformer":
            found["assignee"] = [text]
        elif parts:
            for kind, name in parts:
                found.setdefault("candidateUsers" if kind == "user" else "candidateGroups", []).append(name.strip())
        else:
            found.setdefault("candidateGroups", []).append(text)
    return {name: ",".join(names) for name, names in found.items()}


def literal_groups(node: xml.Node) -> tuple[str, ...]:
    """Candidate groups that stand in the diagram as they are."""
    text = xml.camunda(node, "candidateGroups") or ""
    return () if text.startswith("=") or "${" in text or "#{" in text else xml.names(text)


def read_script(node: xml.Node, problems: Problems) -> Script | None:
    """The assignments of a script task; a script with a result variable is a formula instead."""
    if xml.tag(node) != "scriptTask" or xml.camunda(node, "resultVariable"):
        return None
    language, text = (node.get("scriptFormat") or "feel").lower(), xml.text(xml.child(node, "script"))
    if xml.camunda(node, "resource"):
        problems.error("script.resource", "脚本应写在图中。 The script must stand in the diagram.", node)
    elif language == "juel":
        problems.error(
            "script.result",
            "这个表达式的值没有去处。 Nothing takes the value of this expression.",
            node,
            hint="加上 camunda:resultVariable。 Add camunda:resultVariable.",
        )
    elif "feel" not in language:
        refuse_language(node, language, problems)
    elif not text:
        problems.error("script.empty", "脚本任务没有脚本。 The script task has no script.", node)
    else:
        return problems.compiled(compile_script, text, node)
    return None


def read_formula(node: xml.Node, problems: Problems) -> Formula | None:
    """One expression for one variable: a script task with a result variable, a service task with an expression."""
    result = xml.camunda(node, "resultVariable")
    if xml.tag(node) == "scriptTask" and result:
        text = xml.text(xml.child(node, "script"))
        if not text:
            problems.error("script.empty", "脚本任务没有脚本。 The script task has no script.", node)
        expression = script_expression(node, node.get("scriptFormat"), text, problems)
        return None if expression is None else Formula(expression=expression, result=result)
    formula = xml.camunda(node, "expression") if xml.tag(node) in _WORKERS else None
    if formula is None:
        return None
    if not result:
        assignment = problems.compiled(compile_assignment, formula, node)
        if assignment is not None:
            return Formula(expression=assignment[1], result=assignment[0])
        problems.error(
            "service.result",
            "表达式的值没有去处，部署后什么也不会做。 Nothing takes the value of camunda:expression.",
            node,
            hint="加上 camunda:resultVariable 或改为外部任务。 Add camunda:resultVariable or use an external task.",
        )
        return None
    value = problems.template(formula, node)
    return None if value is None else Formula(expression=value, result=result)


def read_rule(node: xml.Node, problems: Problems) -> Rule | None:
    """The decision of a business rule task."""
    if xml.tag(node) != "businessRuleTask" or _is_outside(node) or xml.camunda(node, "expression") is not None:
        return None
    decision, shape = xml.camunda(node, "decisionRef"), xml.camunda(node, "mapDecisionResult")
    if not decision:
        if not _refuse_java(node, problems):
            problems.error("rule.decision", "业务规则任务没有决策。 The task names no decision.", node)
        return None
    if shape is not None and shape not in SHAPES:
        problems.error("rule.shape", f"不认识的 mapDecisionResult: {shape}。 It is not known.", node)
    if decision.startswith("=") or "${" in decision or "#{" in decision:
        problems.error(
            "rule.computed",
            "决策的 id 应写在图中，不能由表达式算出。 The id of the decision must stand in the diagram.",
            node,
            hint="用网关分开，每条路径一个决策。 Use a gateway and one task for each decision.",
        )
        return None
    _check_binding(node, problems)
    return Rule(decision=decision, result=xml.camunda(node, "resultVariable"), shape=shape)


def _check_binding(node: xml.Node, problems: Problems) -> None:
    binding = xml.camunda(node, "decisionRefBinding") or "latest"
    if binding not in {"latest", "deployment"}:
        problems.error(
            "rule.version",
            "案件始终使用同一次部署里的决策。 A case uses the decisions of its own deployment only.",
            node,
            hint='用 camunda:decisionRefBinding="deployment"。 Bind to the deployment.',
        )


def read_work(node: xml.Node, problems: Problems) -> Work | None:
    """The topic of a service, send or business rule task, or of a message throw or end event."""
    source, kind = node, xml.tag(node)
    if kind in {"endEvent", "intermediateThrowEvent"}:
        message = xml.child(node, "messageEventDefinition")
        if message is None:
            return None
        source = message if xml.camunda(message, "topic") else node
    elif kind not in _WORKERS or xml.camunda(node, "expression") is not None:
        return None
    topic = xml.camunda(source, "topic")
    if topic is None and kind == "businessRuleTask":
        return None
    if topic is None and kind != "serviceTask" and _names_message(node):
        return None  # the message goes to whatever case waits for it
    if xml.camunda(source, "type") == "external" and topic:
        return Work(topic=topic, errors=_errors(node, problems))
    if not _refuse_java(source, problems):
        problems.error(
            "service.topic",
            "没有外部任务主题，部署后什么也不会做。 Without an external topic it would do nothing.",
            node,
            hint='camunda:type="external" camunda:topic="…"',
        )
    return None


def _errors(node: xml.Node, problems: Problems) -> tuple[tuple[Expression, str], ...]:
    """`camunda:errorEventDefinition`: what comes back may mean an error."""
    elements, found = xml.child(node, "extensionElements"), []
    defined = {error.get("id"): error for error in xml.children(node.getroottree().getroot(), "error")}
    for definition in () if elements is None else xml.children(elements, "errorEventDefinition", xml.CAMUNDA):
        error = defined.get(definition.get("errorRef"))
        code = None if error is None else error.get("errorCode") or error.get("name")
        condition = problems.expression(definition.get("expression"), node)
        if condition is None or code is None:
            problems.error("service.error", "camunda:errorEventDefinition 缺少条件或错误代码。 It is incomplete.", node)
        elif "externalTask" in condition.names:
            problems.error(
                "service.error",
                "条件里的 externalTask 在此不可用。 The condition cannot ask for externalTask.",
                node,
                hint="由处理程序报告 BPMN 错误，或判断它交回的变量。 Let the worker report the BPMN error, "
                "or ask for a variable that it gives back.",
            )
        else:
            found.append((condition, code))
    return tuple(found)


def _is_outside(node: xml.Node) -> bool:
    return xml.camunda(node, "type") == "external"


def _names_message(node: xml.Node) -> bool:
    """Whether a send task, or a message throw or end event, says which message it sends."""
    definition = xml.child(node, "messageEventDefinition")
    return bool((node if definition is None else definition).get("messageRef"))


def _refuse_java(node: xml.Node, problems: Problems) -> bool:
    """Whether the work is Java code, which is said with what to do instead."""
    for name in _JAVA:
        code = xml.camunda(node, name)
        if code is not None:
            problems.error(
                "extension.java",
                f"camunda:{name}=“{code[:120]}” 是 Java 代码，不在此运行。 It is Java code, which does not run here.",
                node,
                hint='改为外部任务: camunda:type="external" camunda:topic="…"。 Make it an external task with a topic.',
            )
            return True
    if xml.extension(node, "connector") is not None:
        problems.error(
            "extension.java",
            "camunda:connector 不在此运行。 Connectors do not run here.",
            node,
            hint='改为外部任务: camunda:type="external" camunda:topic="…"。 Make it an external task with a topic.',
        )
        return True
    return False
