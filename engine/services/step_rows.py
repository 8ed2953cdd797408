"""What a step did, as the rows of its case: tasks, history, jobs, the case itself."""

from dataclasses import replace
from datetime import datetime

from engine.bpmn.interpreter import Execution
from engine.domain.actor import SYSTEM
from engine.domain.case import Case
from engine.domain.identity import new_id
from engine.domain.message import Message
from engine.domain.step import Entry, JobSet, Step, TaskOpened, Thrown
from engine.domain.user_task import UserTask
from engine.services.runtime import Runtime
from engine.store.history import NewEntry
from engine.store.jobs import NewJob

OUTCOME_VARIABLE = "outcome"


def message_entry(message: Message, token: int, element_id: str, *, what: str = "message") -> NewEntry:
    """What history says of a message or signal that reached a case."""
    return NewEntry(
        what=what,
        element_id=element_id,
        token=token,
        name=message.name,
        actor=message.sender,
        data={"values": dict(message.values)} | dict(message.origin),
    )


def routed(runtime: Runtime, job: JobSet) -> JobSet:
    """Work on a topic that nobody serves here is fetched by a program outside, where the configuration lets it."""
    return replace(job, kind="external") if job.kind == "service" and runtime.is_external(job.topic) else job


def delivery(case: Case, thrown: Thrown) -> NewJob:
    """The job that carries what a case threw to other cases; its kind is that of what was thrown."""
    return NewJob(
        kind=thrown.kind,
        case_id=case.id,
        element_id=thrown.element_id,
        payload={
            "name": thrown.name,
            "key": thrown.key,
            "values": dict(thrown.values),
            "sender": SYSTEM.person_id,
            "origin": {"from": case.number, "thrown_at": thrown.element_id},
        },
    )


def advanced(
    case: Case, step: Step, opened: list[UserTask], execution: Execution, head: str, length: int, now: datetime
) -> Case:
    root = {name: value for (scope, name), value in step.variables.items() if scope == ""}
    outcome = root.get(OUTCOME_VARIABLE, case.outcome)
    return replace(
        case,
        state="ended" if step.ended else "active",
        ended_at=now if step.ended else None,
        stage=_stage(case, step, opened),
        outcome=outcome if isinstance(outcome, str) else case.outcome,
        execution=execution.state(),  # of an ended case: the last number it gave out
        history_head=head,
        history_length=length,
    )


def _stage(case: Case, step: Step, opened: list[UserTask]) -> str:
    """Where the case stands in words: the names of what it waits for since this step, else what stood before."""
    if step.ended:
        return ""
    names = list(dict.fromkeys(task.name for task in opened))
    return "、".join(names[:3]) if names else case.stage


def task_from(case_id: int, opened: TaskOpened, now: datetime) -> UserTask:
    return UserTask(
        id=new_id(now),
        case_id=case_id,
        token=opened.token,
        element_id=opened.element_id,
        process_id=opened.process_id,
        name=opened.name,
        scope=opened.scope,
        state="open",
        version=1,
        assignee=opened.assignee,
        claimed_at=None,
        candidate_users=opened.candidate_users,
        candidate_groups=opened.candidate_groups,
        form_ref=opened.form_ref,
        due_at=opened.due_at,
        priority=opened.priority,
        created_at=now,
    )


def entry_from(entry: Entry, actor: str | None, completed: UserTask | None) -> NewEntry:
    data = {"type": entry.element_type} | ({"detail": entry.detail} if entry.detail else {})
    return NewEntry(
        what=entry.what,
        element_id=entry.element_id,
        token=entry.token,
        name=entry.name,
        actor=actor if completed is not None and entry.token == completed.token else None,
        data=data,
    )
