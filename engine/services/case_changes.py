"""Move the tokens of a case, send it back, begin it again, terminate it; what would happen is shown first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine.bpmn import interpreter, proposals, seating
from engine.bpmn.interpreter import Execution
from engine.bpmn.standing import effects, standing
from engine.bpmn.workflow import CaseWorkflow
from engine.domain.actor import Actor
from engine.domain.case import Case
from engine.domain.changes import Effect, MovePlan, PlanRefused, Stand
from engine.domain.rejection import Conflict
from engine.services import stepping
from engine.services.access import require_case, require_change
from engine.services.case_variables import CaseVariables
from engine.services.packages import Bound
from engine.services.runtime import Runtime
from engine.services.step_rows import OUTCOME_VARIABLE
from engine.services.stepping import Done, Locked
from engine.store import cases, history, suspensions, user_tasks
from engine.store import variables as variable_rows
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work

TERMINATED = "terminated"
_ONLY_TO_LOOK = "preview"


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a plan would do to a case as it stood at `revision`. `problems`: why it cannot be done; else empty."""

    case_id: int
    number: str
    revision: int
    plan: MovePlan
    problems: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


def stands(runtime: Runtime, case_id: int, *, actor: Actor) -> list[Stand]:
    """Where the tokens of the case stand; none when it has ended. Raises NotFound."""
    with read_only(runtime.database) as uow:
        require_case(uow, case_id, actor)
        return list(standing(look(runtime, uow, cases.get(uow, case_id)).execution.case).values())


def preview_move(runtime: Runtime, case_id: int, plan: MovePlan, *, actor: Actor) -> Preview:
    """Raises NotFound, Forbidden, Suspended, Conflict when the case has ended."""
    return _preview(runtime, case_id, lambda _: plan, actor=actor, ended=False)


def preview_back(
    runtime: Runtime, case_id: int, element_id: str, *, actor: Actor, inside: int | None = None
) -> Preview:
    """The plan that sends the case back (or on) to the element without doubling a token. Raises as above."""
    return _preview(
        runtime, case_id, lambda tree: proposals.back_to(tree, element_id, inside=inside), actor=actor, ended=False
    )


def preview_restart(runtime: Runtime, case_id: int, element_id: str, *, actor: Actor) -> Preview:
    """The case begins at this element alone; it may have ended. Raises NotFound, Forbidden, Suspended."""
    return _preview(runtime, case_id, lambda tree: proposals.again_from(tree, element_id), actor=actor, ended=True)


def move(runtime: Runtime, case_id: int, plan: MovePlan, *, actor: Actor, reason: str, revision: int | None) -> None:
    """Carry a plan out. `revision`: that of the preview; a case that moved meanwhile is a Conflict; None: as it stands.

    Raises NotFound, Forbidden, Invalid without a reason, Suspended, Conflict, PlanRefused.
    """

    def act(locked: Locked) -> tuple[Locked, Done]:
        return _carry_out(runtime, locked, plan, seating.move, what="moved", actor=actor, reason=reason)

    _change(runtime, case_id, act, actor=actor, reason=reason, revision=revision)


def restart(runtime: Runtime, case_id: int, plan: MovePlan, *, actor: Actor, reason: str, revision: int | None) -> None:
    """Carry the plan of `preview_restart` out. A case that had ended is active again, with the variables it has.

    Its outcome is what the variable `outcome` says until it ends again. Raises as `move`.
    """

    def act(locked: Locked) -> tuple[Locked, Done]:
        change = seating.move if locked.case.ended_at is None else proposals.restart
        return _carry_out(runtime, locked, plan, change, what="restarted", actor=actor, reason=reason)

    _change(runtime, case_id, act, actor=actor, reason=reason, revision=revision, ended=True)


def terminate(runtime: Runtime, case_id: int, *, actor: Actor, reason: str) -> None:
    """End the case here: open tasks are cancelled, timers and messages withdrawn; its outcome is `terminated`.

    A suspended case may be terminated, too. Raises NotFound, Forbidden, Invalid without a reason, Conflict once ended.
    """
    require_change(actor, reason)

    def command() -> Done:
        with unit_of_work(runtime.database) as uow:
            case = cases.lock(uow, case_id)
            if case.state == "suspended":
                suspensions.delete(uow, case_id)
                # What the case had thrown before still goes out; its own jobs go with their tokens.
                suspensions.wake_jobs(uow, {job.id: job.due_at for job in suspensions.paused_jobs(uow, case_id)})
                case = stepping.as_active(case)
            locked = stepping.revive(runtime, uow, replace(case, outcome=TERMINATED))
            step = locked.execution.act(seating.terminate, env=runtime.environment(), implicit=locked.implicit())
            entry = NewEntry(what=TERMINATED, name=reason, actor=actor.person_id)
            return stepping.write(runtime, locked, step, actor=actor.person_id, first_entries=[entry])

    stepping.retrying(command)


