"""What a process is to the token game: nodes, flows, levels inside levels. Nothing here knows of any engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A comparison of the variable `x` (or of a counter) with a number."""

    operator: str  # "<" or "="
    number: int
    name: str = "x"

    def holds(self, value: int | None) -> bool:
        if value is None:
            return False
        return value < self.number if self.operator == "<" else value == self.number

    def __str__(self) -> str:
        return f"{self.name} {self.operator} {self.number}"


@dataclass(frozen=True, kw_only=True)
class Flow:
    id: str
    source: str
    target: str
    condition: Condition | None = None
    default: bool = False


@dataclass(frozen=True, kw_only=True)
class Event:
    """`kind`: timer, message, signal, error, escalation or terminate. `name`: of a signal; code (empty: any).

    `times`: how often a timer beside an activity fires; 1 is a duration, more a cycle.
    """

    kind: str
    name: str = ""
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Loop:
    """`kind`: parallel, sequential or standard. `count`: items, or the most rounds.

    `until`: the completion condition; of a standard loop the condition to go on.
    """

    kind: str
    count: int
    until: Condition | None = None
    gather: bool = False
    test_before: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """`kind`: start, end, user, service, receive, script, pass, exclusive, parallel, inclusive, race, catch, throw,
    boundary, sub, call.

    A script adds one to `counts`, or gives `x` the number `gives`. `handler`: an event sub-process.
    """

    id: str
    kind: str
    event: Event | None = None
    host: str = ""
    interrupting: bool = True
    inside: "Block | None" = None
    handler: bool = False
    loop: Loop | None = None
    counts: str = ""
    gives: int | None = None


@dataclass(frozen=True, eq=False)
class Block:
    """The inside of a process or of a sub-process."""

    nodes: dict[str, Node]
    flows: tuple[Flow, ...]

    @cached_property
    def outgoing(self) -> dict[str, list[Flow]]:
        return {node: [flow for flow in self.flows if flow.source == node] for node in self.nodes}

    @cached_property
    def incoming(self) -> dict[str, list[Flow]]:
        return {node: [flow for flow in self.flows if flow.target == node] for node in self.nodes}

    @cached_property
    def boundaries(self) -> dict[str, list[Node]]:
        return {node: [other for other in self.nodes.values() if other.host == node] for node in self.nodes}

    @property
    def first(self) -> Node:
        return next(node for node in self.nodes.values() if node.kind == "start")

    @cached_property
    def handlers(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.handler]

    def all_nodes(self) -> Iterator[Node]:
        """The nodes of this level and of those inside it."""
        for node in self.nodes.values():
            yield node
            if node.inside is not None:
                yield from node.inside.all_nodes()

    # -- what makes the order of moves matter

    @cached_property
    def moves_data(self) -> bool:
        """Whether the variable that conditions read changes while tokens move.

        A signal may end several items at once that still hold values of their own.
        """
        return any(
            node.gives is not None
            or node.kind == "call"
            or (self.signals and node.loop is not None and node.loop.kind != "standard" and not node.loop.gather)
            for node in self.all_nodes()
        )

    @cached_property
    def takes_away(self) -> bool:
        """Whether one token may take others away."""
        return any(
            (node.kind in {"throw", "end"} and node.event is not None)
            or (node.loop is not None and node.loop.kind == "parallel" and node.loop.until is not None)
            for node in self.all_nodes()
        )

    @cached_property
    def signals(self) -> bool:
        return any(
            node.kind in {"throw", "end"} and node.event is not None and node.event.kind == "signal"
            for node in self.all_nodes()
        )

    def awaits_signal(self, node_id: str) -> bool:
        """Whether a signal can reach something that begins or ends with a token at the node, or with this level."""
        node = self.nodes[node_id]
        inner = [] if node.inside is None else node.inside.handlers
        behind = [self.nodes[flow.target] for flow in self.outgoing[node_id]] if node.kind == "race" else []
        starts = [handler.inside.first for handler in [*self.handlers, *inner]]
        return any(
            other.event is not None and other.event.kind == "signal"
            for other in [node, *behind, *starts, *self.boundaries[node_id]]
        )
