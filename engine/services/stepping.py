"""One step, one transaction: run the interpreter and write everything it did under the case's row lock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from engine.bpmn import interpreter
from engine.bpmn.interpreter import Execution
from engine.domain.case import Case
from engine.domain.message import Message
from engine.domain.rejection import Conflict, Suspended
from engine.domain.step import Step, Subscription
from engine.domain.user_task import UserTask
from engine.services import case_clocks, step_rows
from engine.services.case_variables import CaseVariables
from engine.services.packages import Bound
from engine.services.runtime import Runtime
from engine.store import (
    cases,
    history,
    idempotency,
    incidents,
    jobs,
    messages,
    subscriptions,
    suspensions,
    user_tasks,
    variables,
)
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork

SUBJECTS_VARIABLE = "subjects"

Answer = TypeVar("Answer")


@dataclass(kw_only=True)
class Locked:
    """A case under its lock, with its execution at hand. `stuck`: tokens that had an incident before the step."""

    uow: UnitOfWork
    case: Case
    bound: Bound
    execution: Execution
    variables: CaseVariables
    now: datetime
    stuck: frozenset[int] = frozenset()

    def implicit(self) -> dict[str, Any]:
        return implicit_variables(self.case)


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a step left: the case as committed and the tasks it opened."""

    case: Case
    opened: list[UserTask]


def implicit_variables(case: Case) -> dict[str, Any]:
    """`case` as expressions see it."""
    return {
        "case": {
            "id": case.id,
            "number": case.number,
            "started": case.started_at,
            "starter": case.started_by,
            "origin": case.origin,
        }
    }


def lock(runtime: Runtime, uow: UnitOfWork, case_id: int) -> Locked:
    """Lock the case and bring its execution back. Raises NotFound; Conflict when it is not active."""
    return revive(runtime, uow, cases.lock(uow, case_id))


def require_active(uow: UnitOfWork, case: Case) -> None:
    """Raises Suspended, which names who suspended the case and why; Conflict when it has ended."""
    if case.state == "active":
        return
    found = suspensions.get(uow, case.id)
    if found is None:
        raise Conflict(f"Case {case.number} is {case.state}.", object="case", id=case.id)
    raise Suspended(
        f"Case {case.number} was suspended by '{found.by}': {found.reason}",
        object="case",
        id=case.id,
        rule="suspended",
        by=found.by,
        at=found.since,
        reason=found.reason,
    )


def as_active(case: Case) -> Case:
    """A suspended case under its lock, about to go on or to end."""
    return replace(case, state="active")


def revive(runtime: Runtime, uow: UnitOfWork, case: Case) -> Locked:
    """Bring back the execution of a case that is locked. Raises Suspended, Conflict when it is not active."""
    require_active(uow, case)
    bound = runtime.packages.bound(uow, case.definition_id)
    kept = runtime.live.take(case.id, case.revision)
    if kept is not None:
        execution, source = kept
        source.uow = uow
    else:
        source = CaseVariables(case.id)
        source.uow = uow
        execution = interpreter.restore(bound.definition, case.execution, source.load)
    return Locked(
        uow=uow,
        case=case,
        bound=bound,
        execution=execution,
        variables=source,
        now=runtime.clock.now(),
        stuck=execution.stuck(),
    )


def write(
    runtime: Runtime,
    locked: Locked,
    step: Step,
    *,
    actor: str | None,
    first_entries: list[NewEntry],
    completed: UserTask | None = None,
) -> Done:
    """Write the step and the new state of the case, and give it the kept messages that it now waits for.

    The caller commits, then calls `keep`.
    """
    done = _write(runtime, locked, step, actor=actor, first_entries=first_entries, completed=completed)
    return give_kept_messages(runtime, locked, done, step.subscribed)


def give_kept_messages(runtime: Runtime, locked: Locked, done: Done, subscribed: Sequence[Subscription]) -> Done:
    """Correlate, oldest first, the messages that came before the case began to wait at these subscriptions."""
    waiting = [new for new in subscribed if new.kind == "message"]
    if not waiting:
        return done
    opened = {task.token: task for task in done.opened}
    messages.share(locked.uow, {new.name for new in waiting})
    while waiting and done.case.state == "active":
        kept = _take(locked, done.case, waiting[0])
        if kept is None:
            waiting.pop(0)
            continue
        token = waiting[0].token
        later = replace(locked, case=done.case, stuck=locked.execution.stuck())
        step = locked.execution.correlate(token, kept.values, env=runtime.environment(), implicit=locked.implicit())
        entry = step_rows.message_entry(kept, token, waiting[0].element_id)
        done = _write(runtime, later, step, actor=kept.sender, first_entries=[entry], completed=None)
        for closed in step.tasks_closed:
            opened.pop(closed.token, None)
        opened |= {task.token: task for task in done.opened}
        fresh = [new for new in step.subscribed if new.kind == "message"]
        if fresh:
            messages.share(locked.uow, {new.name for new in fresh})
        waiting = [old for old in waiting if old.token not in step.unsubscribed] + fresh
    return replace(done, opened=list(opened.values()))


