"""Put tokens on elements by the way that leads to them: sub-processes on the way are opened, and begin there."""

from collections.abc import Sequence
from typing import Any

Seat = tuple[Sequence[str], str | None]
"""The names of the sub-processes to open, outermost first, then that of the element; for a join the flow that came."""


def spawn_at(case: Any, workflow: Any, scope: str, seats: Sequence[Seat]) -> None:
    """Begin at these seats of an open level; those in the same closed sub-process share one."""
    inner: dict[str, list[list[Any]]] = {}
    for (name, *rest), via in seats:
        if rest:
            inner.setdefault(name, []).append([rest, via])
        else:
            case.spawn(workflow, name, scope, **({} if via is None else {"via": via}))
    for name, begin in inner.items():
        case.spawn(workflow, name, scope, begin=begin)
