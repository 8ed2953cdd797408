"""Random block-structured processes against an oracle that knows nothing of tokens.

The oracle is the tree that the process is drawn from: it says which tasks may be open at any time.
"""

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.unit.bpmn.drawing import chain, end, exclusive, flow, inclusive, parallel, start, sub, user
from tests.unit.bpmn.running import run


@dataclass
class Tree:
    """A block: a task, or a sequence, choice, loop, sub-process, parallel or inclusive block of others."""

    kind: str
    name: str
    parts: list["Tree"] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    rounds: int = 0

    # -- the oracle: what is open now, and what completing a task opens

    def begin(self, state: dict[str, int]) -> None:
        if self.kind == "task":
            state[self.name] = 1
        elif self.kind in {"sequence", "loop", "sub"}:
            state[self.name] = state[f"{self.name} round"] = 0
            self.parts[0].begin(state)
        else:
            for part in self.picked():
                part.begin(state)

    def picked(self) -> list["Tree"]:
        return self.parts if self.kind == "parallel" else [self.parts[index] for index in self.chosen]

    def done(self, state: dict[str, int]) -> bool:
        """Whether the block is over; a sequence or loop moves on first."""
        if self.kind == "task":
            return not state[self.name]
        if self.kind in {"parallel", "inclusive", "choice"}:
            return not [part for part in self.picked() if not part.done(state)]  # each part must move on
        while self.parts[state[self.name]].done(state):
            if state[self.name] + 1 < len(self.parts):
                state[self.name] += 1
            elif self.kind == "loop" and state[f"{self.name} round"] < self.rounds:
                state[f"{self.name} round"] += 1
                state[self.name] = 0
            else:
                return True
            self.parts[state[self.name]].begin(state)
        return False

    # -- the drawing: XML between two element ids

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


@pytest.mark.parametrize("seed", range(150))
def test_a_random_process_opens_what_the_oracle_says(seed: int) -> None:
    chance = random.Random(seed)
    tree = grow(chance, 3, Counter())
    drawn = [start(), end()]
    drawn.append(chain(tree.draw("start", drawn), "end"))
    case = run(*drawn, values=dict.fromkeys(loops(tree), 0))
    case.keep = seed % 3 == 0
    state: dict[str, int] = {}
    tree.begin(state)
    for _ in range(2_000):
        over = tree.done(state)
        expected = sorted(name for name, left in state.items() if name.startswith("task") and left)
        assert case.open == expected
        assert case.ended is over
        if over:
            return
        name = chance.choice(expected)
        state[name] = 0
        case.complete(name)
    raise AssertionError("the process does not end")
