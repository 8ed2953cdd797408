"""Read how often an activity repeats."""

from engine.bpmn import xml
from engine.bpmn.diagram import Loop
from engine.bpmn.problems import Problems


def read_loop(node: xml.Node, problems: Problems) -> Loop | None:
    """None when the activity does not repeat."""
    standard = xml.child(node, "standardLoopCharacteristics")
    if standard is not None:
        return _standard(standard, node, problems)
    multi = xml.child(node, "multiInstanceLoopCharacteristics")
    return None if multi is None else _multi(multi, node, problems)


def _standard(loop: xml.Node, node: xml.Node, problems: Problems) -> Loop | None:
    maximum = loop.get("loopMaximum")
    condition = problems.expression(xml.text(xml.child(loop, "loopCondition")), node)
    if condition is None and not (maximum or "").isdigit():
        problems.error(
            "loop.endless",
            "循环没有条件也没有上限。 The loop never ends.",
            node,
            hint="加上 loopCondition 或 loopMaximum。 Add a loopCondition or a loopMaximum.",
        )
        return None
    return Loop(
        kind="standard",
        condition=condition,
        maximum=int(maximum) if maximum and maximum.isdigit() else None,
        test_before=xml.flag(loop.get("testBefore")),
    )


def _multi(loop: xml.Node, node: xml.Node, problems: Problems) -> Loop | None:
    collection = xml.camunda(loop, "collection")
    cardinality = xml.text(xml.child(loop, "loopCardinality"))
    if not collection and not cardinality:
        problems.error(
            "loop.collection",
            "多实例没有集合也没有次数。 Nothing to repeat over.",
            node,
            hint='camunda:collection="…" camunda:elementVariable="…" 或 loopCardinality。 Or a loopCardinality.',
        )
        return None
    output, element = xml.own(loop, "outputCollection"), xml.own(loop, "outputElement")
    if bool(output) != bool(element):
        problems.error("loop.output", "outputCollection 与 outputElement 应同时给出。 Both or neither.", node)
    return Loop(
        kind="sequential" if xml.flag(loop.get("isSequential")) else "parallel",
        collection=problems.expression(collection, node),
        element_variable=xml.camunda(loop, "elementVariable"),
        cardinality=problems.expression(cardinality, node),
        completion=problems.expression(xml.text(xml.child(loop, "completionCondition")), node),
        output_collection=output,
        output_element=problems.expression(element, node),
    )
