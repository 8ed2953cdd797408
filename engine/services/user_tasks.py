"""Claim, release, draft and complete user tasks."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.bpmn import interpreter
from engine.domain.actor import Actor
from engine.domain.rejection import AlreadyCompleted, Conflict, Invalid, Rejection
from engine.domain.user_task import UserTask, require_separation
from engine.domain.values import to_json
from engine.forms.schema import Form
from engine.forms.submission import Submission, validate, visible_fields
from engine.services import access, choices, stepping
from engine.services.case_variables import CaseVariables
from engine.services.packages import Bound
from engine.services.requests import Request
from engine.services.runtime import Runtime
from engine.services.stepping import SUBJECTS_VARIABLE, Done, Locked
from engine.store import cases, claimed_step, drafts, files, user_tasks
from engine.store import variables as variable_rows
from engine.store.claimed_step import TaskAndCase
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Completed:
    """`next_task_id`: a task of the same case that the same person may go on with, if any."""

    case_id: int
    next_task_id: int | None


def claim(runtime: Runtime, task_id: int, *, actor: Actor) -> None:
    """Idempotent for the holder. Raises NotFound, AlreadyClaimed, AlreadyCompleted, Forbidden."""
    _reassign(runtime, task_id, actor, lambda task, now: task.claim(actor, now=now), what="claimed")


def release(runtime: Runtime, task_id: int, *, actor: Actor) -> None:
    """Back to those it was offered to. Raises NotFound, AlreadyClaimed, AlreadyCompleted, Conflict, Forbidden."""
    _reassign(runtime, task_id, actor, lambda task, now: task.release(actor), what="released")


def _reassign(
    runtime: Runtime,
    task_id: int,
    actor: Actor,
    change: Callable[[UserTask, datetime], UserTask],
    *,
    what: str,
) -> None:
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        task = access.require_task(uow, task_id, actor)
        case = cases.lock(uow, task.case_id)
        task = user_tasks.get(uow, task_id)
        if task.is_open:
            stepping.require_active(uow, case)
        changed = change(task, now)
        if changed is task:
            return
        if what == "claimed":
            locked_bound = runtime.packages.bound(uow, case.definition_id)
            _require_separation(uow, locked_bound, task, actor, _subjects(uow, task.case_id))
        if not user_tasks.reassign(uow, changed):
            raise Conflict(f"Task {task_id} has changed.", task_id=task_id)
        cases.grant(uow, task.case_id, {actor.person_id: task.element_id})
        entry = NewEntry(what=what, element_id=task.element_id, token=task.token, name=task.name, actor=actor.person_id)
        stepping.append_only(runtime, uow, case, [entry], now=now)


def save_draft(runtime: Runtime, task_id: int, raw: Mapping[str, Any], *, actor: Actor) -> datetime:
    """Keep what was typed, whatever it is; one draft for each person. Raises NotFound, AlreadyCompleted."""
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        access.require_task(uow, task_id, actor)
        content = json.dumps(raw, ensure_ascii=False)
        drafts.save(uow, task_id=task_id, person_id=actor.person_id, content=content, at=now)
    return now


def visible(runtime: Runtime, task_id: int, raw: Mapping[str, Any], *, actor: Actor) -> dict[str, bool]:
    """Which fields the form shows for what has been typed so far."""
    with unit_of_work(runtime.database) as uow:
        task = access.require_task(uow, task_id, actor)
        bound, variables = context_of(runtime, uow, task)
        form = form_of(bound, task)
        return visible_fields(form, raw, context=variables, env=runtime.environment())


def complete(
    runtime: Runtime, task_id: int, raw: Mapping[str, Any], *, actor: Actor, version: int | None, key: str | None
) -> Completed:
    """Check the form, run the case on. The same `key` again gives the same answer and no second effect.

    Raises NotFound, Forbidden, AlreadyClaimed, AlreadyCompleted, Conflict, Invalid, IdempotencyMismatch.
    """
    request = None if key is None else Request.of(actor.person_id, key, [task_id, raw])
    answers: list[Completed] = []

    def command() -> Done | None:
        with unit_of_work(runtime.database) as uow:
            known = None if request is None else request.answer(uow)
            if known is not None:
                answers.append(Completed(**json.loads(known)))
                return None
            locked, done = _complete(runtime, uow, task_id, raw, actor, version)
            answers.append(Completed(case_id=done.case.id, next_task_id=_next_task(done, actor)))
            if request is not None:
                request.remember(uow, json.dumps(asdict(answers[-1])), now=locked.now)
        stepping.keep(runtime, locked, done)
        return done

    try:
        stepping.retrying(command)
    except AlreadyCompleted:
        # The same request, sent twice at once: the first one held the lock while this one asked for its answer.
        known = _answer(runtime, request)
        if known is None:
            raise
        return known
    return answers[-1]


def complete_with(runtime: Runtime, task_id: int, values: Mapping[str, Any], *, actor: Actor) -> Completed:
    """Complete a task for a program, not a page: whoever it was offered to, typed values, no draft, no repetition.

    The form is checked if the task has one, else the values are taken as they are; separation of duties holds.
    Raises NotFound, Forbidden, AlreadyCompleted, Conflict, Invalid.
    """

    def command() -> Done:
        with unit_of_work(runtime.database) as uow:
            found = claimed_step.lock(uow, task_id, actor.person_id)
            found.task.require_open()
            locked, done = _finish(runtime, uow, found, values, actor, by_program=True)
        stepping.keep(runtime, locked, done)
        return done

    done = stepping.retrying(command)
    return Completed(case_id=done.case.id, next_task_id=_next_task(done, actor))


def _answer(runtime: Runtime, request: Request | None) -> Completed | None:
    if request is None:
        return None
    with read_only(runtime.database) as uow:
        known = request.answer(uow)
    return None if known is None else Completed(**json.loads(known))


def _complete(
    runtime: Runtime, uow: UnitOfWork, task_id: int, raw: Mapping[str, Any], actor: Actor, version: int | None
) -> tuple[Locked, Done]:
    found = claimed_step.lock(uow, task_id, actor.person_id)
    access.require_task_row(uow, found.task, actor)
    found.task.require_completable(actor, version=version)
    return _finish(runtime, uow, found, raw, actor)


def _finish(
    runtime: Runtime,
    uow: UnitOfWork,
    found: TaskAndCase,
    raw: Mapping[str, Any],
    actor: Actor,
    *,
    by_program: bool = False,
) -> tuple[Locked, Done]:
    task = found.task
    locked = stepping.revive(runtime, uow, found.case)
    variables = locked.execution.variables(task.scope, locked.implicit())
    _require_separation(uow, locked.bound, task, actor, variables.get(SUBJECTS_VARIABLE))
    if by_program and task.form_ref is None:
        submission = Submission(values=dict(raw), errors={})
        to_json(submission.values)
    else:
        submission = check(runtime, uow, form_of(locked.bound, task), raw, variables)
    step = locked.execution.complete(
        task.token, submission.values, env=runtime.environment(), implicit=locked.implicit()
    )
    entry = NewEntry(
        what="submitted",
        element_id=task.element_id,
        token=task.token,
        name=task.name,
        actor=actor.person_id,
        data={"form": task.form_ref or "", "values": submission.values},
    )
    done = stepping.write(runtime, locked, step, actor=actor.person_id, first_entries=[entry], completed=task)
    if task.assignee is None:  # whoever claimed it was granted access then
        cases.grant(uow, task.case_id, {actor.person_id: task.element_id})
    files.attach(uow, task.case_id, submission.file_ids, actor.person_id)
    if found.has_draft:
        drafts.drop(uow, task_id=task.id, person_id=actor.person_id)
    return locked, done


def check(
    runtime: Runtime, uow: UnitOfWork, form: Form, raw: Mapping[str, Any], variables: Mapping[str, Any]
) -> Submission:
    """The values of a submission that fits its form. Raises Invalid with the errors at their fields."""
    offered = choices.load(runtime, uow, form, variables)
    submission = validate(
        form,
        raw,
        context=variables,
        env=runtime.environment(),
        choices={name: {choice.value for choice in found} for name, found in offered.items()},
    )
    if submission.errors:
        raise Invalid(f"Form '{form.id}' was not filled in correctly.", errors=submission.errors, form=form.id)
    to_json(submission.values)
    return submission


def form_of(bound: Bound, task: UserTask) -> Form:
    return bound.deployed.form(task.form_ref) if task.form_ref else Form(id="", fields=())


def context_of(runtime: Runtime, uow: UnitOfWork, task: UserTask) -> tuple[Bound, dict[str, Any]]:
    """The definition of a task's case and the variables that its form sees."""
    case = cases.get(uow, task.case_id)
    bound = runtime.packages.bound(uow, case.definition_id)
    return bound, {**variables_of(runtime, uow, task), **stepping.implicit_variables(case)}


