"""Read how often an activity repeats."""

import re

from engine.bpmn import xml
from engine.bpmn.facets import Loop
from engine.bpmn.problems import Problems
from engine.bpmn.reading_events import Definitions

_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def read_loop(node: xml.Node, problems: Problems, definitions: Definitions) -> Loop | None:
    """None when the activity does not repeat."""
    standard = xml.child(node, "standardLoopCharacteristics")
    if standard is not None:
        return _standard(standard, node, problems)
    multi = xml.child(node, "multiInstanceLoopCharacteristics")
    return None if multi is None else _multi(multi, node, problems, definitions)


def _standard(loop: xml.Node, node: xml.Node, problems: Problems) -> Loop | None:
    written = (loop.get("loopMaximum") or "").strip()
    maximum = int(written) if _NUMBER.fullmatch(written) else None
    condition = problems.expression(xml.text(xml.child(loop, "loopCondition")), node)
    if written and maximum is None:
        problems.error("loop.maximum", f"loopMaximum “{written[:40]}” 不是次数。 It is no number of times.", node)
    elif condition is None and maximum is None:
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
        maximum=maximum,
        test_before=xml.flag(loop.get("testBefore")),
    )


def _multi(loop: xml.Node, node: xml.Node, problems: Problems, definitions: Definitions) -> Loop | None:
    _refuse_behaviour(loop, node, problems)
    collection = xml.camunda(loop, "collection") or _data(loop, "loopDataInputRef", node, definitions)
    cardinality = xml.text(xml.child(loop, "loopCardinality"))
    if not collection and not cardinality:
        problems.error(
            "loop.collection",
            "多实例没有集合也没有次数。 Nothing to repeat over.",
            node,
            hint='camunda:collection="…" camunda:elementVariable="…" 或 loopCardinality。 Or a loopCardinality.',
        )
        return None
    output = xml.own(loop, "outputCollection") or _data(loop, "loopDataOutputRef", node, definitions)
    element = xml.own(loop, "outputElement") or _item(loop, "outputDataItem")
    if bool(output) != bool(element):
        problems.error(
            "loop.output", "结果集合与结果元素应同时给出。 Output collection and element: both or neither.", node
        )
    return Loop(
        kind="sequential" if xml.flag(loop.get("isSequential")) else "parallel",
        collection=problems.expression(collection, node),
        element_variable=xml.camunda(loop, "elementVariable") or _item(loop, "inputDataItem"),
        cardinality=problems.expression(cardinality, node),
        completion=problems.expression(xml.text(xml.child(loop, "completionCondition")), node),
        output_collection=output,
        output_element=problems.expression(element, node),
    )


def _refuse_behaviour(loop: xml.Node, node: xml.Node, problems: Problems) -> None:
    """`behavior` says when items throw events of their own; only All, which throws none, is run."""
    throws = [child for child in loop if xml.tag(child).endswith(("BehaviorDefinition", "BehaviorEventRef"))]
    named = [name for name in ("noneBehaviorEventRef", "oneBehaviorEventRef") if loop.get(name)]
    if throws or named or (loop.get("behavior") or "All") != "All":
        problems.error(
            "loop.behavior",
            "多实例的 behavior 只支持 All：各项完成时不抛出事件。 Only behavior=All is run: items throw no events.",
            node,
            hint="在活动里面用抛出事件。 Throw the event inside the activity.",
        )


def _data(loop: xml.Node, tag: str, node: xml.Node, definitions: Definitions) -> str | None:
    """The variable that a data reference of the standard means, by way of the data associations of the activity."""
    reference = xml.text(xml.child(loop, tag))
    if not reference:
        return None
    for kind, here, there in (("Input", "targetRef", "sourceRef"), ("Output", "sourceRef", "targetRef")):
        for association in xml.children(node, f"data{kind}Association"):
            if xml.text(xml.child(association, here)) == reference and xml.child(association, there) is not None:
                reference = xml.text(xml.child(association, there))
                return definitions.variable(reference)
    return definitions.variable(reference)


def _item(loop: xml.Node, tag: str) -> str | None:
    item = xml.child(loop, tag)
    return None if item is None else item.get("name") or item.get("id")
