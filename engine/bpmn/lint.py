"""Rules that a diagram must keep to be deployed: nothing that deploys may silently do nothing."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.diagram import Block, Element, Flow, Process
from engine.bpmn.reading import ACTIVITIES
from engine.domain.rejection import Problem

BUILT_IN_TOPICS = frozenset({"start-linked-case"})
# What may begin a case, beside a person.
_STARTS_A_CASE = {"message", "signal", "timer"}
_ID = re.compile(r"[^\W\d][\w.\-]*")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a diagram may refer to. `groups` None: not checked."""

    processes: Mapping[str, Process]
    decisions: Collection[str]
    forms: Collection[str]
    groups: Collection[str] | None = None
    topics: Collection[str] = ()
    policies: Mapping[str, Any] = field(default_factory=dict)


def check(process: Process, known: Known) -> Iterator[Problem]:
    """Every broken rule of a process."""
    yield from _Check(process, known).problems()


class _Check:
    def __init__(self, process: Process, known: Known) -> None:
        self._process = process
        self._known = known
        self._ids = {element.id for block in process.blocks() for element in block.elements.values()}

    def problems(self) -> Iterator[Problem]:
        process = self._process
        if not _ID.fullmatch(process.id):
            yield self._problem(None, "bpmn.id", f"流程 id '{process.id}' 不合规。 The id is not valid.")
        yield from self._starts(process.block)
        for block in process.blocks():
            yield from self._block(block)

    def _starts(self, block: Block) -> Iterator[Problem]:
        if not (block.starts() or block.implicit_starts() or block.instantiating()):
            yield self._problem(None, "process.start", "流程没有开始的地方。 The process begins nowhere.")
        for start in block.starts():
            trigger = start.trigger
            if trigger is None:
                continue
            for kind in {part.kind for part in trigger.parts or (trigger,)} - _STARTS_A_CASE:
                yield self._problem(
                    start,
                    "process.start_trigger",
                    f"流程不能由 {kind} 开始：案件开始之前没有可观察的变量。 No case can begin by a {kind}.",
                    hint="用消息、信号、定时或普通的开始事件。 Use a message, signal, timer or plain start event.",
                )
            if trigger.parallel:
                yield self._problem(
                    start,
                    "process.start_all",
                    "开始事件不能等多个触发条件齐备。 A case begins by one event, not by all.",
                )

    def _block(self, block: Block) -> Iterator[Problem]:
        reached = _reached(block)
        for element in block.elements.values():
            if not _ID.fullmatch(element.id):
                yield self._problem(element, "bpmn.id", f"id '{element.id}' 不合规。 The id is not valid.")
            if element.id not in reached:
                yield self._problem(element, "element.unreachable", "没有路径能到达此元素。 Nothing leads here.")
            yield from self._flows(block, element)
            yield from self._references(element)
            if element.block is not None:
                yield from self._sub_process(element, element.block)
            if element.info.attached_to is not None or element.type == "boundaryEvent":
                yield from self._boundary(block, element)
            if element.type == "intermediateCatchEvent" and element.trigger is None:
                yield self._problem(element, "event.trigger", "事件不等待任何东西。 The event waits for nothing.")

    # -- flows

    def _flows(self, block: Block, element: Element) -> Iterator[Problem]:
        incoming, outgoing = block.incoming(element.id), block.outgoing(element.id)
        if incoming and (element.type in {"startEvent", "boundaryEvent"} or element.event_sub_process):
            yield self._problem(element, "flow.into", "不能有流入的顺序流。 No flow may lead in.")
        if outgoing and (element.type == "endEvent" or element.event_sub_process):
            yield self._problem(element, "flow.out", "不能有流出的顺序流。 No flow may lead out.")
        if element.type in {"exclusiveGateway", "inclusiveGateway"}:
            yield from self._choice(element, outgoing)
        elif element.type == "eventBasedGateway":
            yield from self._race(block, element, outgoing)
        elif any(flow.condition for flow in outgoing) and element.type in {"parallelGateway", "startEvent"}:
            yield self._problem(element, "flow.condition", "此处的条件不起作用。 Conditions have no effect here.")
        if element.type.endswith("Gateway") and not outgoing:
            yield self._problem(element, "gateway.end", "网关没有流出的顺序流。 The gateway leads nowhere.")

    def _choice(self, element: Element, outgoing: list[Flow]) -> Iterator[Problem]:
        if len(outgoing) < 2:
            return
        for flow in outgoing:
            if flow.condition is None and not flow.default:
                yield self._problem(
                    element,
                    "gateway.condition",
                    f"顺序流 '{flow.id}' 没有条件，也不是默认流。 The flow has no condition and is not the default.",
                )
            if flow.condition is not None and flow.default:
                yield self._problem(
                    element, "gateway.default", f"默认流 '{flow.id}' 不应有条件。 The default flow has a condition."
                )
        if not any(flow.default for flow in outgoing):
            yield self._problem(
                element,
                "gateway.no_default",
                "没有默认流；条件都不满足时案件会停在这里。 Without a default the case may get stuck here.",
                severity="warning",
            )

    def _race(self, block: Block, element: Element, outgoing: list[Flow]) -> Iterator[Problem]:
        for flow in outgoing:
            target = block.elements[flow.target]
            if target.type not in {"intermediateCatchEvent", "receiveTask"} or len(block.incoming(target.id)) != 1:
                yield self._problem(
                    element,
                    "gateway.event",
                    f"'{target.id}' 应为只由此网关到达的接收事件。 Only catch events reached from here alone.",
                )
            if flow.condition is not None:
                yield self._problem(element, "flow.condition", "此处的条件不起作用。 Conditions have no effect here.")

    # -- levels

    def _sub_process(self, element: Element, block: Block) -> Iterator[Problem]:
        starts = block.starts()
        if not starts and block.implicit_starts() and not element.event_sub_process:
            return
        if len(starts) != 1:
            yield self._problem(element, "sub_process.start", "子流程应恰有一个开始事件。 One start event is wanted.")
            return
        trigger = starts[0].trigger
        if element.event_sub_process and trigger is None:
            yield self._problem(starts[0], "event.trigger", "事件子流程没有触发条件。 It would never start.")
        if not element.event_sub_process and trigger is not None:
            yield self._problem(starts[0], "sub_process.trigger", "子流程的开始不能有触发条件。 No trigger here.")
        if trigger is not None and trigger.kind == "error" and not starts[0].interrupting:
            yield self._problem(starts[0], "event.error", "错误事件必须中断。 An error always interrupts.")
        if element.event_sub_process and element.loop is not None:
            yield self._problem(element, "loop.place", "事件子流程不能循环。 It cannot repeat.")

    def _boundary(self, block: Block, element: Element) -> Iterator[Problem]:
        host = block.elements.get(element.info.attached_to or "")
        if host is None or host.type not in ACTIVITIES or host.event_sub_process:
            yield self._problem(element, "boundary.host", "边界事件没有附着在活动上。 It stands on no activity.")
        elif element.trigger is None:
            yield self._problem(element, "event.trigger", "事件不等待任何东西。 The event waits for nothing.")
        elif element.trigger.kind == "error" and not element.interrupting:
            yield self._problem(element, "event.error", "错误事件必须中断。 An error always interrupts.")
        elif host.block is None and host.call is None and not _can_throw(host, element.trigger.kind):
            yield self._problem(element, "boundary.never", "此活动不会抛出它。 The host never throws this.")

    # -- references

    def _references(self, element: Element) -> Iterator[Problem]:
        info, known = element.info, self._known
        if info.form_ref is not None and info.form_ref not in known.forms:
            yield self._unknown(element, "form", "表单", info.form_ref)
        if info.decision is not None and info.decision not in known.decisions:
            yield self._unknown(element, "decision", "决策", info.decision)
        if info.topic is not None and info.topic not in known.topics and info.topic not in BUILT_IN_TOPICS:
            yield self._unknown(element, "topic", "主题", info.topic)
        if info.clock is not None and known.policies and info.clock not in known.policies:
            yield self._unknown(element, "clock", "时钟", info.clock)
        yield from self._people(element)
        if info.called_process is not None:
            yield from self._called(element, info.called_process)

    def _people(self, element: Element) -> Iterator[Problem]:
        info, known = element.info, self._known
        for group in (*element.start_groups, *element.literal_groups):
            if known.groups is not None and group not in known.groups:
                yield self._unknown(element, "group", "组", group)
        for other in info.separate_from:
            if other not in self._ids:
                yield self._unknown(element, "element", "元素", other)
        wanted = element.assignment
        if wanted is not None and not (wanted.assignee or wanted.users or wanted.groups):
            yield self._problem(
                element, "task.nobody", "没有办理人或候选组。 Nobody may do this task.", severity="warning"
            )

    def _called(self, element: Element, process_id: str) -> Iterator[Problem]:
        called = self._known.processes.get(process_id)
        if called is None:
            yield self._unknown(element, "process", "流程", process_id)
        elif element.call is not None and element.call.version_tag not in {None, called.version_tag}:
            yield self._problem(
                element,
                "call.version",
                f"本次部署里 '{process_id}' 的版本标签是 {called.version_tag!r}，不是 {element.call.version_tag!r}。 "
                "The deployed process has another version tag.",
            )
        elif not _begins_by_itself(called.block):
            yield self._problem(
                element,
                "call.start",
                f"被调用的流程 '{process_id}' 应恰有一个无触发条件的开始事件。 One plain start is wanted.",
            )

    def _unknown(self, element: Element, what: str, label: str, name: str) -> Problem:
        return self._problem(
            element, f"unknown.{what}", f"{label} '{name}' 不存在。 Unknown {what}.", params={"name": name}
        )

    def _problem(
        self,
        element: Element | None,
        key: str,
        message: str,
        *,
        hint: str | None = None,
        severity: str = "error",
        params: dict[str, object] | None = None,
    ) -> Problem:
        return Problem(
            file=self._process.file,
            key=key,
            message=message,
            element_id=self._process.id if element is None else element.id,
            element_name=self._process.name if element is None else element.info.name or None,
            hint=hint,
            line=None if element is None else element.line,
            severity=severity,
            params=params or {},
        )


def _begins_by_itself(block: Block) -> bool:
    """Whether there is one way to begin without waiting for anything."""
    plain = [start for start in block.starts() if start.trigger is None]
    return len(plain) == 1 or bool(block.implicit_starts())


def _reached(block: Block) -> set[str]:
    """Elements that some path leads to; a boundary event is reached with its host."""
    following: dict[str, list[str]] = {}
    for flow in block.flows:
        following.setdefault(flow.source, []).append(flow.target)
    for element in block.elements.values():
        if element.info.attached_to is not None:
            following.setdefault(element.info.attached_to, []).append(element.id)
    found = {e.id for e in block.elements.values() if e.type == "startEvent" or e.event_sub_process or e.instantiate}
    found.update(element.id for element in block.implicit_starts())
    stack = list(found)
    while stack:
        for target in following.get(stack.pop(), ()):
            if target not in found:
                found.add(target)
                stack.append(target)
    return found


def _can_throw(host: Element, kind: str) -> bool:
    """A service task may fail with an error; escalations come from inside only."""
    if kind == "error":
        return host.work is not None
    return kind != "escalation"
