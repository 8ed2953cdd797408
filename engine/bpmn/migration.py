"""Move a case to another version of its process: checked whole, then every token on its new element.

What runs keeps its number, so tasks, drafts, jobs and variables stay those of the same token. The library keeps a node
that has gone, or crashes later on a boundary event that was added; here the first is refused, the second is armed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import codec
from engine.bpmn.activities import Service, SubProcess, User
from engine.bpmn.definition import Definition
from engine.bpmn.events import Boundary, Watcher
from engine.bpmn.interpreter import Execution
from engine.bpmn.nodes import Node, place
from engine.bpmn.scopes import Load
from engine.bpmn.seating import interrupts, scope_of
from engine.bpmn.standing import effects, standing
from engine.bpmn.waiting import Waiting
from engine.bpmn.workflow import WAITS, CaseWorkflow, Stuck, Token
from engine.domain.changes import Effect, MigrationPlan, PlanRefused
from engine.domain.step import Step, TaskOpened
from engine.feel import Environment, FeelError


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """The case in its new version. `tasks`: open user tasks as it opens them; `places`: tokens on a renamed element."""

    execution: Execution
    step: Step
    effects: tuple[Effect, ...]
    tasks: list[TaskOpened]
    places: dict[int, str]


def migrate(
    execution: Execution,
    target: Definition,
    plan: MigrationPlan,
    load: Load,
    *,
    env: Environment,
    implicit: Mapping[str, Any],
) -> Migrated:
    """A new execution on the target; the given one stays as it is. Raises PlanRefused with every reason."""
    old = execution.case
    fit = _Fit(old, target, plan)
    if fit.problems:
        raise PlanRefused(tuple(dict.fromkeys(fit.problems)))
    state = codec.renamed(codec.encode(old), places=fit.places, blocks=fit.blocks, gone=fit.gone)
    moved = Execution(target, codec.decode(target, state, load))
    tasks: list[TaskOpened] = []

    def change(case: CaseWorkflow) -> None:
        for number, via in fit.vias.items():
            case.tokens[number].facts["via"] = via
        for number in fit.gone:
            _withdraw(case, old.tokens[number])
        for number in fit.rearmed:
            _withdraw(case, old.tokens[number])
            token = case.tokens[number]
            case.queue(token, lambda token=token: _arm(token))  # type: ignore[misc]  # bound now, not when it runs
        for level, name, facts in fit.added:
            inside = case.subprocesses[level] if level else case
            host = case.tokens.get(facts.get("host", 0))
            scope = scope_of(case, inside) if host is None else host.facts.get("outer", host.scope)
            case.spawn(inside, name, scope, **facts)
        tasks.extend(_tasks(case))

    try:
        step = moved.act(change, env=env, implicit=implicit)
    except (Stuck, FeelError) as problem:
        raise PlanRefused((str(problem),)) from problem
    if step.incidents:
        raise PlanRefused(tuple(f"'{raised.element_id}': {raised.message}" for raised in step.incidents))
    places = {
        number: moved.case.tokens[number].task_spec.element.id for number in fit.renamed & moved.case.tokens.keys()
    }
    before = standing(old)
    return Migrated(execution=moved, step=step, effects=effects(before, moved.case, step), tasks=tasks, places=places)


@dataclass
class _Fit:
    """Where each token comes to stand, and why some cannot."""

    old: CaseWorkflow
    target: Definition
    plan: MigrationPlan
    problems: list[str] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    blocks: dict[int, str] = field(default_factory=dict)
    vias: dict[int, str] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    rearmed: list[int] = field(default_factory=list)
    renamed: set[int] = field(default_factory=set)
    added: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        specs = self.target.specs.values()
        flows = {
            flow.id for spec in specs for node in spec.task_specs.values() for flow in getattr(node, "incoming", ())
        }
        self.problems += [
            f"新版本中没有元素 '{new}'。 The new version has no such element."
            for new in self.plan.elements.values()
            if new not in self.target.elements and new not in flows
        ]
        self.blocks[0] = self.target.id
        queue: list[Any] = [self.old]
        for level in queue:
            number = level.parent_task_id or 0
            if number in self.blocks:
                self._level(level, number, self.target.specs[self.blocks[number]])
            else:  # its host has no place, which is said there, or can no longer be undone
                self.gone += [token.id for token in level.live()]
            queue += [self.old.subprocesses[token.id] for token in level.live() if token.id in self.old.subprocesses]

    def _level(self, level: Any, number: int, spec: Any) -> None:
        tokens = sorted(level.live(), key=lambda token: token.id)
        racing = [token for token in tokens if "race" in token.facts and self._new_name(token) in spec.task_specs]
        for token in tokens:
            node = spec.task_specs.get(self._new_name(token))
            hangs = isinstance(token.task_spec, (Boundary, Watcher)) or "main" in token.facts
            lost_race = node is None and "race" in token.facts and racing
            forgotten = token.task_spec.dormant and type(node) is not type(token.task_spec)
            if lost_race or forgotten or (hangs and not self._still_hangs(token, node, spec)):
                self.gone.append(token.id)
            elif self._fits(token, node, spec):
                self._seat(token, node, spec)
        self._add_watchers(level, number, spec)

    def _fits(self, token: Token, node: Node | None, spec: Any) -> bool:
        old = token.task_spec
        new_id = self._new_id(old.element.id)
        if node is None:
            where = (
                "已移到别的层级"
                if new_id in self.target.elements and place(new_id) not in spec.task_specs
                else "已不存在"
            )
            self.problems.append(
                f"元素 '{new_id}' 在新版本的这一层中{where}，案件正停在那里；请指定对应元素。 "
                f"'{new_id}' is not at this level of the new version, and the case stands there; map it."
            )
        elif type(node) is not type(old):
            self.problems.append(
                f"'{old.element.id}' 是 {_sort(old)}，'{new_id}' 是 {_sort(node)}，不能互换。 The kinds do not fit."
            )
        else:
            return True
        return False

    def _seat(self, token: Token, node: Node, spec: Any) -> None:
        self.places[token.id] = node.name[1:]
        if node.element.id != token.task_spec.element.id:
            self.renamed.add(token.id)
        if token.id in self.old.subprocesses:
            # A dormant token keeps the level of what was completed: an activity, or one item of it.
            names = (place(node.element.id, item=True), place(node.element.id))
            inside = (
                node
                if isinstance(node, SubProcess)
                else next(spec.task_specs[n] for n in names if n in spec.task_specs)
            )
            self.blocks[token.id] = token.facts.get("called") or inside.spec
        if "via" in token.facts:
            self._map_flow(token, node)
        if token._state == WAITS and self._needs_arming(token, node):
            self.rearmed.append(token.id)
        known = {self._name_of(token.workflow.spec.task_specs[name]) for name in token.task_spec.boundaries}
        level = token.workflow.parent_task_id or 0
        self.added += [(level, name, {"host": token.id}) for name in node.boundaries if name not in known]
        if "race" in token.facts:
            self._add_racers(token, node, spec)

    def _needs_arming(self, token: Token, node: Node) -> bool:
        old = token.task_spec
        if isinstance(node, Service):
            return bool(_topic(old) != _topic(node))
        if not isinstance(node, Waiting):
            return False
        if node.trigger.kind == "timer" and self.plan.timers == "renew":
            return True
        return _signature(old.trigger) != _signature(node.trigger)

    def _map_flow(self, token: Token, node: Node) -> None:
        """The flow that a token came along to a join: the same id, else the one from the same element."""
        via = token.facts["via"]
        wanted = self.plan.elements.get(via, via)
        flows = {flow.id: flow.source for flow in node.incoming}
        source = next((flow.source for flow in token.task_spec.incoming if flow.id == via), None)
        alike = [flow for flow, origin in flows.items() if source is not None and origin == self._new_id(source)]
        if wanted in flows:
            self.vias[token.id] = wanted
        elif len(alike) == 1:
            self.vias[token.id] = alike[0]
        if token.id not in self.vias or not node.joins:
            self.problems.append(
                f"汇聚 '{node.element.id}' 在新版本中没有对应的顺序流 '{via}'。 The join has no such flow any more."
            )

    def _still_hangs(self, token: Token, node: Node | None, spec: Any) -> bool:
        """Whether a boundary event still stands on its activity, a watcher still watches this level."""
        if node is None or type(node) is not type(token.task_spec):
            return False
        if "main" in token.facts:
            main = self.old.tokens[token.facts["main"]]
            new_main = spec.task_specs.get(self._new_name(main))
            return new_main is not None and _signature(main.task_spec.trigger) == _signature(new_main.trigger)
        if isinstance(node, Watcher):
            return node.name in spec.watchers
        host = spec.task_specs.get(self._new_name(self.old.tokens[token.facts["host"]]))
        return host is not None and node.name in host.boundaries

    def _add_watchers(self, level: Any, number: int, spec: Any) -> None:
        """Those that the old version did not have; not where one has already interrupted the level."""
        known = {self._name_of(level.spec.task_specs[name]) for name in level.spec.watchers}
        if not any(interrupts(token) for token in level.live()):
            self.added += [(number, name, {}) for name in spec.watchers if name not in known]

    def _add_racers(self, token: Token, node: Node, spec: Any) -> None:
        """Events that the new version has behind the same event-based gateway."""
        old_gate = token.workflow.spec.task_specs[place(token.task_spec.incoming[0].source)]
        gate = spec.task_specs[place(node.incoming[0].source)]
        known = {self._new_id(flow.target) for flow in old_gate.outgoing}
        facts = {"race": token.facts["race"]}
        level = token.workflow.parent_task_id or 0
        for flow in gate.outgoing:
            if flow.target not in known and (level, place(flow.target), facts) not in self.added:
                self.added.append((level, place(flow.target), facts))

    def _new_id(self, element_id: str) -> str:
        return self.plan.elements.get(element_id, element_id)

    def _new_name(self, token: Token) -> str:
        return self._name_of(token.task_spec)

    def _name_of(self, node: Node) -> str:
        """The name of the spec where this one maps to; items and parts of an event keep their ending."""
        old = node.element.id
        return place(self._new_id(old)) + node.name[len(place(old)) :]


def _withdraw(case: CaseWorkflow, old: Token) -> None:
    """What the old version waited for at this token, it waits for no more."""
    spec = old.task_spec
    if old._state != WAITS:
        return
    if isinstance(spec, Service) or (isinstance(spec, Waiting) and spec.trigger.kind == "timer"):
        case.recorder.job_cleared(old.id)
    elif isinstance(spec, Waiting) and spec.trigger.kind in {"message", "signal"}:
        case.recorder.unsubscribed(old.id)


def _arm(token: Token) -> None:
    token.facts.pop("cycle", None)
    token.task_spec.work(token)


def _tasks(case: CaseWorkflow) -> list[TaskOpened]:
    """Every open user task as the new version opens it. Raises Stuck, FeelError."""
    return [
        token.task_spec.opened(token)
        for token in sorted(case.tokens.values(), key=lambda token: token.id)
        if isinstance(token.task_spec, User) and token._state == WAITS
    ]


def _signature(trigger: Any) -> Any:
    """What makes two triggers wait for the same thing; the times of timers may differ, a cycle is another thing."""
    parts = tuple(_signature(part) for part in trigger.parts)
    return trigger.kind, trigger.name, trigger.code, trigger.timer == "cycle", parts


def _topic(node: Any) -> str:
    return node.element.work.topic if node.element.work is not None else ""


def _sort(node: Node) -> str:
    return f"{node.element.type}（{node.element.loop.kind}）" if node.element.loop is not None else node.element.type
