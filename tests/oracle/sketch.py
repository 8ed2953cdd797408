"""A level of a random process while it grows, and what a flow in it may not do."""

from collections.abc import Callable
from typing import Protocol

from tests.oracle.model import Block, Flow, Node

GATEWAYS = {"exclusive", "parallel", "inclusive", "race"}
WAITING = {"user", "service", "receive", "catch"}
ACTIVITIES = {"user", "service", "receive", "script", "pass", "sub", "call"}


class Chance(Protocol):
    """Where the decisions come from; zero is the simplest."""

    def number(self, most: int) -> int:
        """From 0 to `most`."""


class Drawing:
    """One level while it grows."""

    def __init__(self, name: Callable[[str], str], depth: int) -> None:
        self._name = name
        self.depth = depth
        self.nodes: dict[str, Node] = {}
        self.flows: list[Flow] = []

    def block(self) -> Block:
        return Block(self.nodes, tuple(self.flows))

    def add(self, kind: str, **facts: object) -> str:
        node = Node(id=self._name(kind), kind=kind, **facts)
        self.nodes[node.id] = node
        return node.id

    def connect(self, source: str, target: str, **facts: object) -> None:
        self.flows.append(Flow(id=f"{source}_{target}_{len(self.flows)}", source=source, target=target, **facts))


def may_enter(drawing: Drawing, target: str) -> bool:
    node = drawing.nodes[target]
    raced = any(flow.target == target and drawing.nodes[flow.source].kind == "race" for flow in drawing.flows)
    return not (node.kind in {"start", "boundary"} or node.handler or raced)


def spins(drawing: Drawing, source: str, target: str) -> bool:
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
