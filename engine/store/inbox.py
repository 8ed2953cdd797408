"""The lists of the inbox: read from indexes, page by page, never counted whole."""

from collections.abc import Sequence
from typing import Any

from engine.store.times import NO_DUE
from engine.store.unit_of_work import Statement, UnitOfWork

COUNT_LIMIT = 100
_COLUMNS = """t.id, t.case_id, t.element_id, t.name, t.created_at, t.due_at, t.assignee, t.priority, t.ended_at,
    c.number, c.title, c.subject, c.stage, d.name AS process_name, d.key AS process_key"""
_JOINS = "JOIN process_instance c ON c.id = t.case_id JOIN process_definition d ON d.id = c.definition_id"
_FILTER = """(:query = '' OR c.number LIKE :pattern OR c.title LIKE :pattern OR t.name LIKE :pattern
    OR c.subject LIKE :pattern) AND (:process = '' OR d.key = :process) AND c.state = 'active'"""
_BEHIND = "(t.due_at > :after_due OR (t.due_at = :after_due AND t.id > :after_id))"
_ORDER = "ORDER BY t.due_at, t.id LIMIT :limit"

_MINE = Statement(
    f"""SELECT {_COLUMNS} FROM user_task t {_JOINS}
        WHERE t.assignee = :person AND t.state = 'open' AND t.due_at < :until AND {_BEHIND} AND {_FILTER} {_ORDER}"""
)
_DONE = Statement(
    f"""SELECT {_COLUMNS} FROM user_task t {_JOINS}
        WHERE t.completed_by = :person AND t.state = 'completed'
        AND (t.ended_at < :after_due OR (t.ended_at = :after_due AND t.id < :after_id))
        AND (:query = '' OR c.number LIKE :pattern OR c.title LIKE :pattern OR t.name LIKE :pattern)
        AND (:process = '' OR d.key = :process)
        ORDER BY t.ended_at DESC, t.id DESC LIMIT :limit"""
)
# One branch for each principal, each a walk along the index from where the page begins.
_OFFERED = Statement(
    f"""SELECT {_COLUMNS} FROM task_offer o JOIN user_task t ON t.id = o.task_id {_JOINS}
        WHERE o.principal = :principal AND o.due_at < :until
        AND (o.due_at > :after_due OR (o.due_at = :after_due AND o.task_id > :after_id)) AND {_FILTER}
        ORDER BY o.due_at, o.task_id LIMIT :limit"""
)
_COUNT_MINE = Statement(
    """SELECT count(*) AS n FROM (SELECT 1 FROM user_task
       WHERE assignee = :person AND state = 'open' AND due_at < :until LIMIT :limit) AS few"""
)
_COUNT_OFFERED = Statement(
    """SELECT count(*) AS n FROM (SELECT 1 FROM task_offer
       WHERE principal = :principal AND due_at < :until LIMIT :limit) AS few"""
)


def mine(uow: UnitOfWork, *, person: str, until: int, after: tuple[int, int], **filters: Any) -> Sequence[Any]:
    """Open tasks that the person holds and that are due before `until` (ms), by due date."""
    return uow.all(_MINE, person=person, until=until, after_due=after[0], after_id=after[1], **filters)


def offered(
    uow: UnitOfWork, *, principals: Sequence[str], until: int, after: tuple[int, int], limit: int, **filters: Any
) -> list[Any]:
    """Open tasks that nobody holds and one of the principals may claim, by due date."""
    found: dict[int, Any] = {}
    for principal in principals:
        for row in uow.all(
            _OFFERED,
            principal=principal,
            until=until,
            after_due=after[0],
            after_id=after[1],
            limit=limit,
            **filters,
        ):
            found[row.id] = row
    return sorted(found.values(), key=lambda row: (row.due_at, row.id))[:limit]


def done(uow: UnitOfWork, *, person: str, after: tuple[int, int], **filters: Any) -> Sequence[Any]:
    """Tasks that the person completed, newest first."""
    return uow.all(_DONE, person=person, after_due=after[0], after_id=after[1], **filters)


def count_mine(uow: UnitOfWork, *, person: str, until: int = NO_DUE + 1) -> int:
    """At most COUNT_LIMIT."""
    row = uow.first(_COUNT_MINE, person=person, until=until, limit=COUNT_LIMIT)
    return 0 if row is None else int(row.n)


def count_offered(uow: UnitOfWork, *, principals: Sequence[str], until: int = NO_DUE + 1) -> int:
    """At most COUNT_LIMIT; a task offered to two of one's groups counts twice."""
    total = 0
    for principal in principals:
        row = uow.first(_COUNT_OFFERED, principal=principal, until=until, limit=COUNT_LIMIT)
        total += 0 if row is None else int(row.n)
    return min(total, COUNT_LIMIT)
