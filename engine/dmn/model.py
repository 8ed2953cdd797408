"""What a .dmn file defines, ready to decide."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.dmn.nodes import Decidable, Decision, Knowledge, Node, Service


@dataclass(frozen=True, kw_only=True)
class Model:
    """`nodes`: input data, decisions, knowledge models and services by id."""

    file: str
    name: str
    namespace: str
    nodes: Mapping[str, Node]

    def decidable(self) -> Iterator[Decidable]:
        """Decisions and decision services: what a task may ask for."""
        return (node for node in self.nodes.values() if isinstance(node, Decision | Service))

    def decision(self, name: str) -> Decision | None:
        return next((node for node in self._named(name) if isinstance(node, Decision)), None)

    def service(self, name: str) -> Service | None:
        return next((node for node in self._named(name) if isinstance(node, Service)), None)

    def knowledge(self, name: str) -> Knowledge | None:
        return next((node for node in self._named(name) if isinstance(node, Knowledge)), None)

    def _named(self, name: str) -> list[Node]:
        """By name first, else by id."""
        found = [node for node in self.nodes.values() if node.name == name]
        return found or ([self.nodes[name]] if name in self.nodes else [])