def _carry_out(
    runtime: Runtime,
    locked: Locked,
    plan: MovePlan,
    change: Callable[[CaseWorkflow, MovePlan], None],
    *,
    what: str,
    actor: Actor,
    reason: str,
) -> tuple[Locked, Done]:
    places = locked.execution.places()
    data: dict[str, Any] = {
        "cancelled": [{"token": number, "element": places.get(number, "")} for number in plan.cancel],
        "begun": [{"element": start.element_id} | ({"flow": start.via} if start.via else {}) for start in plan.start],
    }
    step = locked.execution.act(lambda tree: change(tree, plan), env=runtime.environment(), implicit=locked.implicit())
    entry = NewEntry(what=what, name=reason, actor=actor.person_id, data=data)
    return locked, stepping.write(runtime, locked, step, actor=actor.person_id, first_entries=[entry])


def _change(
    runtime: Runtime,
    case_id: int,
    act: Callable[[Locked], tuple[Locked, Done]],
    *,
    actor: Actor,
    reason: str,
    revision: int | None,
    ended: bool = False,
) -> None:
    require_change(actor, reason)

    def command() -> Done:
        with unit_of_work(runtime.database) as uow:
            case = cases.lock(uow, case_id)
            if revision is not None and case.revision != revision:
                raise Conflict(f"Case {case.number} has moved since the preview.", object="case", id=case.id)
            if ended and case.state == "ended":
                locked, done = act(_reopened(runtime, uow, case))
            else:
                locked, done = act(stepping.revive(runtime, uow, case))
        stepping.keep(runtime, locked, done)
        return done

    stepping.retrying(command)


def _reopened(runtime: Runtime, uow: UnitOfWork, case: Case) -> Locked:
    """An ended case without tokens, under its lock; its numbers go on behind those on record."""
    outcome = variable_rows.one(uow, case.id, "", OUTCOME_VARIABLE)
    locked = look(runtime, uow, case)
    locked.case = replace(case, outcome=outcome if isinstance(outcome, str) else None)
    return locked


def look(runtime: Runtime, uow: UnitOfWork, case: Case) -> Locked:
    """An execution of the case's own, apart from the one that is kept for its next step."""
    bound = runtime.packages.bound(uow, case.definition_id)
    source = CaseVariables(case.id)
    source.uow = uow
    execution = execution_of(uow, case, bound, source)
    return Locked(
        uow=uow,
        case=case,
        bound=bound,
        execution=execution,
        variables=source,
        now=runtime.clock.now(),
        stuck=execution.stuck(),
    )


def execution_of(uow: UnitOfWork, case: Case, bound: Bound, source: CaseVariables) -> Execution:
    """The execution of a case as stored; without tokens when it has ended."""
    if case.execution:
        return interpreter.restore(bound.definition, case.execution, source.load)
    # Ended under the first release, which kept nothing: the record knows every token that entered an element.
    last_number = history.highest_token(uow, case.id)
    return interpreter.begin_again(bound.definition, source.load, last_number=last_number)


def _preview(
    runtime: Runtime, case_id: int, propose: Callable[[CaseWorkflow], MovePlan], *, actor: Actor, ended: bool
) -> Preview:
    require_change(actor, _ONLY_TO_LOOK)
    with read_only(runtime.database) as uow:
        case = cases.get(uow, case_id)
        over = case.state == "ended"
        if not (ended and over):
            stepping.require_active(uow, case)
        locked = look(runtime, uow, case)
        tree = locked.execution.case
        before, names = standing(tree), tree.variables.names()
        shown = Preview(case_id=case_id, number=case.number, revision=case.revision, plan=MovePlan())
        try:
            plan = propose(tree)
            shown = replace(shown, plan=plan)
            change = proposals.restart if over else seating.move
            step = locked.execution.act(
                lambda it: change(it, plan), env=runtime.environment(), implicit=locked.implicit()
            )
        except PlanRefused as refused:
            return replace(shown, problems=refused.problems)
        found = effects(before, tree, step, names)
        return replace(shown, effects=with_holders(uow, case_id, found))


def with_holders(uow: UnitOfWork, case_id: int, found: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Who has each task that is touched, in its note."""
    tasks = {task.token: task for task in user_tasks.of_case(uow, case_id) if task.is_open}
    return tuple(
        replace(one, note=tasks[one.token].assignee or "、".join(tasks[one.token].candidate_groups))
        if one.kind == "task" and one.token in tasks
        else one
        for one in found
    )
