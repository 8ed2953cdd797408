"""The pages of a case and of a task, as one person may see them."""

import json
from collections.abc import Sequence
from typing import Any

from engine.domain.actor import Actor
from engine.domain.identity import LARGEST
from engine.domain.user_task import UserTask
from engine.domain.values import from_json
from engine.domain.views import CaseHeader, CaseView, HistoryRow, TaskRow, TaskView, Trace
from engine.forms.schema import Form
from engine.forms.submission import visible_fields
from engine.services import access, audit, case_clocks, choices, user_tasks
from engine.services.packages import Bound
from engine.services.runtime import Runtime
from engine.services.stepping import SUBJECTS_VARIABLE
from engine.store import case_lists, cases, deployments, drafts, files, history, people
from engine.store import user_tasks as task_rows
from engine.store.times import from_ms, optional_from_ms
from engine.store.unit_of_work import UnitOfWork, read_only

PAGE_SIZE = 30


def header_from(row: Any, names: dict[str, str]) -> CaseHeader:
    return CaseHeader(
        case_id=row.id,
        number=row.number,
        title=row.title,
        subject=row.subject,
        process_id=row.process_key,
        process_name=row.process_name,
        version=row.version,
        state=row.state,
        stage=row.stage,
        started_at=from_ms(row.started_at),
        started_by=names.get(row.started_by, row.started_by),
        ended_at=optional_from_ms(row.ended_at),
        outcome=row.outcome,
        definition_id=row.definition_id,
    )


def listing(
    runtime: Runtime, *, actor: Actor, query: str = "", after: str | None = None
) -> tuple[list[CaseHeader], str | None]:
    """Cases this person may see, newest first, and the cursor of the next page."""
    behind = min(int(after), LARGEST) if after and after.isdigit() and len(after) < 20 else LARGEST
    with read_only(runtime.database) as uow:
        rows = case_lists.visible(
            uow,
            person=actor.person_id,
            everything=actor.may("supervise"),
            query=query.strip()[:80],
            after=behind,
            limit=PAGE_SIZE + 1,
        )
        names = people.directory(uow)
    shown = [header_from(row, names) for row in rows[:PAGE_SIZE]]
    return shown, str(shown[-1].case_id) if len(rows) > PAGE_SIZE else None


def case_view(runtime: Runtime, case_id: int, *, actor: Actor) -> CaseView:
    """The whole case file. Reading is on record. Raises NotFound."""
    with read_only(runtime.database) as uow:
        access.require_case(uow, case_id, actor)
        case = cases.get(uow, case_id)
        names = people.directory(uow)
        rows = _history(uow, case_id, names)
        tasks = [_task_row(task, names, runtime) for task in task_rows.of_case(uow, case_id)]
        verdict = audit.verify_in(runtime, uow, case_id)
        linked = [header_from(row, names) for row in case_lists.linked(uow, case_id, case.linked_from)]
        view = CaseView(
            header=header_from(case_lists.one(uow, case_id), names),
            tasks=tasks,
            history=_told(rows),
            clocks=case_clocks.views(runtime, uow, case_id),
            files=files.of_case(uow, case_id),
            submissions=[row for row in rows if row.what == "submitted"],
            linked=[header for header in linked if access.may_see(uow, header.case_id, actor)],
            trace=trace(rows, tasks),
            chain_intact=verdict.intact,
            chain_length=verdict.length,
        )
    access.record_reading(runtime, case_id, actor, "case")
    return view


