"""Migrate cases to another version of their process: a report before anything moves, then case by case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.bpmn import migration
from engine.bpmn.migration import Migrated
from engine.domain.actor import Actor
from engine.domain.case import Case
from engine.domain.changes import Effect, MigrationPlan, PlanRefused
from engine.domain.rejection import Conflict, Rejection
from engine.domain.step import TaskOpened
from engine.domain.user_task import UserTask
from engine.services import case_changes, case_clocks, stepping
from engine.services.access import require_change
from engine.services.case_variables import CaseVariables
from engine.services.packages import Bound
from engine.services.runtime import Runtime
from engine.services.stepping import Done, Locked
from engine.store import cases, moved_tokens, user_tasks
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work

MIGRATED, REFUSED, CHANGED = "migrated", "refused", "changed"


@dataclass(frozen=True, kw_only=True)
class CaseReport:
    """What would happen to one case as it stood at `revision`. `problems`: why it cannot move; else empty."""

    case_id: int
    number: str
    revision: int
    version: int
    problems: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def can(self) -> bool:
        return not self.problems


@dataclass(frozen=True, kw_only=True)
class MigrationReport:
    """What would happen to each case; nothing has."""

    process_id: str
    target_id: int
    target_version: int
    plan: MigrationPlan
    cases: tuple[CaseReport, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one case: migrated, refused, or changed since the report; `report` says why, as of now."""

    case_id: int
    what: str
    report: CaseReport


def report(
    runtime: Runtime,
    process_id: str,
    version: int | None,
    plan: MigrationPlan,
    *,
    actor: Actor,
    case_ids: Sequence[int] | None = None,
) -> MigrationReport:
    """What moving to this version (None: the newest) would do to these cases, or to all that run on other versions.

    Raises NotFound, Forbidden.
    """
    require_change(actor, "report")
    with read_only(runtime.database) as uow:
        target = _target(runtime, uow, process_id, version)
        wanted = moved_tokens.cases_on_other_versions(uow, process_id, target.id) if case_ids is None else case_ids
        found = tuple(_report(runtime, uow, cases.get(uow, case_id), target, plan) for case_id in wanted)
    return MigrationReport(
        process_id=process_id, target_id=target.id, target_version=target.version, plan=plan, cases=found
    )


def migrate(runtime: Runtime, reported: MigrationReport, *, actor: Actor, reason: str) -> list[Outcome]:
    """Move every case that the report lets move, each in a transaction of its own.

    A case that has moved on since the report is reported again instead. Raises Forbidden, Invalid without a reason.
    """
    require_change(actor, reason)
    return [
        _migrate_one(runtime, reported, one, actor, reason)
        if one.can
        else Outcome(case_id=one.case_id, what=REFUSED, report=one)
        for one in reported.cases
    ]


def _migrate_one(runtime: Runtime, reported: MigrationReport, one: CaseReport, actor: Actor, reason: str) -> Outcome:
    def command() -> Outcome:
        with unit_of_work(runtime.database) as uow:
            case = cases.lock(uow, one.case_id)
            target = runtime.packages.bound(uow, reported.target_id)
            if case.revision != one.revision:
                now = _report(runtime, uow, case, target, reported.plan)
                return Outcome(case_id=case.id, what=CHANGED, report=now)
            locked, done = _move(runtime, stepping.revive(runtime, uow, case), target, reported.plan, actor, reason)
        stepping.keep(runtime, locked, done)
        return Outcome(case_id=case.id, what=MIGRATED, report=one)

    try:
        return stepping.retrying(command)
    except Rejection as rejected:
        problems = rejected.problems if isinstance(rejected, PlanRefused) else (str(rejected),)
        return Outcome(case_id=one.case_id, what=REFUSED, report=replace(one, problems=problems))


def _move(
    runtime: Runtime, old: Locked, target: Bound, plan: MigrationPlan, actor: Actor, reason: str
) -> tuple[Locked, Done]:
    uow, case = old.uow, old.case
    source = CaseVariables(case.id)
    source.uow = uow
    found = _trial(runtime, old, target, plan, source)
    case_clocks.carry_over(runtime, uow, case, (old.bound, old.execution), (target, found.execution), now=old.now)
    locked = replace(
        old,
        case=replace(case, definition_id=target.id),
        bound=target,
        execution=found.execution,
        variables=source,
    )
    cases.set_definition(uow, case.id, target.id)
    user_tasks.rewrite(uow, _rewritten(user_tasks.of_case(uow, case.id), found, plan))
    moved_tokens.rename_places(uow, case.id, found.places)
    data = {
        "from": {"version": old.bound.version, "definition": old.bound.id},
        "to": {"version": target.version, "definition": target.id},
        "elements": dict(plan.elements),
        "timers": plan.timers,
    }
    entry = NewEntry(what=MIGRATED, name=reason, actor=actor.person_id, data=data)
    return locked, stepping.write(runtime, locked, found.step, actor=actor.person_id, first_entries=[entry])


def _trial(runtime: Runtime, locked: Locked, target: Bound, plan: MigrationPlan, source: CaseVariables) -> Migrated:
    return migration.migrate(
        locked.execution,
        target.definition,
        plan,
        source.load,
        env=runtime.environment(),
        implicit=locked.implicit(),
    )


def _report(runtime: Runtime, uow: UnitOfWork, case: Case, target: Bound, plan: MigrationPlan) -> CaseReport:
    locked = case_changes.look(runtime, uow, case)
    shown = CaseReport(case_id=case.id, number=case.number, revision=case.revision, version=locked.bound.version)
    try:
        stepping.require_active(uow, case)
        if locked.bound.key != target.key:
            raise Conflict(f"Case {case.number} is one of process '{locked.bound.key}'.", object="case", id=case.id)
        if locked.bound.id == target.id:
            raise Conflict(f"Case {case.number} is on version {target.version} already.", object="case", id=case.id)
        found = _trial(runtime, locked, target, plan, locked.variables)
    except PlanRefused as refused:
        return replace(shown, problems=refused.problems)
    except Conflict as conflict:
        return replace(shown, problems=(str(conflict),))
    return replace(shown, effects=case_changes.with_holders(uow, case.id, found.effects))


def _rewritten(tasks: list[UserTask], found: Migrated, plan: MigrationPlan) -> list[UserTask]:
    """Open tasks that the new version words otherwise. Whoever has one keeps it; free ones are offered anew."""
    opened = {task.token: task for task in found.tasks}
    changed = []
    for task in tasks:
        new = opened.get(task.token)
        if task.is_open and new is not None:
            wanted = _as_opened(task, new, renewed=new.due_at if plan.timers == "renew" else task.due_at)
            if wanted != task:
                changed.append(wanted)
    return changed


def _as_opened(task: UserTask, new: TaskOpened, *, renewed: datetime | None) -> UserTask:
    return replace(
        task,
        element_id=new.element_id,
        process_id=new.process_id,
        name=new.name,
        form_ref=new.form_ref,
        priority=new.priority,
        candidate_users=new.candidate_users,
        candidate_groups=new.candidate_groups,
        assignee=task.assignee or new.assignee,
        due_at=renewed,
    )


def _target(runtime: Runtime, uow: UnitOfWork, process_id: str, version: int | None) -> Bound:
    if version is None:
        return runtime.packages.latest(uow, process_id)
    return runtime.packages.bound(uow, moved_tokens.definition_of_version(uow, process_id, version))


def elements_from(pairs: Sequence[str]) -> Mapping[str, str]:
    """`old=new` as typed. Raises ValueError for anything else."""
    found = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not (equals and old and new):
            raise ValueError(pair)
        found[old] = new
    return found
