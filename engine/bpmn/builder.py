"""Build the library's process specs from a diagram; shared by all cases, never changed afterwards."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

from engine.bpmn import activities, compensation, events, joins, multi_instance, nodes, throwing, waiting
from engine.bpmn.diagram import Block, Element, Process, repeated_blocks
from engine.bpmn.nodes import Node, kept_place, part_place, place
from engine.bpmn.undoing import undone_blocks
from engine.dmn.nodes import Decidable

_PLAIN: dict[str, type[Node]] = {
    "startEvent": nodes.Start,
    "task": nodes.Undefined,
    "manualTask": nodes.Manual,
    "userTask": activities.User,
    "scriptTask": activities.Script,
    "businessRuleTask": activities.BusinessRule,
    "serviceTask": activities.Service,
    "sendTask": activities.Service,
    "receiveTask": events.Catch,
    "subProcess": activities.SubProcess,
    "transaction": activities.SubProcess,
    "callActivity": activities.CalledProcess,
    "exclusiveGateway": joins.Exclusive,
    "parallelGateway": joins.Parallel,
    "inclusiveGateway": joins.Inclusive,
    "eventBasedGateway": joins.EventBased,
    "intermediateCatchEvent": events.Catch,
    "intermediateThrowEvent": throwing.Throw,
    "endEvent": throwing.End,
    "boundaryEvent": events.Boundary,
}
_UNDOING: dict[tuple[str, str], type[Node]] = {
    ("intermediateThrowEvent", "compensation"): compensation.Compensate,
    ("endEvent", "compensation"): compensation.CompensateEnd,
    ("endEvent", "cancel"): compensation.CancelEnd,
}
_LOOPS: dict[str, type[Node]] = {
    "parallel": multi_instance.ParallelMultiInstance,
    "sequential": multi_instance.SequentialMultiInstance,
    "standard": multi_instance.StandardLoop,
}

Places = tuple[tuple[str, dict[str, Any]], ...]


class BlockSpec(BpmnProcessSpec):
    """The inside of a process or sub-process.

    `firsts`: where it begins when it is not told where; `starts`: where it begins and what the tokens there know, by
    the id of a start event; `watchers`: starts of event sub-processes; `undoer`: the event sub-process
    that undoes the block.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.firsts: tuple[str, ...] = ()
        self.starts: Mapping[str, Places] = {}
        self.watchers: tuple[str, ...] = ()
        self.undoer = ""
        self.inclusive_joins = False


def block_name(process_id: str, block_id: str) -> str:
    """Ids are unique within a file only; two files may both have an `Activity_1`."""
    return process_id if process_id == block_id else f"{process_id}/{block_id}"


def build(process: Process, decisions: Mapping[str, Decidable]) -> dict[str, BlockSpec]:
    """The specs of the process and its sub-processes by name."""
    undone, repeated = undone_blocks(process), {block_name(process.id, block) for block in repeated_blocks(process)}
    specs = {
        block_name(process.id, block.id): _block(process.id, block, decisions, block.id in undone)
        for block in process.blocks()
    }
    for spec in specs.values():
        for node in spec.task_specs.values():
            if isinstance(node, Node):
                node.counted = node.item or spec.name in repeated
    return specs


def _block(process_id: str, block: Block, decisions: Mapping[str, Decidable], undone: bool) -> BlockSpec:
    spec = BlockSpec(block_name(process_id, block.id))
    for element in block.elements.values():
        _element(spec, process_id, block, element, decisions, undone)
    for flow in block.flows:
        source, target = (spec.task_specs[place(end)] for end in (flow.source, flow.target))
        # Plain: the library's gateways would keep conditions of their own.
        BpmnTaskSpec.connect(source, target)
    spec.firsts = tuple(place(element.id) for element in block.firsts())
    spec.starts = _starts(process_id, block)
    spec.watchers = tuple(place(start.id) for _, start in _handlers(block) if not _undoes(start))
    spec.undoer = next((place(element.id) for element, start in _handlers(block) if _undoes(start)), "")
    spec.inclusive_joins = any(isinstance(node, joins.Inclusive) and node.joins for node in spec.task_specs.values())
    for node in spec.task_specs.values():
        if isinstance(node, joins.Inclusive):
            _ = node.reach  # computed now, so that threads only ever read
    return spec


