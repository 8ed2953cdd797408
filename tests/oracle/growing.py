"""Grow random processes: blocks that a careful designer draws, and graphs that nobody should draw."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol, TypeVar

from tests.oracle.model import Block, Condition, Event, Flow, Loop, Node
from tests.oracle.picture import CODES, SIGNALS

T = TypeVar("T")
GATEWAYS = {"exclusive", "parallel", "inclusive", "race"}
WAITING = {"user", "service", "receive", "catch"}
ACTIVITIES = {"user", "service", "receive", "script", "pass", "sub", "call"}
FAMILIES = (
    "inclusive",
    "throws",
    "boundaries",
    "handlers",
    "repeats",
    "insides",
    "calls",
    "data",
    "services",
    "catches",
)
MOST_NODES = 14


class Chance(Protocol):
    """Where the decisions come from; zero is the simplest."""

    def number(self, most: int) -> int:
        """From 0 to `most`."""


class Drawing:
    """One level while it grows."""

    def __init__(self, grower: "Grower", depth: int) -> None:
        self.grower = grower
        self.depth = depth
        self.nodes: dict[str, Node] = {}
        self.flows: list[Flow] = []

    def block(self) -> Block:
        return Block(self.nodes, tuple(self.flows))

    def add(self, kind: str, **facts: object) -> str:
        node = Node(id=self.grower.name(kind), kind=kind, **facts)
        self.nodes[node.id] = node
        return node.id

    def connect(self, source: str, target: str, **facts: object) -> None:
        self.flows.append(Flow(id=f"{source}_{target}_{len(self.flows)}", source=source, target=target, **facts))


class Grower:
    """Some families of elements are left out of each process, so that the others meet more often."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self._names: Counter[str] = Counter()
        self.families = {family for family in FAMILIES if self.yes(40)}

    # -- decisions

    def yes(self, percent: int) -> bool:
        return self.chance.number(99) >= 100 - percent

    def one(self, options: Sequence[T]) -> T:
        return options[self.chance.number(len(options) - 1)]

    def has(self, family: str, percent: int) -> bool:
        return family in self.families and self.yes(percent)

    @property
    def full(self) -> bool:
        """Large enough: what is small is played often and found wrong quickly."""
        return self._names.total() > MOST_NODES

    def name(self, kind: str) -> str:
        self._names[kind] += 1
        return f"{kind}{self._names[kind]}"

    def condition(self, name: str = "x") -> Condition:
        return Condition(operator=self.one("<="), number=self.chance.number(3), name=name)

    # -- elements

    def activity(self, drawing: Drawing) -> str:
        kinds = ["user", "user"]
        if "services" in self.families:
            kinds += ["service", "receive"]
        if "data" in self.families:
            kinds += ["script", "pass"]
        room = drawing.depth > 0 and not self.full
        if room and "insides" in self.families:
            kinds += ["sub", "sub"]
        if room and "calls" in self.families:
            kinds.append("call")
        kind = self.one(kinds)
        facts: dict[str, object] = {}
        if kind == "script":
            facts |= {"gives": self.chance.number(3)} if self.yes(25) else {"counts": self.one(("n1", "n2"))}
        if kind == "receive":
            facts["event"] = Event(kind="message")
        if kind in {"sub", "call"}:
            facts["inside"] = self.level(drawing.depth - 1)
        if self.has("repeats", 35):
            facts["loop"] = self.loop()
        host = drawing.add(kind, **facts)
        if "boundaries" in self.families:
            self.boundaries(drawing, host, kind)
        return host

    def loop(self) -> Loop:
        kind = self.one(("parallel", "sequential", "standard"))
        until = self.one(({"standard": "loopCounter"}.get(kind, "nrOfCompletedInstances"), "x"))
        return Loop(
            kind=kind,
            count=self.chance.number(3) if kind != "standard" else 1 + self.chance.number(2),
            until=self.condition(until) if self.yes(40) else None,
            gather=kind != "standard" and self.yes(50),
            test_before=kind == "standard" and self.yes(50),
        )

    def boundaries(self, drawing: Drawing, host: str, kind: str) -> None:
        events = ["timer", "message", "signal"]
        if kind in {"sub", "call"}:
            events += ["error", "escalation", "error", "escalation"]
        if kind == "service":
            events.append("error")
        used = set()
        for _ in range(self.one((0, 1, 1, 2))):
            event = self.event(self.one(events))
            if (event.kind, event.name) in used:
                continue
            used.add((event.kind, event.name))
            interrupting = event.kind == "error" or (event.times == 1 and not self.yes(40))
            drawing.add("boundary", event=event, host=host, interrupting=interrupting)

    def event(self, kind: str, *, thrown: bool = False) -> Event:
        if kind == "timer":
            return Event(kind=kind, times=1 if self.yes(70) else 2)
        if kind == "signal":
            return Event(kind=kind, name=self.one(SIGNALS))
        if kind in {"error", "escalation"}:
            return Event(kind=kind, name=self.one(CODES if thrown else (*CODES, "")))
        return Event(kind=kind)

    def handlers(self, drawing: Drawing) -> None:
        """Event sub-processes; their insides are small."""
        used = set()
        for _ in range(self.one((1, 2)) if self.has("handlers", 60) else 0):
            event = self.event(self.one(("message", "timer", "signal", "error", "escalation")))
            if (event.kind, event.name) in used:
                continue
            used.add((event.kind, event.name))
            interrupting = event.kind == "error" or (event.times == 1 and not self.yes(50))
            inside = Drawing(self, 0)
            start = inside.add("start", event=event, interrupting=interrupting)
            last = self.sequence(inside, start, 1 + self.chance.number(1))
            if inside.nodes[last].kind in GATEWAYS:
                inside.connect(last, inside.add("end"))
            self.lead_boundaries(inside)
            drawing.add("sub", handler=True, inside=inside.block())

    def end(self, drawing: Drawing) -> str:
        if not self.has("throws", 60):
            return drawing.add("end")
        kind = self.one(("terminate", "error", "escalation", "signal"))
        return drawing.add("end", event=self.event(kind, thrown=True))

    def throw(self, drawing: Drawing) -> str:
        return drawing.add("throw", event=self.event(self.one(("signal", "escalation")), thrown=True))

    def catch(self, drawing: Drawing) -> str:
        event = self.event(self.one(("timer", "message", "signal")))
        return drawing.add("catch", event=Event(kind=event.kind, name=event.name))

    # -- levels

    def level(self, depth: int) -> Block:
        return self.careful(depth) if self.yes(50) else self.wild(depth)

    def careful(self, depth: int) -> Block:
        """A sequence of blocks, each with one way in and one way out."""
        drawing = Drawing(self, depth)
        last = self.sequence(drawing, drawing.add("start"), 1 + self.chance.number(2))
        if drawing.nodes[last].kind in GATEWAYS or self.yes(50):
            drawing.connect(last, self.end(drawing))
        self.handlers(drawing)
        self.lead_boundaries(drawing)
        return drawing.block()

    def sequence(self, drawing: Drawing, last: str, length: int) -> str:
        for _ in range(length):
            first, last_inside = self.part(drawing)
            drawing.connect(last, first)
            last = last_inside
        return last

    def part(self, drawing: Drawing) -> tuple[str, str]:
        """The first and the last element of a new part."""
        kinds = ["activity", "activity", "parallel", "choice", "again"]
        kinds += ["inclusive"] if "inclusive" in self.families else []
        kinds += ["throw"] if "throws" in self.families else []
        kinds += ["catch", "race"] if "catches" in self.families else []
        kind = "activity" if self.full else self.one(kinds)
        if kind == "activity":
            node = self.activity(drawing)
        elif kind == "throw":
            node = self.throw(drawing)
        elif kind == "catch":
            node = self.catch(drawing)
        else:
            return self.split(drawing, kind)
        return node, node

    def split(self, drawing: Drawing, kind: str) -> tuple[str, str]:
        if kind == "again":
            first, last = drawing.add("exclusive"), drawing.add("exclusive")
            inside = self.sequence(drawing, first, 1 + self.chance.number(1))
            user, out = drawing.add("user"), drawing.add("exclusive")
            drawing.connect(inside, user)
            drawing.connect(user, last)
            drawing.connect(last, first, condition=self.condition())
            drawing.connect(last, out, default=True)
            return first, out
        gateway = {"choice": "exclusive"}.get(kind, kind)
        first = drawing.add(gateway)
        last = drawing.add("exclusive" if kind == "race" else gateway)
        count = 2 + self.chance.number(1)
        for index in range(count):
            facts: dict[str, object] = {}
            if kind in {"choice", "inclusive"}:
                facts = {"default": True} if index == 0 else {"condition": self.condition()}
            if kind == "race":
                inner = self.catch(drawing)
                drawing.connect(first, inner)
            else:
                inner, inside = self.part(drawing)
                drawing.connect(first, inner, **facts)
                inner = inside
            drawing.connect(inner, last)
        return first, last

    def lead_boundaries(self, drawing: Drawing) -> None:
        """From boundary events to a task of their own, or to what stands behind their host."""
        for node in [node for node in drawing.nodes.values() if node.kind == "boundary"]:
            behind = [flow.target for flow in drawing.flows if flow.source == node.host]
            target = self.one(behind) if behind and self.yes(40) else drawing.add("user")
            if not _spins(drawing, node.id, target) and _may_enter(drawing, target):
                drawing.connect(node.id, target)

    def wild(self, depth: int) -> Block:
        """Nodes and flows at random; only what a deployment refuses is left out."""
        drawing = Drawing(self, depth)
        drawing.add("start")
        for _ in range(2 + self.chance.number(1 if self.full else 6)):
            self.wild_node(drawing)
        self.handlers(drawing)
        self.wild_flows(drawing)
        return _with_conditions(self, drawing)

    def wild_node(self, drawing: Drawing) -> None:
        kinds = ["activity", "activity", "exclusive", "parallel"]
        kinds += ["inclusive", "inclusive"] if "inclusive" in self.families else []
        kinds += ["throw", "end"] if "throws" in self.families else []
        kinds += ["catch", "race"] if "catches" in self.families else []
        kind = self.one(kinds)
        if kind == "activity":
            self.activity(drawing)
        elif kind == "throw":
            self.throw(drawing)
        elif kind == "end":
            self.end(drawing)
        elif kind == "catch":
            self.catch(drawing)
        else:
            gateway = drawing.add(kind)
            for _ in range(2 if kind == "race" else 0):
                drawing.connect(gateway, self.catch(drawing))

    def wild_flows(self, drawing: Drawing) -> None:
        leads = [node.id for node in drawing.nodes.values() if node.kind == "start"]
        for node in list(drawing.nodes.values()):
            if node.kind in {"start", "boundary"} or node.handler:
                continue
            if _may_enter(drawing, node.id):
                drawing.connect(self.one(leads), node.id)
            if node.kind not in {"end", "race"}:
                leads += [node.id] + [other.id for other in drawing.nodes.values() if other.host == node.id]
        targets = [node for node in drawing.nodes if _may_enter(drawing, node)]
        for _ in range(self.chance.number(5)):
            source, target = self.one(leads), self.one(targets)
            if not _spins(drawing, source, target):
                drawing.connect(source, target)
        for node in list(drawing.nodes.values()):
            if node.kind in GATEWAYS and not any(flow.source == node.id for flow in drawing.flows):
                drawing.connect(node.id, drawing.add("end"))


def _may_enter(drawing: Drawing, target: str) -> bool:
    node = drawing.nodes[target]
    raced = any(flow.target == target and drawing.nodes[flow.source].kind == "race" for flow in drawing.flows)
    return not (node.kind in {"start", "boundary"} or node.handler or raced)


def _spins(drawing: Drawing, source: str, target: str) -> bool:
    """Whether a flow from source to target would close a cycle on which nothing waits."""
    seen, stack = set(), [target]
    while stack:
        node = drawing.nodes[stack.pop()]
        if node.id in seen or node.kind in WAITING:
            continue
        seen.add(node.id)
        stack += [flow.target for flow in drawing.flows if flow.source == node.id]
        stack += [other.id for other in drawing.nodes.values() if other.host == node.id]
    return source in seen


def _with_conditions(grower: Grower, drawing: Drawing) -> Block:
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
