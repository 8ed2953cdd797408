"""Random nested blocks are completed in a random order, then undone; a model without tokens says in which order."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.bpmn.drawing import chain, element, exclusive, multi, parallel, start, sub, throw, user
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_compensation import compensate, undoes

Record = Any  # (task, item) or the list of records of a completed sub-process


@dataclass
class Block:
    """`kind`: task, sequence, parallel, sub or items (a sub-process for each of some items)."""

    kind: str
    name: str
    parts: list["Block"] = field(default_factory=list)
    undone: bool = False
    count: int = 0
    sequential: bool = False

    # -- the drawing: XML into `out`, first and last element id

    def draw(self, out: list[str]) -> tuple[str, str]:
        if self.kind == "task":
            out.append(user(self.name) + (undoes(self.name) if self.undone else ""))
            return self.name, self.name
        if self.kind == "parallel":
            first, last = f"{self.name}_s", f"{self.name}_j"
            out += [parallel(first), parallel(last)]
            for part in self.parts:
                begin, stop = part.draw(out)
                out.append(chain(first, begin) + chain(stop, last))
            return first, last
        inner: list[str] = []
        ends = [part.draw(inner if self.kind in {"sub", "items"} else out) for part in self.parts]
        flows = [chain(before[1], after[0]) for before, after in pairwise(ends)]
        if self.kind == "sequence":
            out += flows
            return ends[0][0], ends[-1][1]
        begin = f"{self.name}_start"
        loop = multi(f"=[{', '.join('0' * self.count)}]", sequential=self.sequential) if self.kind == "items" else ""
        kind = sub if self.kind == "items" else (lambda id, *inner: element("transaction", id, "".join(inner)))
        out.append(kind(self.name, loop, start(begin), chain(begin, ends[0][0]), *inner, *flows))
        return self.name, self.name


@dataclass
class Model:
    """What is open, as (task, item) with what its completion leads to."""

    open: list[tuple[str, int | None, Callable[[], None]]] = field(default_factory=list)

    def begin(self, block: Block, records: list[Record], item: int | None, done: Callable[[], None]) -> None:
        if block.kind == "task":

            def completed() -> None:
                if block.undone:
                    records.append((block.name, item))
                done()

            self.open.append((block.name, item, completed))
        elif block.kind == "parallel":
            left = [len(block.parts)]

            def one_less() -> None:
                left[0] -= 1
                if not left[0]:
                    done()

            for part in block.parts:
                self.begin(part, records, item, one_less)
        elif block.kind == "items":
            self._items(block, records, done)
        else:
            inner = [] if block.kind == "sub" else records
            self._row(block.parts, inner, item, lambda: self._close(block, inner, records, done))

    def _close(self, block: Block, inner: list[Record], records: list[Record], done: Callable[[], None]) -> None:
        if block.kind != "sequence" and inner:
            records.append(inner)
        done()

    def _row(self, parts: list[Block], records: list[Record], item: int | None, done: Callable[[], None]) -> None:
        if parts:
            self.begin(parts[0], records, item, lambda: self._row(parts[1:], records, item, done))
        else:
            done()

    def _items(self, block: Block, records: list[Record], done: Callable[[], None]) -> None:
        ended: list[int] = []

        def begin(index: int) -> None:
            inner: list[Record] = []

            def over() -> None:
                ended.append(index)
                if inner:
                    records.append(inner)
                if len(ended) == block.count:
                    done()
                elif block.sequential:
                    begin(index + 1)

            self._row(block.parts, inner, index, over)

        for index in range(1 if block.sequential else block.count):
            begin(index)


def undo_order(records: list[Record]) -> list[tuple[str, int | None]]:
    return [
        done for record in reversed(records) for done in (undo_order(record) if isinstance(record, list) else [record])
    ]


def grow(chance: random.Random, depth: int, count: list[int], *, in_items: bool = False) -> Block:
    kinds = ["task", "sequence", "parallel", "sub", "sub"] + ([] if in_items else ["items"])
    kind = chance.choice(kinds) if depth else "task"
    count[0] += 1
    name = f"{kind}{count[0]}"
    if kind == "task":
        return Block(kind, name, undone=chance.random() < 0.7)
    size = chance.randint(2 if kind == "parallel" else 1, 3)
    parts = [grow(chance, depth - 1, count, in_items=in_items or kind == "items") for _ in range(size)]
    return Block(kind, name, parts, count=chance.randint(1, 3), sequential=chance.random() < 0.5)


def item_of(case: Case, scope: str) -> int | None:
    counter = case.execution().variables(scope).get("loopCounter")
    return None if counter is None else int(counter)


@pytest.mark.parametrize("seed", range(60))
def test_everything_completed_is_undone_in_reverse_order(seed: int) -> None:
    chance = random.Random(seed)
    block = grow(chance, 3, [0])
    block.undone = True
    out: list[str] = []
    first, last = block.draw(out)
    one = user("Y") + undoes("Y")
    case = run(
        start(),
        exclusive("m"),
        *out,
        one,
        throw("T", compensate()),
        user("Z"),
        chain("start", "m", first),
        chain(last, "Y", "T", "Z"),
    )
    model, records, over = Model(), [], []
    model.begin(block, records, None, lambda: over.append(True))
    while not over:
        index = chance.randrange(len(model.open))
        name, item, completed = model.open.pop(index)
        fitting = [t for t in case.tasks.values() if t.element_id == name and item_of(case, t.scope) == item]
        case.complete_token(fitting[0].token)
        completed()
        assert case.open == sorted(task for task, _, _ in model.open) or over
    case.complete("Y")
    records.append(("Y", None))
    for name, item in undo_order(records):
        (task,) = case.tasks.values()
        assert (task.element_id, item_of(case, task.scope)) == (f"undo_{name}", item)
        case.complete_token(task.token)
    assert case.open == ["Z"]
    assert {scope for scope, _ in case.rows} <= {""}
    assert case.execution()._case.variables.parents == {}
