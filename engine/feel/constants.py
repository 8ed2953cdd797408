"""Dates, times and durations that stand in the text: read once, when the expression is compiled."""

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.feel import temporal, tree
from engine.feel.scope import Evaluate

_ANY_ZONE = ZoneInfo("UTC")


def at(text: str) -> Evaluate:
    """What `@"..."` means; only a moment without an offset needs the zone of the office to be known."""
    value = temporal.read_any(text, _ANY_ZONE)
    if type(value) is datetime:
        return lambda scope: temporal.read_any(text, scope.run.env.zone)
    return lambda scope: value


def of_call(name: str, node: tree.Call) -> Evaluate | None:
    """`date("2026-11-23")` and the like; None for every other call."""
    if name not in ("date", "time", "duration") or node.named or len(node.positional) != 1:
        return None
    text = node.positional[0]
    if not isinstance(text, tree.Literal) or not isinstance(text.value, str):
        return None
    value = temporal.READ[name](text.value, _ANY_ZONE)
    return lambda scope: value
