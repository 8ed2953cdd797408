"""Report kindly what an element says to another engine: Camunda 8, Flowable, Activiti."""

from collections.abc import Iterator

from engine.bpmn import xml
from engine.bpmn.camunda_attributes import HARMLESS
from engine.bpmn.problems import Problems

ZEEBE = "http://camunda.org/schema/zeebe/1.0"
# A task runs without these, as it does with the camunda attribute of that name.
_NOTES = frozenset({"formKey", "followUpDate", "skipExpression"})
_COUSINS = {
    "http://flowable.org/bpmn": "flowable",
    "http://activiti.org/bpmn": "activiti",
    "http://www.signavio.com/bpmn20/activiti": "activiti",
}
# What stands for an extension of Camunda 8 here.
_INSTEAD = {
    "assignmentDefinition": "camunda:assignee, camunda:candidateGroups",
    "calledDecision": "camunda:decisionRef, camunda:resultVariable",
    "calledElement": "calledElement, camunda:in, camunda:out",
    "executionListeners": "scriptTask",
    "formDefinition": "camunda:formRef",
    "ioMapping": "camunda:inputOutput",
    "loopCharacteristics": "camunda:collection, camunda:elementVariable",
    "priorityDefinition": "camunda:priority",
    "publishMessage": "messageRef",
    "script": '<script> scriptFormat="feel"',
    "subscription": "rongcuo:correlationKey",
    "taskDefinition": 'camunda:type="external" camunda:topic',
    "taskListeners": "scriptTask",
    "taskSchedule": "camunda:dueDate",
    "userTaskForm": "camunda:formRef",
}
# Marks and notes of Camunda 8 that change nothing.
_QUIET = frozenset({"userTask", "properties", "property", "versionTag", "taskHeaders", "header", "adHoc"})


def report_foreign(node: xml.Node, problems: Problems) -> None:
    """One problem for each other engine that the element speaks to."""
    told = list(_extensions(node))
    zeebe = sorted({xml.tag(child) for child in told if xml.namespace(child) == ZEEBE} - _QUIET)
    if zeebe:
        instead = "; ".join(f"zeebe:{name} → {_INSTEAD[name]}" for name in zeebe if name in _INSTEAD)
        problems.error(
            "foreign.zeebe",
            f"此图为 Camunda 8 所画，{_listed('zeebe', zeebe)} 不起作用。 It was drawn for Camunda 8, whose extensions "
            "are not executed.",
            node,
            hint=instead or None,
        )
    for space, prefix in _COUSINS.items():
        said = {name.rpartition("}")[2] for name in map(str, node.attrib) if name.startswith(f"{{{space}}}")}
        said |= {xml.tag(child) for child in told if xml.namespace(child) == space}
        names = sorted(said - HARMLESS)
        if names:
            report = problems.warning if _NOTES.issuperset(names) else problems.error
            report(
                "foreign.prefix",
                f"{_listed(prefix, names)} 不起作用。 Extensions of {prefix} are not executed.",
                node,
                hint="改用 camunda: 前缀: " + ", ".join(f"camunda:{name}" for name in names) + "。 Use these instead.",
            )


def _extensions(node: xml.Node) -> Iterator[xml.Node]:
    for part in (node, *(child for child in node if xml.tag(child).endswith(("Characteristics", "EventDefinition")))):
        elements = xml.child(part, "extensionElements")
        yield from () if elements is None else elements


def _listed(prefix: str, names: list[str]) -> str:
    return ", ".join(f"{prefix}:{name}" for name in names)
