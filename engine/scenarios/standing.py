"""What stands in the cases of a scenario."""

from collections.abc import Iterable

from engine.bpmn.definition import StartEvent
from engine.bpmn.nodes import ITEM
from engine.domain.rejection import Conflict, NotFound
from engine.domain.values import from_json
from engine.services.packages import Bound
from engine.store import history
from engine.store.unit_of_work import UnitOfWork

_JOINS = {"parallelGateway", "inclusiveGateway"}


def path_of(uow: UnitOfWork, case_id: int) -> list[str]:
    """Elements in the order in which they were entered; a join when it let its tokens go on, as one."""
    steps: list[tuple[str, bool]] = []
    leaving: dict[int, str] = {}
    for row in history.of_case(uow, case_id):
        data = from_json(row.data) if row.what in {"entered", "left"} else {}
        if data.get("type") in _JOINS:
            if row.what == "left":
                leaving[row.token] = row.element_id
        elif row.what == "entered":
            steps.append((row.element_id, data.get("detail") == ITEM))
        elif row.what == "taken" and row.token in leaving:
            steps.append((leaving.pop(row.token), False))
    repeated = {element_id for element_id, is_item in steps if is_item}
    return [element_id for element_id, is_item in steps if is_item or element_id not in repeated]


def start_event(bounds: Iterable[Bound], process_id: str | None, kind: str, event: str) -> tuple[str, StartEvent]:
    """The process and the start event that fit: of this process, else of the only one that no other calls.

    Raises NotFound, Conflict.
    """
    bounds = list(bounds)
    called = {info.called_process for bound in bounds for info in bound.definition.elements.values()}
    fitting = [
        (bound.key, start)
        for bound in bounds
        for start in bound.definition.start_events
        if (start.kind, start.event) == (kind, event) and process_id in {None, bound.key}
    ]
    if process_id is None and len(fitting) > 1:
        fitting = [(key, start) for key, start in fitting if key not in called] or fitting
    wanted = f"{kind} start '{event}'" if event else f"{kind} start"
    if not fitting:
        where = "No process has" if process_id is None else f"Process '{process_id}' does not exist or has no"
        raise NotFound(f"{where} {wanted}.", object="start", id=event)
    if len({key for key, _ in fitting}) > 1:
        raise Conflict(f"Several processes have a {wanted}: {', '.join(key for key, _ in fitting)}.", object="start")
    return fitting[0]
