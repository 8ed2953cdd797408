"""Random block-structured processes, drawn as XML: sequences, choices, loops, sub-processes, parallel and inclusive."""

import random
from collections import Counter
from dataclasses import dataclass, field

from tests.unit.bpmn.drawing import chain, end, exclusive, flow, inclusive, parallel, start, sub, user


@dataclass
class Tree:
    """A block: a task, or a sequence, choice, loop, sub-process, parallel or inclusive block of others."""

    kind: str
    name: str
    parts: list["Tree"] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    rounds: int = 0

    def draw(self, before: str, out: list[str], condition: str | None = None) -> str:
        """Append the XML and give the id of the last element."""
        if self.kind == "task":
            out += [user(self.name), flow(before, self.name, condition)]
            return self.name
        if self.kind == "sequence":
            first = f"{self.name}_first"
            out += [exclusive(first), flow(before, first, condition)]
            for part in self.parts:
                first = part.draw(first, out)
            return first
        if self.kind == "sub":
            inner = [start(f"{self.name}_start")]
            last = f"{self.name}_start"
            for part in self.parts:
                last = part.draw(last, inner)
            out += [sub(self.name, *inner, end(f"{self.name}_end"), chain(last, f"{self.name}_end"))]
            out.append(flow(before, self.name, condition))
            return self.name
        if self.kind == "loop":
            first, last = f"{self.name}_first", f"{self.name}_last"
            out += [exclusive(first), flow(before, first, condition)]
            place = first
            for part in self.parts:
                place = part.draw(place, out)
            # A script task counts the rounds, so that the loop ends by itself.
            count = f"{self.name}_count"
            out.append(f'<scriptTask id="{count}"><script>{self.name} = {self.name} + 1</script></scriptTask>')
            out += [chain(place, count, last), exclusive(last, default=f"{last}_{self.name}_out")]
            out += [exclusive(f"{self.name}_out"), chain(last, f"{self.name}_out")]
            again = f"=modulo({self.name}, {self.rounds + 1}) != 0"
            out.append(flow(last, first, again, id=f"{self.name}_again"))
            return f"{self.name}_out"
        draw = {"parallel": parallel, "inclusive": inclusive, "choice": exclusive}[self.kind]
        first, last = f"{self.name}_split", f"{self.name}_join"
        out += [draw(first), draw(last), flow(before, first, condition)]
        for index, part in enumerate(self.parts):
            taken = None if self.kind == "parallel" else f"={str(index in self.chosen).lower()}"
            out.append(chain(part.draw(first, out, taken), last))
        return last


def grow(chance: random.Random, depth: int, names: Counter[str]) -> Tree:
    kinds = ["task", "task", "sequence", "parallel", "inclusive", "choice", "loop", "sub"]
    kind = "task" if depth == 0 else chance.choice(kinds)
    names[kind] += 1
    name = f"{kind}{names[kind]}"
    if kind == "task":
        return Tree(kind, name)
    parts = [grow(chance, depth - 1, names) for _ in range(chance.randint(2, 3))]
    chosen = sorted(chance.sample(range(len(parts)), 1 if kind == "choice" else chance.randint(1, len(parts))))
    return Tree(kind, name, parts, chosen, chance.randint(0, 2))


def loops(tree: Tree) -> list[str]:
    return [name for part in tree.parts for name in loops(part)] + ([tree.name] if tree.kind == "loop" else [])
