"""Need-to-know: who may see a case (article 11)."""

from engine.domain.actor import Actor
from engine.domain.identity import new_id
from engine.domain.rejection import Forbidden, Invalid, NotFound
from engine.domain.user_task import UserTask
from engine.services.runtime import Runtime
from engine.store import cases, user_tasks
from engine.store.times import to_ms
from engine.store.unit_of_work import UnitOfWork, unit_of_work


def require_permission(actor: Actor, permission: str) -> None:
    """Raises Forbidden."""
    if not actor.may(permission):
        raise Forbidden(f"Person '{actor.person_id}' may not {permission}.", permission=permission)


def require_change(actor: Actor, reason: str) -> None:
    """Whoever changes what runs, by hand, supervises or administers and says why. Raises Forbidden, Invalid."""
    if not actor.may("administer"):
        require_permission(actor, "supervise")
    if not reason.strip():
        raise Invalid("A change of a case needs a reason.", field="reason")


def may_see(uow: UnitOfWork, case_id: int, actor: Actor) -> bool:
    """A task in the case, past or present, its subject or starter, or the supervisors."""
    if actor.may("supervise") or cases.has_access(uow, case_id, actor.person_id):
        return True
    return any(task.is_open and task.offered_to(actor) for task in user_tasks.of_case(uow, case_id))


def require_case(uow: UnitOfWork, case_id: int, actor: Actor) -> None:
    """Raises NotFound, the same as for a case that does not exist."""
    if not may_see(uow, case_id, actor):
        raise NotFound(f"Case {case_id} does not exist.", object="case", id=case_id)


def require_task(uow: UnitOfWork, task_id: int, actor: Actor) -> UserTask:
    """The task if this person may see it. Raises NotFound."""
    task = user_tasks.get(uow, task_id)
    require_task_row(uow, task, actor)
    return task


def require_task_row(uow: UnitOfWork, task: UserTask, actor: Actor) -> None:
    """Raises NotFound, the same as for a task that does not exist."""
    holds = actor.person_id in (task.assignee, task.completed_by) or task.offered_to(actor)
    if not holds and not actor.may("supervise") and not cases.has_access(uow, task.case_id, actor.person_id):
        raise NotFound(f"Task {task.id} does not exist.", object="task", id=task.id)


def record_reading(runtime: Runtime, case_id: int, actor: Actor, what: str) -> None:
    """Every reading of a case file is on record (articles 3 and 9), without touching the row of the case."""
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        cases.record_reading(uow, id_=new_id(now), case_id=case_id, person_id=actor.person_id, at=to_ms(now), what=what)