def variables_of(runtime: Runtime, uow: UnitOfWork, task: UserTask) -> dict[str, Any]:
    """What is seen from where the task stands; of a task that is done, what the case as a whole holds."""
    case = cases.get(uow, task.case_id)
    if not task.is_open or case.state == "ended":
        rows = variable_rows.of_case(uow, case.id)
        return {name: value for (scope, name), value in rows.items() if scope == ""}
    bound = runtime.packages.bound(uow, case.definition_id)
    source = CaseVariables(case.id)
    source.uow = uow
    return dict(interpreter.restore(bound.definition, case.execution, source.load).variables(task.scope))


def refusal(uow: UnitOfWork, bound: Bound, task: UserTask, actor: Actor, subjects: Any) -> Rejection | None:
    """Why this person may not do the task, or None."""
    try:
        task.require_completable(actor, version=None)
        _require_separation(uow, bound, task, actor, subjects)
    except Rejection as rejected:
        return rejected
    return None


def _require_separation(uow: UnitOfWork, bound: Bound, task: UserTask, actor: Actor, subjects: Any) -> None:
    element = bound.definition.elements[task.element_id]
    done_by = user_tasks.completed_by(uow, task.case_id) if element.separate_from else {}
    require_separation(
        element_id=task.element_id,
        actor=actor,
        for_subject=element.for_subject,
        subjects=subjects if isinstance(subjects, list) else (),
        completed_by={other: done_by.get(other, ()) for other in element.separate_from},
    )


def _subjects(uow: UnitOfWork, case_id: int) -> Any:
    return variable_rows.of_case(uow, case_id).get(("", SUBJECTS_VARIABLE))


def _next_task(done: Done, actor: Actor) -> int | None:
    for task in done.opened:
        if task.assignee == actor.person_id or (task.assignee is None and task.offered_to(actor)):
            return task.id
    return None