def _starts(process_id: str, block: Block) -> dict[str, Places]:
    found: dict[str, Places] = {start.id: ((place(start.id), {}),) for start in block.starts()}
    if block.id != process_id:
        return found
    implicit = block.implicit_starts()
    if implicit:
        found[process_id] = tuple((place(element.id), {}) for element in implicit)
    for element in block.instantiating():
        if element.type == "receiveTask":
            found[element.id] = ((place(element.id), {"begun": 1}),)
        for flow in block.outgoing(element.id) if element.type == "eventBasedGateway" else ():
            found[flow.target] = ((place(element.id), {"begun": flow.target}),)
    return found


def _element(
    spec: BlockSpec, process_id: str, block: Block, element: Element, decisions: Mapping[str, Decidable], undone: bool
) -> None:
    if element.id in block.undoing:
        (handler,) = block.undoing[element.id]
        compensation.Undo(spec, place(element.id), element=element, handler=handler)
        return
    own: dict[str, Any] = _arguments(process_id, element, decisions)
    if undone:
        own["undone_by"] = _undone_by(spec, block, element)
    around: dict[str, Any] = {
        "element": element,
        "outgoing": block.outgoing(element.id),
        "incoming": block.incoming(element.id),
        "boundaries": [place(e.id) for e in block.boundaries(element.id) if e.id not in block.undoing],
    }
    kind = _kind(element)
    if element.type != "startEvent":
        _parts(spec, element)
    if element.loop is None:
        kind(spec, place(element.id), **around, **own)
    else:
        item = place(element.id, item=True)
        loop: dict[str, Any] = {"task_spec": item}
        if element.loop.kind == "standard":
            loop.update(maximum=element.loop.maximum, condition=None, test_before=element.loop.test_before)
        _LOOPS[element.loop.kind](spec, place(element.id), **around, **loop)
        kind(spec, item, element=element, item=True, **own)
    if element.event_sub_process and element.block is not None:
        for start in (start for start in element.block.starts() if not _undoes(start)):
            events.Watcher(spec, place(start.id), element=start, handler=element.id)
            _parts(spec, start)


def _undone_by(spec: BlockSpec, block: Block, element: Element) -> str | None:
    """Where the completed element leaves its dormant token: at its compensation event, else as what was done inside."""
    if element.for_compensation:
        return None
    event = next((event for event in block.boundaries(element.id) if event.id in block.undoing), None)
    if event is not None:
        return place(event.id)
    starts = [] if element.block is None else element.block.starts()
    if element.block is None or not element.block.can_be_undone or (element.event_sub_process and _undoes(starts[0])):
        return None
    compensation.Kept(spec, kept_place(element.id), element=element)
    return kept_place(element.id)


def _undoes(start: Element) -> bool:
    return start.trigger is not None and start.trigger.kind == "compensation"


def _parts(spec: BlockSpec, element: Element) -> None:
    """An event with several triggers waits with a token for each of them."""
    if element.trigger is None or element.type.endswith(("endEvent", "ThrowEvent")):
        return
    for index, trigger in enumerate(element.trigger.parts):
        name = part_place(element.id, index)
        waiting.Part(spec, name, element=element, trigger=trigger, watches=element.type == "startEvent")


def _kind(element: Element) -> type[Node]:
    if element.formula is not None:
        return activities.Computation
    if element.work is not None:
        return throwing.MessageThrow if element.type.endswith("Event") else activities.Service
    thrower = None if element.trigger is None else _UNDOING.get((element.type, element.trigger.kind))
    if thrower is not None:
        return thrower
    if element.type == "sendTask":
        return throwing.Send
    if element.trigger is not None and element.trigger.kind == "link":
        return throwing.Throw  # the reader made a flow of the link; both ends only mark a place
    return _PLAIN[element.type]


def _arguments(process_id: str, element: Element, decisions: Mapping[str, Decidable]) -> dict[str, Any]:
    """What the library's class wants beside the name."""
    if element.rule is not None:
        return {"decision": decisions[element.rule.decision]}
    if element.block is not None:
        return {"subworkflow_spec": block_name(process_id, element.block.id)}
    if element.call is not None:
        return {"subworkflow_spec": element.call.process}
    return {}


def _handlers(block: Block) -> list[tuple[Element, Element]]:
    """Event sub-processes of a level with their start events."""
    return [
        (element, start)
        for element in block.elements.values()
        if element.event_sub_process and element.block is not None
        for start in element.block.starts()
    ]
