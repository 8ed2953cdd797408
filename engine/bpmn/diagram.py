"""A diagram as read: plain facts of its elements, expressions compiled, nothing of the library."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from engine.bpmn.facets import Assignment, Call, Formula, Loop, Mappings, Rule, Trigger, Work
from engine.feel import Expression, Script

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow, or a link (not `drawn`). `default`: taken when no condition of its source holds."""

    id: str
    source: str
    target: str
    condition: Expression | None = None
    default: bool = False
    drawn: bool = True


@dataclass(frozen=True, kw_only=True)
class ElementInfo:
    """What the rest of the engine may know of an element."""

    id: str
    type: str
    name: str = ""
    process_id: str = ""
    form_ref: str | None = None
    articles: tuple[str, ...] = ()
    separate_from: tuple[str, ...] = ()
    for_subject: bool = False
    lane: str | None = None
    clock: str | None = None
    clock_start: str | None = None
    topic: str | None = None
    decision: str | None = None
    message: str | None = None
    called_process: str | None = None
    attached_to: str | None = None
    documentation: str = ""


@dataclass(frozen=True, kw_only=True)
class Element:
    """A flow node with everything that it needs to run.

    `instantiate`: a receive task or event-based gateway that begins a case; `race_for_all`: behind such a gateway all
    events are awaited, not the first only. `for_compensation`: an activity that undoes another one.
    """

    info: ElementInfo
    line: int | None = None
    trigger: Trigger | None = None
    loop: Loop | None = None
    assignment: Assignment | None = None
    script: Script | None = None
    rule: Rule | None = None
    work: Work | None = None
    call: Call | None = None
    formula: Formula | None = None
    mappings: Mappings | None = None
    initiator: str | None = None
    own_form: bytes | None = None
    block: "Block | None" = None
    interrupting: bool = True
    event_sub_process: bool = False
    instantiate: bool = False
    race_for_all: bool = False
    for_compensation: bool = False
    start_groups: tuple[str, ...] = ()
    literal_groups: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.info.id

    @property
    def type(self) -> str:
        return self.info.type

    @property
    def is_begun_by_others(self) -> bool:
        """Whether no flow leads here and none need to."""
        link = self.trigger is not None and self.trigger.kind == "link" and self.type == "intermediateCatchEvent"
        return self.type == "boundaryEvent" or self.event_sub_process or self.for_compensation or link


@dataclass(frozen=True, kw_only=True)
class Block:
    """The inside of a process or of a sub-process. `undoing`: compensation events to their associated activities."""

    id: str
    elements: Mapping[str, Element]
    flows: tuple[Flow, ...]
    undoing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def outgoing(self, element_id: str) -> list[Flow]:
        return self._by_source.get(element_id, [])

    def targets(self, element_id: str) -> list[Element]:
        """Where the outgoing flows lead."""
        return [self.elements[flow.target] for flow in self.outgoing(element_id)]

    def incoming(self, element_id: str) -> list[Flow]:
        return self._by_target.get(element_id, [])

    def boundaries(self, element_id: str) -> list[Element]:
        """The boundary events that stand on an activity."""
        return self._by_host.get(element_id, [])

    @cached_property
    def _by_source(self) -> dict[str, list[Flow]]:
        return _grouped(self.flows, lambda flow: flow.source)

    @cached_property
    def _by_target(self) -> dict[str, list[Flow]]:
        return _grouped(self.flows, lambda flow: flow.target)

    @cached_property
    def _by_host(self) -> dict[str, list[Element]]:
        return _grouped(self.elements.values(), lambda element: element.info.attached_to or "")

    @cached_property
    def undoers(self) -> tuple[Element, ...]:
        """The starts of event sub-processes that undo this block."""
        return tuple(
            start
            for element in self.elements.values()
            if element.event_sub_process and element.block is not None
            for start in element.block.starts()
            if start.trigger is not None and start.trigger.kind == "compensation"
        )

    @cached_property
    def can_be_undone(self) -> bool:
        """Whether something inside can be undone once it is completed, or the block knows how to undo itself."""
        inner = (element.block for element in self.elements.values() if element.block is not None)
        return bool(self.undoing or self.undoers) or any(block.can_be_undone for block in inner)

    def starts(self) -> list[Element]:
        return [element for element in self.elements.values() if element.type == "startEvent"]

    def instantiating(self) -> list[Element]:
        """Receive tasks and event-based gateways that begin a case."""
        return [element for element in self.elements.values() if element.instantiate]

    def implicit_starts(self) -> list[Element]:
        """Where the block begins when it has no start event: whatever nothing leads to."""
        if self.starts():
            return []
        return [
            element
            for element in self.elements.values()
            if not self.incoming(element.id) and not (element.is_begun_by_others or element.instantiate)
        ]

    def firsts(self) -> list[Element]:
        """Where the block begins when nobody says where."""
        starts = self.starts()
        return [start for start in starts if start.trigger is None] or starts or self.implicit_starts()


@dataclass(frozen=True, kw_only=True)
class Process:
    """An executable process of a file. `start_*`: who may begin it where a start event does not say so itself."""

    id: str
    file: str
    name: str
    block: Block
    title: str | None = None
    business_key: str | None = None
    version_tag: str | None = None
    articles: tuple[str, ...] = ()
    start_groups: tuple[str, ...] = ()
    start_users: tuple[str, ...] = ()

    @cached_property
    def around(self) -> Mapping[str, tuple[Block, Element]]:
        """Inner blocks by id: the block around each and the element that holds it."""
        return {
            element.block.id: (block, element)
            for block in self.blocks()
            for element in block.elements.values()
            if element.block is not None
        }

    def blocks(self) -> list[Block]:
        """The process' own inside first, then those of its sub-processes."""
        found = [self.block]
        for block in found:
            found.extend(element.block for element in block.elements.values() if element.block is not None)
        return found


def repeated_blocks(process: Process) -> set[str]:
    """The blocks inside activities that repeat."""
    found: set[str] = set()
    for block in process.blocks():  # outer ones come first
        for element in block.elements.values():
            if element.block is not None and (element.loop is not None or block.id in found):
                found.add(element.block.id)
    return found


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found
