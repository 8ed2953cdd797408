"""Lists of cases for those who may see them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from engine.store.times import from_ms, to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_HEADER = """c.id, c.number, c.title, c.subject, c.state, c.stage, c.outcome, c.started_at, c.started_by, c.ended_at,
    c.definition_id, c.linked_from, d.key AS process_key, d.name AS process_name, d.version"""
_FROM = "FROM process_instance c JOIN process_definition d ON d.id = c.definition_id"
_MATCH = "(:query = '' OR c.number LIKE :pattern OR c.title LIKE :pattern OR c.subject LIKE :pattern)"

_ONE = Statement(f"SELECT {_HEADER} {_FROM} WHERE c.id = :id")
_OF_DEFINITION = Statement("SELECT id FROM process_instance WHERE definition_id = :definition_id")
_LINKED = Statement(f"SELECT {_HEADER} {_FROM} WHERE c.linked_from = :id OR c.id = :linked_from ORDER BY c.id")
_VISIBLE = Statement(
    f"""SELECT {_HEADER} {_FROM} WHERE c.id < :after AND {_MATCH}
        AND (:everything = 1 OR EXISTS (SELECT 1 FROM case_access a WHERE a.case_id = c.id AND a.person_id = :person))
        ORDER BY c.id DESC LIMIT :limit"""
)
_ACTIVE = Statement(
    f"""SELECT {_HEADER} {_FROM} WHERE c.state <> 'ended' AND c.id > :after AND {_MATCH}
        ORDER BY c.id LIMIT :limit"""
)
_BY_NUMBER = Statement("SELECT id FROM process_instance WHERE number = :number")
_IN_STATES = Statement(
    f"""SELECT {_HEADER} {_FROM} WHERE (:key = '' OR d.key = :key) AND (c.state = :first OR c.state = :second
        OR c.state = :third) ORDER BY c.id DESC LIMIT :limit"""
)
_TROUBLES = Statement(
    """SELECT token, element_id, message, raised_at FROM incident
       WHERE case_id = :case_id AND resolved_at IS NULL ORDER BY raised_at, id"""
)
_OPEN_TASKS = Statement(
    """SELECT t.case_id, t.name, t.assignee, t.due_at, t.candidates FROM user_task t
       WHERE t.state = 'open' AND t.case_id >= :first AND t.case_id <= :last ORDER BY t.due_at"""
)
_INCIDENTS = Statement(
    """SELECT case_id, count(*) AS n FROM incident
       WHERE resolved_at IS NULL AND case_id >= :first AND case_id <= :last GROUP BY case_id"""
)
_COUNT_ACTIVE = Statement("SELECT count(*) AS n FROM process_instance WHERE state <> 'ended'")
# Clocks of suspended cases stand still: nothing there is late.
_STANDS_STILL = "case_id IN (SELECT case_id FROM suspension)"
_COUNT_LATE = Statement(
    f"SELECT count(*) AS n FROM user_task WHERE state = 'open' AND due_at < :now AND NOT {_STANDS_STILL}"
)
_COUNT_CLOCKS = Statement(
    f"SELECT count(*) AS n FROM case_clock WHERE stopped_at IS NULL AND ends_at < :now AND NOT {_STANDS_STILL}"
)
_COUNT_INCIDENTS = Statement("SELECT count(*) AS n FROM incident WHERE resolved_at IS NULL")


def one(uow: UnitOfWork, case_id: int) -> Any | None:
    return uow.first(_ONE, id=case_id)


def linked(uow: UnitOfWork, case_id: int, linked_from: int | None) -> Sequence[Any]:
    """The case it comes from and those that come from it."""
    return uow.all(_LINKED, id=case_id, linked_from=linked_from or 0)


def of_definitions(uow: UnitOfWork, definition_ids: Iterable[int]) -> list[int]:
    """The cases of these versions, oldest first."""
    return sorted(row.id for definition in definition_ids for row in uow.all(_OF_DEFINITION, definition_id=definition))


def visible(uow: UnitOfWork, *, person: str, everything: bool, query: str, after: int, limit: int) -> Sequence[Any]:
    """Newest first."""
    return uow.all(
        _VISIBLE,
        person=person,
        everything=int(everything),
        query=query,
        pattern=f"%{query}%",
        after=after,
        limit=limit,
    )


def active(uow: UnitOfWork, *, query: str, after: int, limit: int) -> Sequence[Any]:
    """Oldest first."""
    return uow.all(_ACTIVE, query=query, pattern=f"%{query}%", after=after, limit=limit)


def by_number(uow: UnitOfWork, number: str) -> int | None:
    row = uow.first(_BY_NUMBER, number=number)
    return None if row is None else int(row.id)


def in_states(uow: UnitOfWork, *, process_key: str, states: tuple[str, ...], limit: int) -> Sequence[Any]:
    """Newest first; `process_key` empty: of every process; at most three states."""
    first, second, third = (*states, "", "", "")[:3]
    return uow.all(_IN_STATES, key=process_key, first=first, second=second, third=third, limit=limit)


def troubles(uow: UnitOfWork, case_id: int) -> list[tuple[int, str, str, datetime]]:
    """Unresolved incidents of a case: token, element id, message, when."""
    rows = uow.all(_TROUBLES, case_id=case_id)
    return [(row.token, row.element_id, row.message, from_ms(row.raised_at)) for row in rows]


def open_tasks(uow: UnitOfWork, first: int, last: int) -> Sequence[Any]:
    return uow.all(_OPEN_TASKS, first=first, last=last)


def incident_counts(uow: UnitOfWork, first: int, last: int) -> dict[int, int]:
    return {row.case_id: row.n for row in uow.all(_INCIDENTS, first=first, last=last)}


def totals(uow: UnitOfWork, now: Any) -> dict[str, int]:
    """active, late_tasks, late_clocks, incidents."""
    moment = to_ms(now)
    rows = {
        "active": uow.first(_COUNT_ACTIVE),
        "late_tasks": uow.first(_COUNT_LATE, now=moment),
        "late_clocks": uow.first(_COUNT_CLOCKS, now=moment),
        "incidents": uow.first(_COUNT_INCIDENTS),
    }
    return {name: 0 if row is None else int(row.n) for name, row in rows.items()}
