"""Propose how to send a case to an element so that no token is doubled and no join waits for ever."""

from typing import Any

from engine.bpmn.graph import Graph, graph_of
from engine.bpmn.nodes import Node
from engine.bpmn.seating import TIES, Target, find, interrupts, move, require_startable
from engine.bpmn.workflow import CaseWorkflow, Token
from engine.domain.changes import MovePlan, StartAt


def back_to(case: CaseWorkflow, element_id: str, *, inside: int | None = None) -> MovePlan:
    """Send the case to this element, back or forward. Raises PlanRefused.

    Cancelled are the tokens behind it, before it, on it and on the other ways of a choice; tokens of parallel branches
    stay. Where a branch beside it has been through already, its arrival at the join is proposed too.
    """
    target = find(case, StartAt(element_id=element_id, inside=inside), set())
    require_startable(target)
    graph = graph_of(target.level.spec)
    tokens = _main_tokens(target.level)
    stay = [token for token in tokens if _stays(graph, target.anchor, token)]
    cancel = tuple(token.id for token in tokens if token not in stay)
    return MovePlan(cancel=cancel, start=_starts(case, target, stay))


def again_from(case: CaseWorkflow, element_id: str) -> MovePlan:
    """Cancel everything and begin at this element alone; all branches beside it count as done. Raises PlanRefused."""
    tokens = _main_tokens(case)
    everything = {token.id for token in case.tokens.values() if not token.task_spec.watches}
    target = find(case, StartAt(element_id=element_id), everything)
    require_startable(target)
    return MovePlan(cancel=tuple(token.id for token in tokens), start=_starts(case, target, []))


def restart(case: CaseWorkflow, plan: MovePlan) -> None:
    """Begin a case again that has no tokens, as `move` does."""
    for name in case.spec.watchers:
        case.spawn(case, name, "")
    move(case, plan)


def _main_tokens(level: Any) -> list[Token]:
    """Tokens of a level without those that hang on others: boundary events, items, watchers."""
    return [token for token in level.live() if not token.task_spec.watches and token.facts.keys().isdisjoint(TIES)]


def _stays(graph: Graph, anchor: str, token: Token) -> bool:
    if token.task_spec.element.event_sub_process:
        return not interrupts(token)
    return graph.beside(anchor, _spot(token))


def _spot(token: Token) -> str:
    """Where a token is in the flow; one that waits at a join stands behind the element it came from."""
    spec: Node = token.task_spec
    if spec.joins:
        return next(flow.source for flow in spec.incoming if flow.id == token.facts["via"])
    return spec.element.id


def _starts(case: CaseWorkflow, target: Target, stay: list[Token]) -> tuple[StartAt, ...]:
    """The element itself, then what must have arrived at joins for it to get through them."""
    inside = target.level.parent_task_id
    element_id = target.node.element.id
    starts = [] if target.node.joins else [StartAt(element_id=element_id, inside=inside)]
    spec, beside = target.level.spec, stay
    for name in target.names:
        node = spec.task_specs[name]
        starts += [
            StartAt(element_id=join, inside=inside, via=flow) for join, flow in _arrivals(graph_of(spec), node, beside)
        ]
        if node is not target.node:
            spec, beside = case.subprocess_specs[node.spec], []
    return tuple(starts)


def _arrivals(graph: Graph, node: Node, beside: list[Token]) -> list[tuple[str, str]]:
    """Joins behind the node, with each of their flows that neither it nor a token beside it can bring."""
    found = []
    for join in graph.joins():
        brought = graph.flows_behind(node.element.id, join)
        if not brought and join is not node:
            continue
        for token in beside:
            if token.task_spec is join:
                brought.add(token.facts["via"])
            else:
                brought |= graph.flows_behind(token.task_spec.element.id, join)
        found += [(join.element.id, flow.id) for flow in join.incoming if flow.id not in brought]
    return found
