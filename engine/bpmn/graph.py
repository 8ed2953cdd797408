"""What lies before, behind and beside an element of a block: for moving tokens without doubling any."""

from collections.abc import Iterable
from functools import lru_cache

from engine.bpmn.builder import BlockSpec
from engine.bpmn.events import Watcher
from engine.bpmn.joins import EventBased, Exclusive, Parallel
from engine.bpmn.nodes import Node, place

ENTRY = ""
"""Before every element that no flow leads to."""


class Graph:
    """The flows of one block; a boundary event stands behind its host. Elements are named by their ids."""

    def __init__(self, spec: BlockSpec) -> None:
        self.nodes = _nodes(spec)
        self.next: dict[str, list[str]] = {name: [] for name in self.nodes}
        self.before: dict[str, list[str]] = {name: [] for name in self.nodes}
        for name, node in self.nodes.items():
            for target in [flow.target for flow in node.outgoing] + [other[1:] for other in node.boundaries]:
                self.next[name].append(target)
                self.before[target].append(name)
        self._above = self._immediate_dominators()

    def joins(self) -> list[Parallel]:
        """Gateways that wait for every one of their incoming flows."""
        return [node for node in self.nodes.values() if isinstance(node, Parallel) and node.joins]

    def dominators(self, element_id: str) -> list[str]:
        """Elements that every way to this one passes, nearest first, without itself."""
        found = []
        while element_id in self._above and self._above[element_id] != ENTRY:
            element_id = self._above[element_id]
            found.append(element_id)
        return found

    def behind(self, element_id: str, *, without: Iterable[str] = ()) -> set[str]:
        """The element and what is reached from it in this round: not by way of what lies before it anyway."""
        barred = {*self.dominators(element_id), *without}
        seen, stack = {element_id}, [element_id]
        while stack:
            for target in self.next[stack.pop()]:
                if target not in seen and target not in barred:
                    seen.add(target)
                    stack.append(target)
        return seen

    def beside(self, one: str, other: str) -> bool:
        """Whether tokens may stand at both at once: neither one behind the other nor ways of one choice."""
        if one == other or other in self.behind(one) or one in self.behind(other):
            return False
        others = {other, *self.dominators(other)}
        fork = next((name for name in self.dominators(one) if name in others), None)
        if fork is None:
            return not (self._from_a_start(one) and self._from_a_start(other))  # a case begins at one of its starts
        return not (isinstance(self.nodes[fork], (Exclusive, EventBased)) or self._interrupted(fork, one, other))

    def _from_a_start(self, element_id: str) -> bool:
        outermost = [element_id, *self.dominators(element_id)][-1]
        return self.nodes[outermost].element.type == "startEvent"

    def flows_behind(self, element_id: str, join: Parallel) -> set[str]:
        """The incoming flows of the join that a token at the element may still bring."""
        seen = self.behind(element_id, without=[join.element.id])
        return {flow.id for flow in join.incoming if flow.source in seen}

    def _interrupted(self, fork: str, one: str, other: str) -> bool:
        """Whether an interrupting boundary event of `fork` leads to one of the two."""
        events = [self.nodes[name[1:]] for name in self.nodes[fork].boundaries]
        return any(
            place in self.behind(event.element.id)
            for event in events
            if event.element.interrupting
            for place in (one, other)
        )

    def _immediate_dominators(self) -> dict[str, str]:
        # Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm" (2001).
        order = self._reverse_postorder()
        index = {name: number for number, name in enumerate(order)}
        above = {ENTRY: ENTRY}

        def meet(one: str, other: str) -> str:
            while one != other:
                if index[one] > index[other]:
                    one = above[one]
                else:
                    other = above[other]
            return one

        changed = True
        while changed:
            changed = False
            for name in order[1:]:
                known = [other for other in self.before[name] or [ENTRY] if other in above]
                nearest = known[0]
                for other in known[1:]:
                    nearest = meet(nearest, other)
                if above.get(name) != nearest:
                    above[name] = nearest
                    changed = True
        return above

    def _reverse_postorder(self) -> list[str]:
        roots = [name for name in self.nodes if not self.before[name]]
        following = {ENTRY: roots, **self.next}
        done: list[str] = []
        seen = {ENTRY}
        stack = [(ENTRY, iter(following[ENTRY]))]
        while stack:
            name, targets = stack[-1]
            target = next((other for other in targets if other not in seen), None)
            if target is None:
                done.append(name)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(following[target])))
        return done[::-1]


@lru_cache(maxsize=64)
def graph_of(spec: BlockSpec) -> Graph:
    return Graph(spec)


def _nodes(spec: BlockSpec) -> dict[str, Node]:
    """What a token goes along: no items, no parts of events, nothing completed, no starts that watch from outside."""
    return {
        node.element.id: node
        for node in spec.task_specs.values()
        if isinstance(node, Node)
        and node.name == place(node.element.id)
        and not (node.dormant or isinstance(node, Watcher))
    }
