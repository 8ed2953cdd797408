"""Report what Camunda 7 would do with an extension of an element and this engine does not."""

from engine.bpmn import xml
from engine.bpmn.problems import Problems

# Attributes that are read, each where it has a meaning.
RUN = frozenset(
    {
        "assignee",
        "calledElementBinding",
        "calledElementVersion",
        "calledElementVersionTag",
        "candidateGroups",
        "candidateStarterGroups",
        "candidateStarterUsers",
        "candidateUsers",
        "collection",
        "decisionRef",
        "decisionRefBinding",
        "decisionRefVersion",
        "decisionRefVersionTag",
        "dueDate",
        "elementVariable",
        "errorCodeVariable",
        "errorMessageVariable",
        "escalationCodeVariable",
        "expression",
        "formRef",
        "initiator",
        "isStartableInTasklist",
        "mapDecisionResult",
        "priority",
        "resultVariable",
        "topic",
        "type",
        "variableName",
        "versionTag",
    }
)
# Attributes that ask for what is always so here, or say nothing about what the process does: a step runs to the next
# wait in one transaction, work outside is tried again by the worker's own plan.
HARMLESS = frozenset(
    {
        "async",
        "asyncAfter",
        "asyncBefore",
        "diagramRelationId",
        "errorMessage",
        "exclusive",
        "failedJobRetryTimeCycle",
        "formRefBinding",
        "historyTimeToLive",
        "jobPriority",
        "modelerTemplate",
        "modelerTemplateIcon",
        "modelerTemplateVersion",
        "taskPriority",
    }
)
# Attributes without effect whose absence a reader of the diagram should know of.
NOTED = {
    "followUpDate": "待办列表不按跟进日期隐藏任务。 The work list does not hide a task until its follow-up date.",
    "calledElementTenantId": "本系统没有租户。 There are no tenants here.",
    "decisionRefTenantId": "本系统没有租户。 There are no tenants here.",
    "formRefVersion": "案件使用同一次部署里的表单。 A case uses the forms of its own deployment.",
}
_JAVA = frozenset({"class", "delegateExpression", "formHandlerClass", "variableMappingClass", "resource"})
_JAVA_HINT = 'camunda:type="external" camunda:topic="…"'
# Where the reader of that element has said it already.
_SAID = frozenset({"serviceTask", "sendTask", "businessRuleTask", "scriptTask", "callActivity"})
_REFUSED_ELSEWHERE = frozenset({"caseRef", "variableEvents", "variableMappingDelegateExpression"})
_READ_EXTENSIONS = frozenset(
    {"errorEventDefinition", "failedJobRetryTimeCycle", "formData", "in", "inputOutput", "out", "properties"}
)
_LISTENERS = frozenset({"executionListener", "taskListener"})


def report_unread(node: xml.Node, problems: Problems) -> None:
    """Every camunda attribute and extension element of the element that would have no effect."""
    prefix = f"{{{xml.CAMUNDA}}}"
    parts = [node, *(child for child in node if xml.tag(child).endswith(("Characteristics", "EventDefinition")))]
    for part in parts:
        for name in map(str, part.attrib):
            if name.startswith(prefix):
                _attribute(name.removeprefix(prefix), node, problems)
        elements = xml.child(part, "extensionElements")
        for child in () if elements is None else elements:
            if xml.namespace(child) == xml.CAMUNDA:
                _extension(child, node, problems)


def _attribute(name: str, node: xml.Node, problems: Problems) -> None:
    if name in RUN or name in HARMLESS:
        return
    if name == "formKey":
        _form_key(node, problems)
    elif name in NOTED:
        problems.warning("extension.noted", f"camunda:{name}: {NOTED[name]}", node)
    elif name in _JAVA:
        if xml.tag(node) not in _SAID and not xml.tag(node).endswith(("endEvent", "ThrowEvent")):
            problems.error(
                "extension.java",
                f"camunda:{name} 是 Java 代码，不在此运行。 It is Java code, which does not run here.",
                node,
                hint=_JAVA_HINT,
            )
    elif name not in _REFUSED_ELSEWHERE:
        problems.warning("extension.unknown", f"不认识的属性 camunda:{name}，不起作用。 It has no effect.", node)


def _form_key(node: xml.Node, problems: Problems) -> None:
    if xml.camunda(node, "formRef") is None:
        problems.warning(
            "form.key",
            f"formKey=“{xml.camunda(node, 'formKey')}” 的表单在别的系统里，任务没有表单也能办理。 "
            "The form lives elsewhere; the task runs without one.",
            node,
            hint="画一个表单，用 camunda:formRef 引用。 Draw a form and refer to it by camunda:formRef.",
        )


def _extension(child: xml.Node, node: xml.Node, problems: Problems) -> None:
    name = xml.tag(child)
    if name in _READ_EXTENSIONS:
        return
    if name == "connector":
        if xml.tag(node) not in _SAID:
            problems.error(
                "extension.java", "camunda:connector 不在此运行。 Connectors do not run here.", node, hint=_JAVA_HINT
            )
    elif name in _LISTENERS:
        problems.error(
            "extension.listener",
            f"camunda:{name} 不在此运行，部署后什么也不会做。 Listeners do not run here.",
            node,
            hint="改为此元素前后的脚本任务或输入输出映射。 Use a script task or a mapping before or after the element.",
        )
    elif name == "field":
        if xml.tag(node) not in _SAID:
            problems.error("extension.java", "camunda:field 只对 Java 类有用。 It is for Java classes only.", node)
    else:
        problems.error("extension.unread", f"camunda:{name} 不起作用。 It has no effect here.", node)
