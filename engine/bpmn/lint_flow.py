"""Rules of flows: where a process begins, what leads where, what gateways need."""

from collections.abc import Iterator

from engine.bpmn.diagram import Block, Element, Flow, Process
from engine.bpmn.lint_report import Report
from engine.domain.rejection import Problem

# What may begin a case, beside a person.
_STARTS_A_CASE = {"message", "signal", "timer"}


def check_flows(process: Process, report: Report) -> Iterator[Problem]:
    """Every broken rule of the flows of a process."""
    yield from _Flows(report).problems(process)


def begins_by_itself(block: Block) -> bool:
    """Whether there is one way to begin without waiting for anything."""
    plain = [start for start in block.starts() if start.trigger is None]
    return len(plain) == 1 or bool(block.implicit_starts())


class _Flows:
    def __init__(self, report: Report) -> None:
        self._problem = report.problem

    def problems(self, process: Process) -> Iterator[Problem]:
        yield from self._starts(process.block)
        for block in process.blocks():
            reached = _reached(block)
            for element in block.elements.values():
                if element.id not in reached:
                    yield self._problem(element, "element.unreachable", "没有路径能到达此元素。 Nothing leads here.")
                if element.instantiate:
                    yield from self._instantiating(process, block, element)
                yield from self._ends(block, element)
                yield from self._outgoing(block, element)

    def _starts(self, block: Block) -> Iterator[Problem]:
        if not (block.starts() or block.implicit_starts() or block.instantiating()):
            yield self._problem(None, "process.start", "流程没有开始的地方。 The process begins nowhere.")
        for start in block.starts():
            trigger = start.trigger
            if trigger is None:
                continue
            for kind in sorted({part.kind for part in trigger.parts or (trigger,)} - _STARTS_A_CASE):
                yield self._problem(
                    start,
                    "process.start_trigger",
                    f"流程不能由 {kind} 开始：开始之前没有案件可观察。 No case can begin by a {kind}.",
                    hint="用消息、信号、定时或普通的开始事件。 Use a message, signal, timer or plain start event.",
                )
            if trigger.parallel:
                yield self._problem(
                    start,
                    "process.start_all",
                    "开始事件不能等多个触发条件齐备。 A case begins by one event, not by all.",
                    hint="用并行的事件网关开始。 Begin by a parallel event-based gateway.",
                )
            if any(part.naming is not None for part in trigger.parts or (trigger,)):
                yield self._problem(
                    start,
                    "process.start_name",
                    "案件开始之前没有变量，名称不能是表达式。 Before the case begins its name cannot be computed.",
                )

    def _instantiating(self, process: Process, block: Block, element: Element) -> Iterator[Problem]:
        if block is not process.block:
            yield self._problem(element, "instantiate.place", "只有流程能由此开始。 Only a process begins here.")
        if block.incoming(element.id):
            yield self._problem(element, "flow.into", "开始处不能有流入的顺序流。 No flow may lead in.")
        events = [element] if element.type == "receiveTask" else block.targets(element.id)
        for event in events:
            trigger = event.trigger
            if trigger is None or trigger.kind not in _STARTS_A_CASE - {"timer"} or not trigger.name:
                yield self._problem(
                    event,
                    "instantiate.trigger",
                    "案件只能由有名称的消息或信号在此开始。 A named message or signal must begin the case here.",
                )

    def _ends(self, block: Block, element: Element) -> Iterator[Problem]:
        incoming, outgoing = block.incoming(element.id), block.outgoing(element.id)
        if element.for_compensation and (incoming or outgoing):
            yield self._problem(
                element,
                "compensation.flow",
                "补偿活动不能有顺序流，只用关联连到补偿边界事件。 A compensation activity has no flows.",
                hint="用关联连接。 Connect it by an association.",
            )
        elif any(not flow.drawn for flow in outgoing) and len(outgoing) > 1:
            yield self._problem(element, "flow.out", "链接之后不能再有顺序流。 No flow may follow a link.")
        elif incoming and (element.type in {"startEvent", "boundaryEvent"} or element.event_sub_process):
            yield self._problem(element, "flow.into", "不能有流入的顺序流。 No flow may lead in.")
        elif any(not flow.drawn for flow in incoming) and any(flow.drawn for flow in incoming):
            yield self._problem(element, "flow.into", "链接的接收端不能有流入的顺序流。 No flow may lead in.")
        if outgoing and (element.type == "endEvent" or element.event_sub_process):
            yield self._problem(element, "flow.out", "不能有流出的顺序流。 No flow may lead out.")
        merges = len(incoming) > 1 and element.type != "eventBasedGateway"
        if element.type.endswith("Gateway") and not outgoing and not merges:
            yield self._problem(element, "gateway.end", "网关没有流出的顺序流。 The gateway leads nowhere.")

    def _outgoing(self, block: Block, element: Element) -> Iterator[Problem]:
        outgoing = block.outgoing(element.id)
        if element.type in {"exclusiveGateway", "inclusiveGateway"}:
            yield from self._choice(element, outgoing)
        elif element.type == "eventBasedGateway":
            yield from self._race(block, element, outgoing)
        elif any(flow.condition for flow in outgoing) and element.type in {"parallelGateway", "startEvent"}:
            yield self._problem(element, "flow.condition", "此处的条件不起作用。 Conditions have no effect here.")
        elif any(flow.default for flow in outgoing):
            yield from self._default(element, outgoing)

    def _default(self, element: Element, outgoing: list[Flow]) -> Iterator[Problem]:
        """A default flow behind an activity."""
        if any(flow.default and flow.condition for flow in outgoing):
            yield self._problem(element, "gateway.default", "默认流不应有条件。 The default flow has a condition.")
        if any(flow.condition is None and not flow.default for flow in outgoing):
            yield self._problem(
                element,
                "flow.default_never",
                "有无条件的顺序流时默认流永远不会走。 Beside a flow without condition the default is never taken.",
                severity="warning",
            )

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
            elif target.loop is not None:
                yield self._problem(target, "gateway.event", "事件网关之后的任务不能循环。 It cannot repeat here.")
            if flow.condition is not None:
                yield self._problem(element, "flow.condition", "此处的条件不起作用。 Conditions have no effect here.")
        if element.race_for_all and not element.instantiate:
            yield self._problem(
                element,
                "gateway.event_all",
                "并行的事件网关只能用来开始流程。 A parallel event-based gateway can only begin a process.",
                hint="用并行网关。 Use a parallel gateway.",
            )


def _reached(block: Block) -> set[str]:
    """Elements that some path leads to; a boundary event is reached with its host."""
    following: dict[str, list[str]] = {}
    for flow in block.flows:
        following.setdefault(flow.source, []).append(flow.target)
    for element in block.elements.values():
        if element.info.attached_to is not None:
            following.setdefault(element.info.attached_to, []).append(element.id)
    found = {
        element.id
        for element in block.elements.values()
        if element.type == "startEvent" or element.event_sub_process or element.instantiate or element.for_compensation
    }
    found.update(element.id for element in block.implicit_starts())
    stack = list(found)
    while stack:
        for target in following.get(stack.pop(), ()):
            if target not in found:
                found.add(target)
                stack.append(target)
    return found
