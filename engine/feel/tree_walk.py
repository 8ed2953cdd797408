"""Look over a syntax tree: what it costs to run and which names it holds."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from engine.feel import tree


def cost(node: tree.Node) -> int:
    """Steps that one run of the part costs, besides the loops inside it."""
    return 1 + sum(1 for _ in walk(node)) // 8


def walk(node: Any) -> Iterator[Any]:
    """The node and everything below it."""
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, tuple):
            pending.extend(each)
        elif is_dataclass(each) and not isinstance(each, type):
            yield each
            pending.extend(getattr(each, field.name) for field in fields(each))


def names_in(node: tree.Node) -> set[str]:
    return {each.name for each in walk(node) if isinstance(each, tree.Name)}
