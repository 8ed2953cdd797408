"""Write a process of the oracle as a BPMN file."""

from tests.oracle.model import Block, Event, Flow, Loop, Node
from tests.unit.bpmn.drawing import HEAD, element, flow, process

SIGNALS = ("s1", "s2")
CODES = ("c1", "c2")
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "throw": "intermediateThrowEvent",
    "catch": "intermediateCatchEvent",
    "boundary": "boundaryEvent",
    "user": "userTask",
    "service": "serviceTask",
    "receive": "receiveTask",
    "script": "scriptTask",
    "pass": "task",
    "sub": "subProcess",
    "call": "callActivity",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "inclusive": "inclusiveGateway",
    "race": "eventBasedGateway",
}
CARRIED = '<extensionElements><camunda:in variables="all"/><camunda:out source="x" target="x"/></extensionElements>'


def picture(block: Block) -> bytes:
    """A file with the process `p` and every process that it calls."""
    nodes = list(block.all_nodes())
    known = "".join(f'<message id="message_{node.id}" name="{node.id}"/>' for node in nodes)
    known += "".join(f'<signal id="signal_{name}" name="{name}"/>' for name in SIGNALS)
    for code in CODES:
        known += f'<error id="error_{code}" name="{code}" errorCode="{code}"/>'
        known += f'<escalation id="escalation_{code}" name="{code}" escalationCode="{code}"/>'
    called = [process(_inside(node.inside), id=f"called_{node.id}") for node in nodes if node.kind == "call"]
    return f"{HEAD}{known}{process(_inside(block))}{''.join(called)}</definitions>".encode()


def _inside(block: Block) -> str:
    return "".join([_node(block, node) for node in block.nodes.values()] + [_flow(drawn) for drawn in block.flows])


def _flow(drawn: Flow) -> str:
    condition = None if drawn.condition is None else f"={drawn.condition}"
    return flow(drawn.source, drawn.target, condition, id=drawn.id)


def _node(block: Block, node: Node) -> str:
    inner = CARRIED if node.kind == "call" else ""
    inner += _trigger(node) + _loop(node.id, node.loop)
    if node.kind == "script":
        text = f"{node.counts} = {node.counts} + 1" if node.counts else f"x = {node.gives}"
        inner += f"<script>{text}</script>"
    if node.kind == "sub":
        inner += _inside(node.inside)
    default = {"default": drawn.id for drawn in block.outgoing[node.id] if drawn.default}  # noqa: B035  # at most one
    return element(TAGS[node.kind], node.id, inner, **default, **_attributes(node))


def _attributes(node: Node) -> dict[str, str]:
    interrupting = str(node.interrupting).lower()
    if node.handler:
        return {"triggeredByEvent": "true"}
    if node.kind == "start" and node.event is not None:
        return {"isInterrupting": interrupting}
    return {
        "user": {"camunda_candidateGroups": "clerks"},
        "service": {"camunda_type": "external", "camunda_topic": "work"},
        "receive": {"messageRef": f"message_{node.id}"},
        "call": {"calledElement": f"called_{node.id}"},
        "boundary": {"attachedToRef": node.host, "cancelActivity": interrupting},
    }.get(node.kind, {})


def _trigger(node: Node) -> str:
    event: Event | None = node.event
    if event is None or node.kind == "receive":
        return ""
    match event.kind:
        case "timer":
            # No two the same, so that none can stand in for another.
            text = f"R{event.times}/PT{len(node.id)}H" if event.times > 1 else f"PT{len(node.id)}H"
            tag = "timeCycle" if event.times > 1 else "timeDuration"
            return f"<timerEventDefinition><{tag}>{text}</{tag}></timerEventDefinition>"
        case "message":
            return f'<messageEventDefinition messageRef="message_{node.id}"/>'
        case "terminate":
            return "<terminateEventDefinition/>"
    reference = f' {event.kind}Ref="{event.kind}_{event.name}"' if event.name else ""
    return f"<{event.kind}EventDefinition{reference}/>"


def _loop(node_id: str, loop: Loop | None) -> str:
    if loop is None:
        return ""
    if loop.kind == "standard":
        condition = "" if loop.until is None else f"<loopCondition>{_escaped(str(loop.until))}</loopCondition>"
        attributes = f'loopMaximum="{loop.count}" testBefore="{str(loop.test_before).lower()}"'
        return f"<standardLoopCharacteristics {attributes}>{condition}</standardLoopCharacteristics>"
    attributes = f'isSequential="{str(loop.kind == "sequential").lower()}"'
    if loop.gather:
        attributes += f' rongcuo:outputCollection="r_{node_id}" rongcuo:outputElement="=x"'
    inner = f"<loopCardinality>{loop.count}</loopCardinality>"
    if loop.until is not None:
        inner += f"<completionCondition>={_escaped(str(loop.until))}</completionCondition>"
    return f"<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;")
