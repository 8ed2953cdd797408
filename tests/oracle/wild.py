"""Graphs at random: nodes and flows of any kind, sound or not; only what a deployment refuses is left out."""

from collections import Counter

from tests.oracle.elements import Elements
from tests.oracle.model import Block, Flow
from tests.oracle.sketch import ACTIVITIES, GATEWAYS, Drawing, may_enter, spins


def wild(grower: Elements, depth: int) -> Block:
    """Nodes and flows at random; only what a deployment refuses is left out."""
    drawing = Drawing(grower.name, depth)
    drawing.add("start")
    for _ in range(2 + grower.chance.number(1 if grower.full else 6)):
        _node(grower, drawing)
    grower.handlers(drawing)
    _flows(grower, drawing)
    return _with_conditions(grower, drawing)


def _node(grower: Elements, drawing: Drawing) -> None:
    kinds = ["activity", "activity", "exclusive", "parallel"]
    kinds += ["inclusive", "inclusive"] if "inclusive" in grower.families else []
    kinds += ["throw", "end"] if "throws" in grower.families else []
    kinds += ["catch", "race"] if "catches" in grower.families else []
    kind = grower.one(kinds)
    if kind == "activity":
        grower.activity(drawing)
    elif kind == "throw":
        grower.throw(drawing)
    elif kind == "end":
        grower.end(drawing)
    elif kind == "catch":
        grower.catch(drawing)
    else:
        gateway = drawing.add(kind)
        for _ in range(2 if kind == "race" else 0):
            drawing.connect(gateway, grower.catch(drawing))


def _flows(grower: Elements, drawing: Drawing) -> None:
    leads = [node.id for node in drawing.nodes.values() if node.kind == "start"]
    for node in list(drawing.nodes.values()):
        if node.kind in {"start", "boundary"} or node.handler:
            continue
        if may_enter(drawing, node.id):
            drawing.connect(grower.one(leads), node.id)
        if node.kind not in {"end", "race"}:
            leads += [node.id] + [other.id for other in drawing.nodes.values() if other.host == node.id]
    targets = [node for node in drawing.nodes if may_enter(drawing, node)]
    for _ in range(grower.chance.number(5)):
        source, target = grower.one(leads), grower.one(targets)
        if not spins(drawing, source, target):
            drawing.connect(source, target)
    for node in list(drawing.nodes.values()):
        if node.kind in GATEWAYS and not any(flow.source == node.id for flow in drawing.flows):
            drawing.connect(node.id, drawing.add("end"))


def _with_conditions(grower: Elements, drawing: Drawing) -> Block:
    """Conditions where a gateway needs them and where an activity may have them."""
    counts = Counter(flow.source for flow in drawing.flows)
    defaults: set[str] = set()
    flows = []
    for flow in drawing.flows:
        node = drawing.nodes[flow.source]
        facts: dict[str, object] = {}
        chooses = node.kind in {"exclusive", "inclusive"} and counts[node.id] > 1
        if chooses or (node.kind in ACTIVITIES and grower.yes(25)):
            if node.id not in defaults and grower.yes(40):
                defaults.add(node.id)
                facts = {"default": True}
            else:
                facts = {"condition": grower.condition()}
        flows.append(Flow(id=flow.id, source=flow.source, target=flow.target, **facts))
    return Block(drawing.nodes, tuple(flows))
