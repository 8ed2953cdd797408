"""Move the tokens of a case by hand: cancel some, begin elsewhere, and propose how to send a case back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.bpmn.activities import SubProcess, inner_scope
from engine.bpmn.events import Boundary, Watcher
from engine.bpmn.multi_instance import Repeated
from engine.bpmn.nodes import Node, place
from engine.bpmn.scopes import CASE
from engine.bpmn.seats import Seat, spawn_at
from engine.bpmn.standing import levels
from engine.bpmn.workflow import CaseWorkflow, Stuck, Token
from engine.domain.changes import MovePlan, PlanRefused, StartAt

MOST_WAYS = 200
TIES = ("loop", "host", "main", "heals")
"""What a token knows of the one it hangs on: an item, a boundary event, one trigger of several, what undoes for it."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """`level`: the open level to begin in; `names`: sub-processes to open there, then the element."""

    level: Any
    names: tuple[str, ...]
    node: Node

    @property
    def anchor(self) -> str:
        """The element of the level itself that the way begins with."""
        return self.names[0].removeprefix("=").removesuffix("/item")


def move(case: CaseWorkflow, plan: MovePlan) -> None:
    """Carry the plan out, up to the settling. Raises PlanRefused, nothing changed then."""
    problems = [f"令牌 {number} 已不存在。 The token is gone." for number in plan.cancel if number not in case.tokens]
    if problems:
        raise PlanRefused(tuple(problems))
    doomed = _with_insides(case, set(plan.cancel))
    seats: dict[int, tuple[Any, list[Seat]]] = {}
    for start in plan.start:
        target = find(case, start, doomed)
        require_startable(target)
        number = target.level.parent_task_id or 0
        seats.setdefault(number, (target.level, []))[1].append((target.names, _via(case, target, start, doomed)))
    doomed = _with_emptied(case, doomed, set(seats))
    if 0 not in seats and all(token.id in doomed or token.task_spec.watches for token in case.live()):
        raise PlanRefused(("案件将一无所剩，请改用终止。 Nothing would be left; terminate the case instead.",))
    _cancel(case, doomed)
    try:
        for level, wanted in seats.values():
            _rearm_watchers(case, level)
            spawn_at(case, level, scope_of(case, level), wanted)
    except Stuck as stuck:
        raise PlanRefused((str(stuck),)) from stuck
    _forgive_joins(case)


def _cancel(case: CaseWorkflow, doomed: set[int]) -> None:
    loops = {token.facts["loop"] for number in doomed if "loop" in (token := case.tokens[number]).facts}
    for number in sorted(doomed):
        if number in case.tokens:
            case.tokens[number].cancel()
    for number in loops & case.tokens.keys():
        case.tokens[number].task_spec.lost(case.tokens[number])


def _forgive_joins(case: CaseWorkflow) -> None:
    """Joins that could never be complete may be complete now."""
    for level in levels(case):
        if not level.joins_only():
            for token in level.live():
                token.facts.pop("dead", None)


def terminate(case: CaseWorkflow) -> None:
    """Cancel every token; settled, the case has ended."""
    for token in [*case.live()]:
        if token.id in case.tokens:
            token.cancel()


def shift_cycles(case: CaseWorkflow, by: timedelta) -> None:
    """Timers that repeat count their firings from a moment that much later."""
    for token in case.tokens.values():
        if "cycle" in token.facts:
            text, base, fired = token.facts["cycle"]
            token.facts["cycle"] = [text, (datetime.fromisoformat(base) + by).isoformat(), fired]


def find(case: CaseWorkflow, start: StartAt, doomed: set[int]) -> Target:
    """Where an element can be begun. Raises PlanRefused when nowhere, or at several open places."""
    found: list[tuple[tuple[int, int], Target]] = []
    known = False
    for spec, way in _ways(case):
        node = spec.task_specs.get(place(start.element_id))
        if not isinstance(node, Node) or node.dormant or isinstance(node, Watcher):
            continue
        known = True
        for level, rest, passed in _walk(case, case, way, doomed, ()):
            if start.inside is None or start.inside in passed:
                target = Target(level=level, names=(*(host.name for host in rest), node.name), node=node)
                found.append(((len(way), len(rest)), target))
    if not known:
        raise PlanRefused((f"流程中没有元素 '{start.element_id}'。 The process has no such element.",))
    best = [target for rank, target in found if rank == min(rank for rank, _ in found)]
    if not best:
        raise PlanRefused((f"令牌 {start.inside} 里没有 '{start.element_id}'。 It is not inside that token.",))
    if len(best) > 1:
        hosts = ", ".join(str(target.level.parent_task_id) for target in best)
        text = f"'{start.element_id}' 所在的子流程开了多个，请指明令牌。 Say which of the open ones: inside={hosts}."
        raise PlanRefused((text,))
    return best[0]


def scope_of(case: CaseWorkflow, level: Any) -> str:
    """Where the variables of an open level live."""
    return CASE if level.parent_task_id is None else inner_scope(case.tokens[level.parent_task_id])


def interrupts(token: Token) -> bool:
    """Whether the token is an event sub-process that has interrupted its level."""
    element = token.task_spec.element
    block = element.block
    return bool(element.event_sub_process) and block is not None and all(start.interrupting for start in block.starts())


def _ways(case: CaseWorkflow) -> Iterator[tuple[Any, tuple[Node, ...]]]:
    """Every block of the case, with the sub-processes that lead into it from the outside in; nearest first."""
    queue: list[tuple[Any, tuple[Node, ...], frozenset[str]]] = [(case.spec, (), frozenset({case.spec.name}))]
    for spec, way, seen in queue:
        yield spec, way
        for node in spec.task_specs.values():
            for block in _blocks(case, node) - seen if isinstance(node, SubProcess) else ():
                if len(queue) < MOST_WAYS:
                    queue.append((case.subprocess_specs[block], (*way, node), seen | {block}))


def _blocks(case: CaseWorkflow, node: Any) -> set[str]:
    """What runs inside an element: as drawn, or as a call has chosen where it is open."""
    chosen = {token.facts.get("called") for token in case.tokens.values() if token.task_spec is node}
    return {node.spec, *chosen} & case.subprocess_specs.keys()


def _walk(
    case: CaseWorkflow, level: Any, way: tuple[Node, ...], doomed: set[int], passed: tuple[int, ...]
) -> Iterator[tuple[Any, tuple[Node, ...], tuple[int, ...]]]:
    """The deepest open levels on the way, what is left of it, and the tokens on it that are open."""
    open_ = [
        token
        for token in level.live()
        if way and token.task_spec is way[0] and token.id not in doomed and token.id in case.subprocesses
    ]
    if not open_:
        yield level, way, passed
    for token in open_:
        yield from _walk(case, case.subprocesses[token.id], way[1:], doomed, (*passed, token.id))


def require_startable(target: Target) -> None:
    """Raises PlanRefused for what cannot be begun by itself."""
    if isinstance(target.node, Boundary):
        raise PlanRefused(
            (f"边界事件 '{target.node.element.id}' 不能作为起点。 A boundary event begins with its activity only.",)
        )
    closed = [name for name in target.names[:-1] if name.endswith("/item")]
    if closed:
        raise PlanRefused(
            (f"'{target.anchor}' 是多实例，没有打开的项；请从它本身开始。 Begin at the repeated activity itself.",)
        )


def _via(case: CaseWorkflow, target: Target, start: StartAt, doomed: set[int]) -> str | None:
    """For a join, the flow that counts as arrived. Raises PlanRefused for a flow that does not lead there."""
    node = target.node
    if not node.joins:
        return None
    flows = [flow.id for flow in node.incoming]
    if start.via is not None:
        if start.via not in flows:
            raise PlanRefused((f"顺序流 '{start.via}' 不通向 '{node.element.id}'。 The flow does not lead there.",))
        return start.via
    came = {
        token.facts["via"]
        for token in target.level.live()
        if token.task_spec is node and token.id not in doomed and len(target.names) == 1
    }
    return next((flow for flow in flows if flow not in came), flows[0])


def _with_insides(case: CaseWorkflow, doomed: set[int]) -> set[int]:
    """What is cancelled along with these tokens: what runs inside, items of repetitions, boundary events."""
    attached: dict[int, list[int]] = {}
    for token in case.tokens.values():
        for holder in (*(token.facts.get(tie) for tie in TIES), token.workflow.parent_task_id):
            if holder is not None:
                attached.setdefault(holder, []).append(token.id)
    found, stack = set(doomed), [*doomed]
    while stack:
        for other in attached.get(stack.pop(), ()):
            if other not in found:
                found.add(other)
                stack.append(other)
    return found


def _with_emptied(case: CaseWorkflow, doomed: set[int], begun: set[int]) -> set[int]:
    """A sub-process or repetition that would be left with nothing is cancelled too, instead of being over."""
    while True:
        more = {
            number
            for number, inside in case.subprocesses.items()
            if number not in doomed and number not in begun and _empties(inside.live(), doomed)
        }
        for token in case.tokens.values():
            if isinstance(token.task_spec, Repeated) and token.id not in doomed and not token.facts.get("scopes"):
                items = [other for other in token.workflow.live() if other.facts.get("loop") == token.id]
                if _empties(items, doomed):
                    more.add(token.id)
        if not more:
            return doomed
        doomed = _with_insides(case, doomed | more)


def _empties(tokens: list[Token], doomed: set[int]) -> bool:
    real = [token for token in tokens if not token.task_spec.watches and "host" not in token.facts]
    return bool(real) and all(token.id in doomed for token in real)


def _rearm_watchers(case: CaseWorkflow, level: Any) -> None:
    """Interrupting event sub-processes that have run watch again once their level goes on as normal."""
    live = level.live()
    if any(interrupts(token) for token in live):
        return
    standing = {token.task_spec.name for token in live}
    for name in level.spec.watchers:
        if name not in standing and level.spec.task_specs[name].element.interrupting:
            case.spawn(level, name, scope_of(case, level))
