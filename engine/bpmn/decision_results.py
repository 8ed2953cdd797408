"""Give the result of a decision the shape that `camunda:mapDecisionResult` asks for."""

from collections.abc import Sequence
from typing import Any

from engine.bpmn.workflow import Stuck


def shaped(result: Any, shape: str, outputs: Sequence[str]) -> Any:
    """One entry, one row as a context, the entries or the rows as a list; null where no rule held.

    `outputs`: names of the decision's outputs. Raises Stuck when there is more than the shape can hold.
    """
    rows = [] if result is None else result if isinstance(result, list) else [result]
    match shape:
        case "resultList":
            return [_row(row, outputs) for row in rows]
        case "collectEntries":
            return [_entry(row, outputs) for row in rows]
    if len(rows) > 1:
        raise Stuck(f"决策给出 {len(rows)} 行结果，只能有一行。 The decision gives more than one row.")
    if not rows:
        return None
    return _entry(rows[0], outputs) if shape == "singleEntry" else _row(rows[0], outputs)


def _row(row: Any, outputs: Sequence[str]) -> Any:
    """A single output comes as its bare value."""
    return {outputs[0]: row} if len(outputs) == 1 else row


def _entry(row: Any, outputs: Sequence[str]) -> Any:
    if len(outputs) > 1:
        raise Stuck(f"决策有 {len(outputs)} 个输出，只能有一个。 The decision has more than one output.")
    return row
