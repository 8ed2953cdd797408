"""Random elements: activities with all that may hang on them, events, event sub-processes."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from tests.oracle.model import Block, Condition, Event, Loop
from tests.oracle.picture import CODES, SIGNALS
from tests.oracle.sketch import GATEWAYS, Chance, Drawing

T = TypeVar("T")
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
# What says little alone: an error needs an inside to leave and somebody to catch it.
TOGETHER: tuple[set[str], ...] = (
    set(), set(), {"throws", "insides", "boundaries", "handlers"}, {"repeats"}, {"calls", "data"},
)  # fmt: skip
MOST_NODES = 14


class Elements:
    """Some families of elements are left out of each process, so that the others meet more often."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self._names: Counter[str] = Counter()
        self.families = {family for family in FAMILIES if self.yes(40)} | self.one(TOGETHER)

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
        if self.has("repeats", 40):
            facts["loop"] = self.loop()
        host = drawing.add(kind, **facts)
        if "boundaries" in self.families:
            self.boundaries(drawing, host, kind)
        return host

    def loop(self) -> Loop:
        kind = self.one(("parallel", "sequential", "standard", "parallel"))
        until = self.one(({"standard": "loopCounter"}.get(kind, "nrOfCompletedInstances"), "x"))
        return Loop(
            kind=kind,
            count=self.one((1, 2, 3, 0, 3)) if kind != "standard" else 1 + self.chance.number(2),
            until=self.condition(until) if self.yes(40) else None,
            gather=kind != "standard" and self.yes(65),
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
            inside = Drawing(self.name, 0)
            start = inside.add("start", event=event, interrupting=interrupting)
            last = self.sequence(inside, start, 1 + self.chance.number(1))
            if inside.nodes[last].kind in GATEWAYS:
                inside.connect(last, inside.add("end"))
            self.lead_boundaries(inside)
            drawing.add("sub", handler=True, inside=inside.block())

    def end(self, drawing: Drawing) -> str:
        if not self.has("throws", 70):
            return drawing.add("end")
        kind = self.one(("terminate", "error", "escalation", "signal"))
        return drawing.add("end", event=self.event(kind, thrown=True))

    def throw(self, drawing: Drawing) -> str:
        return drawing.add("throw", event=self.event(self.one(("signal", "escalation")), thrown=True))

    def catch(self, drawing: Drawing) -> str:
        event = self.event(self.one(("timer", "message", "signal")))
        return drawing.add("catch", event=Event(kind=event.kind, name=event.name))

    # -- what comes on top

    def level(self, depth: int) -> Block:
        """The inside of a sub-process or called process."""
        raise NotImplementedError

    def sequence(self, drawing: Drawing, last: str, length: int) -> str:
        """Parts one after the other behind `last`; the last element of them."""
        raise NotImplementedError

    def lead_boundaries(self, drawing: Drawing) -> None:
        """Flows out of boundary events."""
        raise NotImplementedError
