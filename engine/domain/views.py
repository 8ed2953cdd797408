"""What the screens read: flat rows, ready to be shown, already filtered by permission."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.domain.rejection import Rejection


@dataclass(frozen=True, kw_only=True)
class InboxRow:
    """One open task. `late`: due before now. `claimable`: offered to a group or person, nobody has it."""

    task_id: int
    case_id: int
    number: str
    title: str
    subject: str
    element_id: str
    task_name: str
    stage: str
    since: datetime
    due_at: datetime | None
    late: bool
    assignee: str | None
    assignee_name: str | None
    claimable: bool
    priority: int
    process_name: str
    completed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    """`counts`: tab to number of rows, at most 100 (shown as 99+). `after`: cursor of the next page or None."""

    tab: str
    rows: list[InboxRow]
    counts: dict[str, int]
    after: str | None


@dataclass(frozen=True, kw_only=True)
class ClockView:
    """A legal clock of a case. `state`: running, met, met_late, missed. `label`: its policy's, as config.yaml has it.

    The sum: `starts` is not counted, `first_day` is day 1, `target` the last day as counted, `last_day` the one after
    days off were skipped, `ends` its 24:00.
    """

    name: str
    label: str
    starts: date
    first_day: date
    target: date
    last_day: date
    ends: datetime
    state: str
    days_left: int


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    at: datetime
    actor: str | None
    actor_name: str
    what: str
    element_id: str
    name: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """A task as the case page lists it. `state`: open, completed, cancelled."""

    task_id: int
    element_id: str
    name: str
    state: str
    assignee: str | None
    assignee_name: str | None
    candidate_groups: tuple[str, ...]
    since: datetime
    due_at: datetime | None
    late: bool
    completed_at: datetime | None
    completed_by: str | None


@dataclass(frozen=True, kw_only=True)
class FileRow:
    file_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseHeader:
    """`state`: active, suspended, ended."""

    case_id: int
    number: str
    title: str
    subject: str
    process_id: str
    process_name: str
    version: int
    state: str
    stage: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    outcome: str | None
    definition_id: int


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Where a case has been and stands, as element ids, for the diagram."""

    visited: list[str]
    current: list[str]
    flows: list[str]
    steps: dict[str, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class CaseView:
    header: CaseHeader
    tasks: list[TaskRow]
    history: list[HistoryRow]
    clocks: list[ClockView]
    files: list[FileRow]
    submissions: list[HistoryRow]
    linked: list[CaseHeader]
    trace: Trace
    chain_intact: bool
    chain_length: int


@dataclass(frozen=True, kw_only=True)
class TaskView:
    """The task page. `form_values`: draft or prefilled values; `version`: sent back with the submission.

    `refusal`: why this person may not do the task now, None when nothing forbids it.
    """

    task: TaskRow
    header: CaseHeader
    form: Any
    form_values: dict[str, Any]
    choices: dict[str, list[Any]]
    hidden: frozenset[str]
    draft_saved_at: datetime | None
    version: int
    may_claim: bool
    may_complete: bool
    may_release: bool
    refusal: Rejection | None
    articles: list["ArticleView"]
    trace: Trace
    clocks: list[ClockView]
    history: list[HistoryRow]
    files: list[FileRow]
    submissions: list[HistoryRow]


@dataclass(frozen=True, kw_only=True)
class ArticleView:
    """`behaviour`: whether the processes carry it out; an article without is told in the help only."""

    number: str
    title: str
    text: str
    official: str | None = None
    title_en: str = ""
    text_en: str = ""
    behaviour: bool = True

    def title_in(self, language: str) -> str:
        return (self.title_en if language == "en" else "") or self.title

    def text_in(self, language: str) -> str:
        return (self.text_en if language == "en" else "") or self.text


@dataclass(frozen=True, kw_only=True)
class Startable:
    """A start event this person may use."""

    process_id: str
    process_name: str
    start_event: str
    name: str
    definition_id: int


@dataclass(frozen=True, kw_only=True)
class InFlightRow:
    """`holders`: names of persons who have, or alone may take, an open task; `groups`: those it is offered to.

    `late_clocks`: names of policies.
    """

    header: CaseHeader
    open_tasks: tuple[str, ...]
    holders: tuple[str, ...]
    groups: tuple[str, ...]
    due_at: datetime | None
    late: bool
    late_clocks: tuple[str, ...]
    age_days: int
    incidents: int


@dataclass(frozen=True, kw_only=True)
class DefinitionRow:
    """A deployed process definition, newest version first. `cases`: cases in flight pinned to it."""

    definition_id: int
    process_id: str
    name: str
    version: int
    file: str
    deployed_at: datetime
    deployed_by: str
    comment: str
    cases: int
    latest: bool