def task_view(runtime: Runtime, task_id: int, *, actor: Actor) -> TaskView:
    """The task with its form, draft and case at a glance. Reading is on record. Raises NotFound."""
    with read_only(runtime.database) as uow:
        task = access.require_task(uow, task_id, actor)
        bound, variables = user_tasks.context_of(runtime, uow, task)
        form = user_tasks.form_of(bound, task)
        draft = drafts.get(uow, task_id=task_id, person_id=actor.person_id)
        values = {name: variables[name] for name in form.keys if name in variables}
        values = form.with_defaults(values) if draft is None else values | json.loads(draft.content)
        names = people.directory(uow)
        rows = _history(uow, task.case_id, names)
        tasks = [_task_row(other, names, runtime) for other in task_rows.of_case(uow, task.case_id)]
        refused = user_tasks.refusal(uow, bound, task, actor, variables.get(SUBJECTS_VARIABLE))
        shown = visible_fields(form, values, context=variables, env=runtime.environment())
        free = task.is_open and task.assignee is None
        view = TaskView(
            task=_task_row(task, names, runtime),
            header=header_from(case_lists.one(uow, task.case_id), names),
            form=form,
            form_values=values,
            choices={key: list(found) for key, found in choices.load(runtime, uow, form, variables).items()},
            hidden=frozenset(path for path, is_visible in shown.items() if not is_visible),
            draft_saved_at=None if draft is None else from_ms(draft.saved_at),
            version=task.version,
            may_claim=free and refused is None,
            may_complete=task.is_open and refused is None,
            may_release=task.is_open and task.assignee == actor.person_id and bool(task.candidate_groups),
            refusal=refused,
            articles=_articles(runtime, bound, task),
            trace=trace(rows, tasks),
            clocks=case_clocks.views(runtime, uow, task.case_id),
            history=_told(rows),
            files=files.of_case(uow, task.case_id),
            submissions=[row for row in rows if row.what == "submitted"],
        )
    access.record_reading(runtime, task.case_id, actor, f"task:{task_id}")
    return view


def diagram(runtime: Runtime, definition_id: int, *, actor: Actor) -> bytes:
    """The diagram of a process definition; it holds no data of cases. Raises NotFound."""
    del actor  # whoever is logged in may see how the office works
    with read_only(runtime.database) as uow:
        row = deployments.definition(uow, definition_id)
        return deployments.files(uow, row.deployment_id)[row.file]


def form_of(runtime: Runtime, definition_id: int, form_ref: str) -> Form:
    """Raises NotFound."""
    with read_only(runtime.database) as uow:
        return runtime.packages.bound(uow, definition_id).deployed.form(form_ref)


def trace(rows: Sequence[HistoryRow], tasks: Sequence[TaskRow]) -> Trace:
    """What the diagram lights up."""
    steps = {
        task.element_id: {"who": task.completed_by or "", "at": f"{task.completed_at:%m-%d %H:%M}"}
        for task in tasks
        if task.completed_at is not None and task.state == "completed"
    }
    return Trace(
        visited=list(dict.fromkeys(row.element_id for row in rows if row.what == "left")),
        current=list(dict.fromkeys(task.element_id for task in tasks if task.state == "open")),
        flows=list(dict.fromkeys(row.element_id for row in rows if row.what == "taken")),
        steps=steps,
    )


def _told(rows: list[HistoryRow]) -> list[HistoryRow]:
    """What people want to read: no flows, no elements without a name; the chain holds everything."""
    return [row for row in rows if row.what != "taken" and (row.name or row.what not in {"entered", "left"})]


def _history(uow: UnitOfWork, case_id: int, names: dict[str, str]) -> list[HistoryRow]:
    return [
        HistoryRow(
            at=from_ms(row.at),
            actor=row.actor,
            actor_name=names.get(row.actor, row.actor) if row.actor else "",
            what=row.what,
            element_id=row.element_id,
            name=row.name,
            data=from_json(row.data),
        )
        for row in history.of_case(uow, case_id)
    ]


def _task_row(task: UserTask, names: dict[str, str], runtime: Runtime) -> TaskRow:
    return TaskRow(
        task_id=task.id,
        element_id=task.element_id,
        name=task.name,
        state=task.state,
        assignee=task.assignee,
        assignee_name=names.get(task.assignee) if task.assignee else None,
        candidate_groups=task.candidate_groups,
        since=task.created_at,
        due_at=task.due_at,
        late=task.is_open and task.due_at is not None and task.due_at < runtime.clock.now(),
        completed_at=task.ended_at,
        completed_by=names.get(task.completed_by, task.completed_by) if task.completed_by else None,
    )


def _articles(runtime: Runtime, bound: Bound, task: UserTask) -> list[Any]:
    element = bound.definition.elements[task.element_id]
    return [runtime.articles[number] for number in element.articles if number in runtime.articles]
