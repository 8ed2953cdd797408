"""What one run of the interpreter did, in domain terms; the unit of work writes all of it in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TaskOpened:
    """A user task began to wait. `token` is unique within the case for ever; `scope` is where its variables live."""

    token: int
    element_id: str
    process_id: str
    name: str
    scope: str = ""
    assignee: str | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    form_ref: str | None = None
    due_at: datetime | None = None
    priority: int = 50
    lane: str | None = None
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TaskClosed:
    """A user task no longer waits. `reason`: completed or cancelled."""

    token: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class JobSet:
    """Work that falls due: kind "timer" (fires the token) or "service" (runs a delegate, then completes the token)."""

    token: int
    kind: str
    element_id: str
    due_at: datetime | None = None
    topic: str | None = None
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """The case waits at `token` for the message or signal called `name` (correlation `key`, None: by case only)."""

    token: int
    name: str
    element_id: str
    key: str | None = None
    kind: str = "message"


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """A message or signal (`kind`) for other cases, thrown at `element_id`; `key`: correlation key of a message."""

    kind: str
    name: str
    element_id: str
    key: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of history. `what`: entered, left, cancelled, taken (sequence flow), started, ended, incident."""

    what: str
    element_id: str
    token: int
    element_type: str = ""
    name: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class IncidentRaised:
    """A token cannot go on (expression failed, no flow selectable); the rest of the case lives."""

    token: int
    element_id: str
    message: str


@dataclass(kw_only=True)
class Step:
    """All effects of one run. `variables`: (scope, name) to a value; a dropped scope takes its variables with it."""

    tasks_opened: list[TaskOpened] = field(default_factory=list)
    tasks_closed: list[TaskClosed] = field(default_factory=list)
    jobs_set: list[JobSet] = field(default_factory=list)
    jobs_cleared: list[int] = field(default_factory=list)
    subscribed: list[Subscription] = field(default_factory=list)
    unsubscribed: list[int] = field(default_factory=list)
    thrown: list[Thrown] = field(default_factory=list)
    variables: dict[tuple[str, str], Any] = field(default_factory=dict)
    scopes_dropped: list[str] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)
    incidents: list[IncidentRaised] = field(default_factory=list)
    ended: bool = False
