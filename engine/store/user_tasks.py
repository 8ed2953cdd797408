"""Rows of user tasks and of their offers to groups and persons."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from engine.domain.rejection import NotFound
from engine.domain.user_task import UserTask
from engine.store.times import due_from_ms, due_to_ms, from_ms, optional_from_ms, to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

COLUMNS = (
    "id, case_id, token, element_id, process_id, name, scope, state, version, assignee, claimed_at, candidates, "
    "form_ref, due_at, priority, created_at, ended_at, completed_by"
)
_GET = Statement(f"SELECT {COLUMNS} FROM user_task WHERE id = :id")
_OF_CASE = Statement(f"SELECT {COLUMNS} FROM user_task WHERE case_id = :case_id ORDER BY id")
_INSERT = Statement(
    """INSERT INTO user_task (id, case_id, token, element_id, process_id, name, scope, state, version, assignee,
       claimed_at, candidates, form_ref, due_at, priority, created_at)
       VALUES (:id, :case_id, :token, :element_id, :process_id, :name, :scope, 'open', 1, :assignee, :claimed_at,
       :candidates, :form_ref, :due_at, :priority, :created_at)"""
)
_INSERT_OFFER = Statement("INSERT INTO task_offer (principal, due_at, task_id) VALUES (:principal, :due_at, :task_id)")
_DELETE_OFFERS = Statement("DELETE FROM task_offer WHERE task_id = :task_id")
_REASSIGN = Statement(
    """UPDATE user_task SET assignee = :assignee, claimed_at = :claimed_at, version = version + 1
       WHERE id = :id AND version = :version AND state = 'open'"""
)
_CLOSE = Statement(
    """UPDATE user_task SET state = :state, ended_at = :ended_at, completed_by = :completed_by, version = version + 1
       WHERE case_id = :case_id AND token = :token AND state = 'open'"""
)
_REWRITE = Statement(
    """UPDATE user_task SET element_id = :element_id, process_id = :process_id, name = :name, assignee = :assignee,
       candidates = :candidates, form_ref = :form_ref, due_at = :due_at, priority = :priority, version = version + 1
       WHERE id = :id"""
)
_COMPLETED_BY = Statement(
    """SELECT DISTINCT element_id, completed_by FROM user_task
       WHERE case_id = :case_id AND state = 'completed'"""
)


def task_from(row: Any) -> UserTask:
    """From a row that holds every column of COLUMNS."""
    candidates = json.loads(row.candidates)
    return UserTask(
        id=row.id,
        case_id=row.case_id,
        token=row.token,
        element_id=row.element_id,
        process_id=row.process_id,
        name=row.name,
        scope=row.scope,
        state=row.state,
        version=row.version,
        assignee=row.assignee,
        claimed_at=optional_from_ms(row.claimed_at),
        candidate_users=tuple(candidates["users"]),
        candidate_groups=tuple(candidates["groups"]),
        form_ref=row.form_ref,
        due_at=due_from_ms(row.due_at),
        priority=row.priority,
        created_at=from_ms(row.created_at),
        ended_at=optional_from_ms(row.ended_at),
        completed_by=row.completed_by,
    )


def get(uow: UnitOfWork, task_id: int) -> UserTask:
    """Raises NotFound."""
    row = uow.first(_GET, id=task_id)
    if row is None:
        raise NotFound(f"Task {task_id} does not exist.", object="task", id=task_id)
    return task_from(row)


def of_case(uow: UnitOfWork, case_id: int) -> list[UserTask]:
    return [task_from(row) for row in uow.all(_OF_CASE, case_id=case_id)]


def insert(uow: UnitOfWork, tasks: Sequence[UserTask]) -> None:
    """Insert open tasks; those that nobody holds are offered to their candidates."""
    uow.run_many(
        _INSERT,
        [
            {
                "id": task.id,
                "case_id": task.case_id,
                "token": task.token,
                "element_id": task.element_id,
                "process_id": task.process_id,
                "name": task.name,
                "scope": task.scope,
                "assignee": task.assignee,
                "claimed_at": None if task.claimed_at is None else to_ms(task.claimed_at),
                "candidates": _candidates(task),
                "form_ref": task.form_ref,
                "due_at": due_to_ms(task.due_at),
                "priority": task.priority,
                "created_at": to_ms(task.created_at),
            }
            for task in tasks
        ],
    )
    uow.run_many(_INSERT_OFFER, [offer for task in tasks if task.assignee is None for offer in _offers(task)])


def reassign(uow: UnitOfWork, task: UserTask) -> bool:
    """Write a changed assignee of a task read at version - 1; False when it has changed meanwhile."""
    claimed_at = None if task.claimed_at is None else to_ms(task.claimed_at)
    changed = uow.run(_REASSIGN, id=task.id, version=task.version - 1, assignee=task.assignee, claimed_at=claimed_at)
    if changed:
        uow.run(_DELETE_OFFERS, task_id=task.id)
        if task.assignee is None:
            uow.run_many(_INSERT_OFFER, list(_offers(task)))
    return bool(changed)


def rewrite(uow: UnitOfWork, tasks: Sequence[UserTask]) -> None:
    """Open tasks as another version of their process has them: place, text, offers, due time; the row stays."""
    uow.run_many(
        _REWRITE,
        [
            {
                "id": task.id,
                "element_id": task.element_id,
                "process_id": task.process_id,
                "name": task.name,
                "assignee": task.assignee,
                "candidates": _candidates(task),
                "form_ref": task.form_ref,
                "due_at": due_to_ms(task.due_at),
                "priority": task.priority,
            }
            for task in tasks
        ],
    )
    uow.run_many(_DELETE_OFFERS, [{"task_id": task.id} for task in tasks])
    uow.run_many(_INSERT_OFFER, [offer for task in tasks if task.assignee is None for offer in _offers(task)])


def close(
    uow: UnitOfWork,
    case_id: int,
    tokens: Iterable[tuple[int, str]],
    *,
    at: datetime,
    completed_by: str | None,
    held: frozenset[int] = frozenset(),
) -> None:
    """End the open tasks at these tokens with the state given for each: completed or cancelled.

    `held`: tokens known to have been claimed, which are offered to nobody.
    """
    rows = [
        {
            "case_id": case_id,
            "token": token,
            "state": state,
            "ended_at": to_ms(at),
            "completed_by": completed_by if state == "completed" else None,
        }
        for token, state in tokens
    ]
    uow.run_many(_CLOSE, rows)
    uow.run_many(
        _DELETE_OFFERS_OF_TOKEN,
        [{"case_id": case_id, "token": row["token"]} for row in rows if row["token"] not in held],
    )


_DELETE_OFFERS_OF_TOKEN = Statement(
    """DELETE FROM task_offer WHERE task_id IN
       (SELECT id FROM user_task WHERE case_id = :case_id AND token = :token)"""
)


def completed_by(uow: UnitOfWork, case_id: int) -> dict[str, set[str]]:
    """Element id to the persons who completed it in this case."""
    found: dict[str, set[str]] = {}
    for row in uow.all(_COMPLETED_BY, case_id=case_id):
        found.setdefault(row.element_id, set()).add(row.completed_by)
    return found


def principals(groups: Iterable[str], person_id: str) -> list[str]:
    """The names under which a person finds offers."""
    return [f"u:{person_id}", *(f"g:{group}" for group in sorted(groups))]


def _candidates(task: UserTask) -> str:
    return json.dumps({"users": task.candidate_users, "groups": task.candidate_groups})


def _offers(task: UserTask) -> Iterable[dict[str, Any]]:
    names = {f"u:{user}" for user in task.candidate_users} | {f"g:{group}" for group in task.candidate_groups}
    return [{"principal": name, "due_at": due_to_ms(task.due_at), "task_id": task.id} for name in sorted(names)]
