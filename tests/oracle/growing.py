"""Grow random processes: blocks that a careful designer draws, and graphs that nobody should draw."""

from tests.oracle.elements import Elements
from tests.oracle.model import Block
from tests.oracle.sketch import GATEWAYS, Drawing, may_enter, spins
from tests.oracle.wild import wild


class Grower(Elements):
    """The decisions of `chance` as a process."""

    def level(self, depth: int) -> Block:
        return self.careful(depth) if self.yes(50) else wild(self, depth)

    def careful(self, depth: int) -> Block:
        """A sequence of blocks, each with one way in and one way out."""
        drawing = Drawing(self.name, depth)
        last = self.sequence(drawing, drawing.add("start"), 1 + self.chance.number(2))
        if drawing.nodes[last].kind in GATEWAYS or self.yes(60):
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
            if not spins(drawing, node.id, target) and may_enter(drawing, target):
                drawing.connect(node.id, target)
