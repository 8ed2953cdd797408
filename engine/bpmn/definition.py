"""A process definition ready to run: shared by its cases and by threads, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.bpmn.builder import BlockSpec
from engine.bpmn.diagram import ElementInfo
from engine.bpmn.facets import Trigger
from engine.dmn.nodes import Decidable
from engine.domain.actor import Actor

__all__ = ["Definition", "ElementInfo", "Package", "StartEvent", "Trigger"]


@dataclass(frozen=True, kw_only=True)
class StartEvent:
    """Where a case may begin, and the groups who may begin it there.

    `kind`: none (a person or another case begins it), message, signal or timer; `event` is the name of the message or
    signal, `timer` says when. A start event with several triggers is listed once for each. Where the process has no
    start event, the process's own id stands for all its beginnings.
    """

    id: str
    name: str
    kind: str = "none"
    event: str = ""
    timer: Trigger | None = None
    form_ref: str | None = None
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def open_to(self, actor: Actor) -> bool:
        """Whether this person may begin a case here."""
        return actor.person_id in self.users or not actor.groups.isdisjoint(self.groups)


@dataclass(frozen=True, kw_only=True)
class Definition:
    """`elements` holds those of called processes too, its own first. `title`, `business_key`: attribute texts.

    `articles`: those that the process itself carries, not one of its elements.
    """

    id: str
    file: str
    name: str
    start_events: list[StartEvent]
    elements: Mapping[str, ElementInfo]
    title: str | None = None
    business_key: str | None = None
    articles: tuple[str, ...] = ()
    specs: Mapping[str, BlockSpec] = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Package:
    """What one deployment holds for the interpreter. `forms`: schemas by id that were drawn into diagrams."""

    definitions: Mapping[str, Definition]
    decisions: Mapping[str, Decidable]
    forms: Mapping[str, bytes] = field(default_factory=dict)
