"""Rules of events: what stands beside activities, starts event sub-processes, ends transactions and undoes."""

from collections import Counter
from collections.abc import Iterator

from engine.bpmn.diagram import Block, Element, Process
from engine.bpmn.facets import Trigger
from engine.bpmn.lint_report import Report
from engine.bpmn.undoing import throws_compensation, undone_blocks, visible_blocks
from engine.bpmn.vocabulary import ACTIVITIES
from engine.domain.rejection import Problem

# What always ends its scope when it is caught.
_INTERRUPTS = {"error", "cancel"}


def check_events(process: Process, report: Report) -> Iterator[Problem]:
    """Every broken rule of the events of a process."""
    yield from _Events(process, report).problems()


def _parts(element: Element) -> tuple[Trigger, ...]:
    return () if element.trigger is None else element.trigger.parts or (element.trigger,)


class _Events:
    def __init__(self, process: Process, report: Report) -> None:
        self._process = process
        self._problem = report.problem
        self._undone = undone_blocks(process)
        # Asked once for each, for a diagram may hold ten thousand of them.
        self._handlers = {id for block in process.blocks() for handlers in block.undoing.values() for id in handlers}
        self._undoings = Counter(
            block.elements[event].info.attached_to for block in process.blocks() for event in block.undoing
        )
        self._cancels_inside = {
            block.id
            for block in process.blocks()
            if any(_is_cancel_end(element) for element in block.elements.values())
        }

    def problems(self) -> Iterator[Problem]:
        for block in self._process.blocks():
            for element in block.elements.values():
                if element.block is not None:
                    yield from self._sub_process(block, element, element.block)
                if element.info.attached_to is not None or element.type == "boundaryEvent":
                    yield from self._boundary(block, element)
                if element.type == "intermediateCatchEvent" and element.trigger is None:
                    yield self._problem(element, "event.trigger", "事件不等待任何东西。 The event waits for nothing.")
                if element.work is not None and len(_parts(element)) > 1:
                    yield self._problem(
                        element,
                        "event.several",
                        "有主题的消息不能与其他触发条件并用。 A message with a topic must be the event's only trigger.",
                    )
                if element.for_compensation:
                    yield from self._compensating(block, element)
                if throws_compensation(element):
                    yield from self._throws(block, element)
            yield from self._links(block)

    # -- starts of sub-processes

    def _sub_process(self, outer: Block, element: Element, block: Block) -> Iterator[Problem]:
        starts = block.starts()
        if not starts and block.implicit_starts() and not element.event_sub_process:
            return
        if len(starts) != 1:
            yield self._problem(element, "sub_process.start", "子流程应恰有一个开始事件。 One start event is wanted.")
            return
        start, parts = starts[0], _parts(starts[0])
        if element.event_sub_process and not parts:
            yield self._problem(start, "event.trigger", "事件子流程没有触发条件。 It would never start.")
        if not element.event_sub_process and parts:
            yield self._problem(start, "sub_process.trigger", "子流程的开始不能有触发条件。 No trigger here.")
        if any(part.kind == "error" for part in parts) and not start.interrupting:
            yield self._problem(start, "event.error", "错误事件必须中断。 An error always interrupts.")
        if element.event_sub_process and element.loop is not None:
            yield self._problem(element, "loop.place", "事件子流程不能循环。 It cannot repeat.")
        if any(part.kind == "compensation" for part in parts) and element.event_sub_process:
            yield from self._undoing_start(outer, start)

    def _undoing_start(self, outer: Block, start: Element) -> Iterator[Problem]:
        if outer is self._process.block:
            yield self._problem(
                start,
                "compensation.process",
                "流程结束后没有人能补偿它。 Nobody can undo a whole process once it has ended.",
                hint="把它放进子流程。 Put it into a sub-process.",
            )
        if len(outer.undoers) > 1:
            yield self._problem(start, "compensation.twice", "一个子流程只能有一个补偿事件子流程。 One is enough.")

    # -- boundary events

    def _boundary(self, block: Block, element: Element) -> Iterator[Problem]:
        host = block.elements.get(element.info.attached_to or "")
        kinds = {part.kind for part in _parts(element)}
        if host is None or host.type not in ACTIVITIES or host.event_sub_process:
            yield self._problem(element, "boundary.host", "边界事件没有附着在活动上。 It stands on no activity.")
        elif not kinds:
            yield self._problem(element, "event.trigger", "事件不等待任何东西。 The event waits for nothing.")
        elif kinds == {"compensation"}:
            yield from self._undo(block, element, host)
        elif kinds & _INTERRUPTS and not element.interrupting:
            yield self._problem(element, "event.error", "错误和取消事件必须中断。 It always interrupts.")
        elif kinds == {"cancel"}:
            yield from self._cancelled(element, host)
        elif host.block is None and host.call is None and not all(_can_throw(host, kind) for kind in kinds):
            yield self._problem(element, "boundary.never", "此活动不会抛出它。 The host never throws this.")

    def _undo(self, block: Block, element: Element, host: Element) -> Iterator[Problem]:
        if len(block.undoing[element.id]) != 1:
            yield self._problem(
                element,
                "compensation.handler",
                "补偿边界事件应以关联连到一个补偿活动。 It must be associated with one compensation activity.",
                hint="画一条关联到 isForCompensation 的活动。 Associate it with an activity for compensation.",
            )
        if block.outgoing(element.id):
            yield self._problem(
                element, "flow.out", "补偿边界事件用关联，不用顺序流。 It has an association instead of a flow."
            )
        if host.for_compensation:
            yield self._problem(element, "boundary.never", "补偿活动本身不再补偿。 What undoes is not undone itself.")
        if block.id not in self._undone:
            yield self._problem(
                element,
                "compensation.never",
                "没有补偿或取消事件会用到它。 No compensation or cancel event ever asks for it.",
                severity="warning",
            )
        if self._undoings[host.id] > 1:
            yield self._problem(element, "compensation.twice", "一个活动只能有一个补偿事件。 One is enough.")

    def _compensating(self, block: Block, element: Element) -> Iterator[Problem]:
        if element.event_sub_process or element.id not in self._handlers:
            yield self._problem(
                element,
                "compensation.unused",
                "没有补偿边界事件关联到此活动。 No compensation event is associated with it.",
            )

    def _throws(self, block: Block, element: Element) -> Iterator[Problem]:
        trigger = element.trigger
        if trigger is None or trigger.kind == "cancel":
            yield from self._cancels(block, element)
            return
        seen = visible_blocks(self._process, block)
        if trigger.activity is None:
            if not any(inner.can_be_undone for inner in seen):
                yield self._problem(
                    element, "compensation.nothing", "这里没有可补偿的活动。 Nothing here can be undone."
                )
            return
        found = next((inner.elements[trigger.activity] for inner in seen if trigger.activity in inner.elements), None)
        handled = found is not None and any(
            event.id in inner.undoing for inner in seen for event in inner.boundaries(found.id)
        )
        if found is None:
            yield self._problem(
                element, "compensation.target", f"这里看不到活动 '{trigger.activity}'。 It is not visible from here."
            )
        elif not handled and (found.block is None or not found.block.can_be_undone):
            yield self._problem(
                element, "compensation.target", f"活动 '{trigger.activity}' 没有补偿。 Nothing undoes this activity."
            )

    # -- transactions

    def _cancels(self, block: Block, element: Element) -> Iterator[Problem]:
        outer, host = self._process.around.get(block.id, (None, None))
        if outer is None or host is None or host.type != "transaction":
            yield self._problem(element, "cancel.place", "取消事件应直接在事务里。 It must stand in a transaction.")
            return
        if host.loop is not None:
            yield self._problem(
                element,
                "cancel.loop",
                "重复的事务不能取消：其他各次的含义不清。 What a cancel means for the other rounds is not defined.",
            )
        if not any(part.kind == "cancel" for event in outer.boundaries(host.id) for part in _parts(event)):
            yield self._problem(
                element, "cancel.nowhere", "事务没有取消边界事件。 The transaction has no cancel event beside it."
            )

    def _cancelled(self, element: Element, host: Element) -> Iterator[Problem]:
        if host.type != "transaction":
            yield self._problem(element, "cancel.host", "取消边界事件只能在事务上。 Only a transaction is cancelled.")
        elif host.block is None or host.block.id not in self._cancels_inside:
            yield self._problem(element, "boundary.never", "事务里没有取消结束事件。 Nothing inside cancels it.")

    # -- links

    def _links(self, block: Block) -> Iterator[Problem]:
        catches: dict[str, Element] = {}
        for element in block.elements.values():
            for part in _parts(element):
                if part.kind == "link" and element.type == "intermediateCatchEvent":
                    if part.name in catches:
                        yield self._problem(
                            element, "link.twice", f"链接“{part.name}”有两个接收端。 The link has two catches."
                        )
                    catches[part.name] = element


def _is_cancel_end(element: Element) -> bool:
    return element.type == "endEvent" and any(part.kind == "cancel" for part in _parts(element))


def _can_throw(host: Element, kind: str) -> bool:
    """A service task may fail with an error; escalations come from inside only."""
    if kind == "error":
        return host.work is not None
    return kind != "escalation"
