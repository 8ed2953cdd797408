"""Where the tokens of a case stand, and what a change did to them, in words an operator can judge."""

from collections.abc import Mapping
from typing import Any

from engine.bpmn.activities import Service, SubProcess, User
from engine.bpmn.graph import graph_of
from engine.bpmn.multi_instance import Repeated
from engine.bpmn.waiting import Waiting
from engine.bpmn.workflow import WAITS, CaseWorkflow, Token
from engine.domain.changes import Effect, Stand
from engine.domain.step import Step

NEVER = "汇聚网关等待的分支永远不会到达: {flows}。 The join waits for flows that can never come."


def standing(case: CaseWorkflow) -> dict[int, Stand]:
    """Every live token by its number."""
    return {number: stand(token) for number, token in sorted(case.tokens.items())}


def stand(token: Token) -> Stand:
    info = token.task_spec.element.info
    return Stand(
        token=token.id,
        element_id=info.id,
        name=info.name or info.id,
        type=info.type,
        kind=_kind(token),
        inside=token.workflow.parent_task_id or 0,
        host=token.facts.get("host", 0),
        item=token.task_spec.item,
        note=_note(token),
    )


def effects(
    before: dict[int, Stand], case: CaseWorkflow, step: Step, names: Mapping[str, list[str]] | None = None
) -> tuple[Effect, ...]:
    """What a change did: to the tokens that were there, which ones are new, and what will trouble the case.

    `names`: those of the variables by scope before the change, to tell which went with their scopes.
    """
    after = standing(case)
    rearmed = {job.token for job in step.jobs_set} | {waiting.token for waiting in step.subscribed}
    found = [
        _gone(old, step) if old.token not in after else _stayed(old, after[old.token], rearmed)
        for old in before.values()
    ]
    found += [_effect("started", new) for number, new in after.items() if number not in before]
    found += [
        Effect(what="incident", token=raised.token, element_id=raised.element_id, note=raised.message)
        for raised in step.incidents
    ]
    if not step.ended:
        found += starving(case)
    lost = sorted({name for scope in step.scopes_dropped for name in (names or {}).get(scope, ())})
    if lost:
        found.append(Effect(what="variables_lost", note=", ".join(lost)))
    if step.ended:
        found.append(Effect(what="ended"))
    return tuple(found)


def starving(case: CaseWorkflow) -> list[Effect]:
    """Parallel joins that some branch reaches or has reached, while another of their flows can never come."""
    found = []
    for level in levels(case):
        graph = graph_of(level.spec)
        tokens = [token for token in level.live() if not token.task_spec.watches]
        for join in graph.joins():
            came: set[str] = set()
            for token in tokens:
                came |= {token.facts["via"]} if token.task_spec is join else graph.flows_behind(element(token), join)
            missing = [flow.id for flow in join.incoming if flow.id not in came]
            if came and missing:
                info = join.element.info
                note = NEVER.format(flows=", ".join(missing))
                found.append(
                    Effect(what="starves", kind="join", element_id=info.id, name=info.name or info.id, note=note)
                )
    return found


def levels(case: CaseWorkflow) -> list[Any]:
    """The case itself, then every open sub-process and called process."""
    return [case, *(inside for _, inside in sorted(case.subprocesses.items()))]


def element(token: Token) -> str:
    return str(token.task_spec.element.id)


def _gone(old: Stand, step: Step) -> Effect:
    left = any(entry.token == old.token and entry.what == "left" for entry in step.history)
    return _effect("went_on" if left else "cancelled", old)


def _stayed(old: Stand, new: Stand, rearmed: set[int]) -> Effect:
    if new.token in rearmed:
        return _effect("rearmed", new, old.element_id)
    return _effect("kept" if old.element_id == new.element_id else "renamed", new, old.element_id)


def _effect(what: str, place: Stand, old: str = "") -> Effect:
    return Effect(
        what=what,
        kind=place.kind,
        token=place.token,
        element_id=place.element_id,
        name=place.name,
        note=place.note,
        old_element_id=old if old != place.element_id else "",
    )


def _kind(token: Token) -> str:
    spec = token.task_spec
    if "stuck" in token.facts:
        return "stuck"
    if spec.dormant:
        return "done"
    if spec.joins:
        return "join"
    if token._state != WAITS:
        return "passing"
    if isinstance(spec, Waiting):
        return str(spec.trigger.kind)
    return next((kind for sort, kind in _WAITING_KINDS if isinstance(spec, sort)), "event")


_WAITING_KINDS = ((Repeated, "items"), (SubProcess, "inside"), (User, "task"), (Service, "service"))


def _note(token: Token) -> str:
    if not isinstance(token.task_spec, Repeated) or "n" not in token.facts:
        return ""
    done, count = len(token.facts["done"]), token.facts["n"]
    running = sum(other.facts.get("loop") == token.id for other in token.workflow.live())
    return f"{done}/{count} 项已完成，{running} 项进行中。 {done} of {count} items done, {running} running."
