"""What the diagram viewer in the browser is told: the path so far, who went it, and its replay."""

from collections.abc import Sequence
from typing import Any

from engine.domain.views import HistoryRow, Trace
from web.language import element_labels, label, t_or
from web.moments import moment

# More frames than anybody would watch; the newest are kept.
MOST_FRAMES = 300


def plain() -> dict[str, Any]:
    """The state of the viewer that shows a diagram and nothing else."""
    return {"mode": "plain", "names": element_labels()}


def traced(trace: Trace, submissions: Sequence[HistoryRow], *, focus: str | None = None) -> dict[str, Any]:
    """The state of the viewer; `focus` is the element of the task at hand."""
    steps = {row.element_id: {"who": row.actor_name, "at": moment(row.at)} for row in submissions}
    state: dict[str, Any] = {
        "mode": "trace",
        "visited": trace.visited,
        "flows": trace.flows,
        "current": trace.current,
        "steps": steps,
        "names": element_labels(),
    }
    return state if focus is None else state | {"focus": focus}


def frames(history: Sequence[HistoryRow]) -> list[dict[str, Any]]:
    """The case as it went, one picture for each element entered or left."""
    visited: dict[str, None] = {}
    current: dict[str, None] = {}
    shown: list[dict[str, Any]] = []
    for row in history:
        if row.what not in {"entered", "left", "cancelled"} or not row.element_id:
            continue
        if row.what == "entered":
            current[row.element_id] = None
        else:
            current.pop(row.element_id, None)
            visited[row.element_id] = None
        shown.append(
            {
                "at": moment(row.at),
                "label": f"{t_or(f'history.{row.what}', row.what)} {label(row.element_id, row.name)}",
                "visited": list(visited),
                "flows": [],
                "current": list(current),
            }
        )
    return shown[-MOST_FRAMES:]
