"""Find cases for those who run the office's system: by number or id, by process and state."""

from dataclasses import dataclass
from datetime import datetime

from engine.domain.actor import Actor
from engine.domain.rejection import NotFound
from engine.domain.user_task import UserTask
from engine.domain.views import CaseHeader
from engine.services.access import require_change
from engine.services.case_reading import header_from
from engine.services.runtime import Runtime
from engine.store import case_lists, people, suspensions, user_tasks
from engine.store.suspensions import Suspension
from engine.store.unit_of_work import read_only

STATES = ("active", "suspended", "ended")


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """An incident that nobody has resolved."""

    token: int
    element_id: str
    message: str
    raised_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseAtHand:
    """What an operator sees of a case before changing it."""

    header: CaseHeader
    suspension: Suspension | None
    tasks: tuple[UserTask, ...]
    troubles: tuple[Trouble, ...]


def find(runtime: Runtime, text: str) -> int:
    """The id of the case with this number or id. Raises NotFound."""
    with read_only(runtime.database) as uow:
        found = case_lists.by_number(uow, text)
        if found is None and text.isdigit() and len(text) < 20 and case_lists.one(uow, int(text)) is not None:
            found = int(text)
    if found is None:
        raise NotFound(f"Case '{text}' does not exist.", object="case", id=text)
    return found


def listing(
    runtime: Runtime, *, actor: Actor, process_id: str = "", states: tuple[str, ...] = STATES, limit: int = 100
) -> list[CaseHeader]:
    """Cases in these states, newest first. Raises Forbidden."""
    require_change(actor, "list")
    with read_only(runtime.database) as uow:
        names = people.directory(uow)
        rows = case_lists.in_states(uow, process_key=process_id, states=states, limit=limit)
        return [header_from(row, names) for row in rows]


def at_hand(runtime: Runtime, case_id: int, *, actor: Actor) -> CaseAtHand:
    """Raises NotFound, Forbidden."""
    require_change(actor, "show")
    with read_only(runtime.database) as uow:
        row = case_lists.one(uow, case_id)
        if row is None:
            raise NotFound(f"Case {case_id} does not exist.", object="case", id=case_id)
        return CaseAtHand(
            header=header_from(row, people.directory(uow)),
            suspension=suspensions.get(uow, case_id),
            tasks=tuple(task for task in user_tasks.of_case(uow, case_id) if task.is_open),
            troubles=tuple(
                Trouble(token=token, element_id=element_id, message=message, raised_at=raised_at)
                for token, element_id, message, raised_at in case_lists.troubles(uow, case_id)
            ),
        )