def _take(locked: Locked, case: Case, waiting: Subscription) -> Message | None:
    return messages.take(
        locked.uow,
        waiting.name,
        case_id=case.id,
        number=case.number,
        element_id=waiting.element_id,
        key=waiting.key,
        now=locked.now,
    )


def _write(
    runtime: Runtime,
    locked: Locked,
    step: Step,
    *,
    actor: str | None,
    first_entries: list[NewEntry],
    completed: UserTask | None,
) -> Done:
    uow, case, now = locked.uow, locked.case, locked.now
    opened = [step_rows.task_from(case.id, task, now) for task in step.tasks_opened]
    user_tasks.close(
        uow,
        case.id,
        [(task.token, task.reason) for task in step.tasks_closed],
        at=now,
        completed_by=actor,
        held=frozenset({completed.token} if completed is not None and completed.assignee else ()),
    )
    user_tasks.insert(uow, opened)
    jobs.write(uow, case.id, [step_rows.routed(runtime, job) for job in step.jobs_set], step.jobs_cleared, now=now)
    jobs.add(uow, [step_rows.delivery(case, thrown) for thrown in step.thrown], now=now)
    subscriptions.write(uow, case.id, step.subscribed, step.unsubscribed)
    variables.write(uow, case.id, step.variables, step.scopes_dropped)
    incidents.resolve_tokens(uow, case.id, _mended(locked, step), by=actor, at=now)
    for raised in step.incidents:
        incidents.insert(
            uow, case_id=case.id, token=raised.token, element_id=raised.element_id, message=raised.message, at=now
        )
    cases.grant(uow, case.id, {task.assignee: task.element_id for task in opened if task.assignee})
    case_clocks.follow(runtime, uow, case, locked.bound, locked.execution, step, now=now)
    head, length = history.append(
        uow,
        case.id,
        [*first_entries, *(step_rows.entry_from(entry, actor, completed) for entry in step.history)],
        at=now,
        head=case.history_head,
        length=case.history_length,
        secret=runtime.secret,
    )
    advanced = step_rows.advanced(case, step, opened, locked.execution, head, length, now)
    cases.advance(uow, advanced)
    return Done(case=replace(advanced, revision=case.revision + 1), opened=opened)


def keep(runtime: Runtime, locked: Locked, done: Done) -> None:
    """After the commit: remember the execution for the next step of this case."""
    locked.variables.uow = None
    if done.case.state == "active":
        runtime.live.keep(done.case.id, done.case.revision, locked.execution, locked.variables)


def keep_unchanged(runtime: Runtime, locked: Locked) -> None:
    """After a transaction that only looked: the execution stands where it stood."""
    locked.variables.uow = None
    runtime.live.keep(locked.case.id, locked.case.revision, locked.execution, locked.variables)


def append_only(runtime: Runtime, uow: UnitOfWork, case: Case, entries: list[NewEntry], *, now: datetime) -> None:
    """Add history without moving the case: a claim, an urging, a retry. The case must be locked."""
    head, length = history.append(
        uow, case.id, entries, at=now, head=case.history_head, length=case.history_length, secret=runtime.secret
    )
    cases.set_history(uow, case.id, head=head, length=length)


def retrying(command: Callable[[], Answer]) -> Answer:
    """Run again when another step of the case, or the same request, was committed first; at most three times."""
    for _ in range(2):
        try:
            return command()
        except (cases.LostRevision, idempotency.AnsweredMeanwhile):
            continue
    return command()


def _mended(locked: Locked, step: Step) -> frozenset[int]:
    """Tokens whose incidents are over: they went on, are gone, have nothing left to run, or fail anew."""
    still = locked.execution.stuck() - {raised.token for raised in step.incidents}
    return (locked.stuck - still).union(step.jobs_cleared)
