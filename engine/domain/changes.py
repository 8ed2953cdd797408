"""Changing what runs: plans that an operator gives, and what they would do, said before anything moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.domain.rejection import Conflict


@dataclass(frozen=True, kw_only=True)
class StartAt:
    """Begin before an element. A sub-process around it that is not open is opened.

    `inside`: the token of the open sub-process or called process to go into, when several are open. `via`: for a join,
    the flow that counts as arrived; None: the first that has not.
    """

    element_id: str
    inside: int | None = None
    via: str | None = None


@dataclass(frozen=True, kw_only=True)
class MovePlan:
    """Tokens to cancel, with all that runs inside them, and elements to begin at."""

    cancel: tuple[int, ...] = ()
    start: tuple[StartAt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MigrationPlan:
    """`elements`: old element id to new one, where they differ. `timers`: keep the running due times, or renew."""

    elements: Mapping[str, str] = field(default_factory=dict)
    timers: str = "keep"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One token where it stands. `inside`: the token of the sub-process around it, 0 for the case itself.

    `kind`: what it is or waits for: task, service, timer, message, signal, condition, event, join, items, inside,
    stuck, passing; done: completed, but it can be undone. `note`: of a repeated activity, how far it is.
    """

    token: int
    element_id: str
    name: str
    type: str
    kind: str
    inside: int = 0
    host: int = 0
    item: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One consequence of a change.

    `what`: kept, renamed, cancelled, started, rearmed (what happens to a token), starves (a join that would wait for
    ever), incident, variables_lost, ended. `kind` as of Stand. `old_element_id`: where a renamed token stood.
    """

    what: str
    kind: str = ""
    token: int = 0
    element_id: str = ""
    name: str = ""
    note: str = ""
    old_element_id: str = ""


class PlanRefused(Conflict):
    """The change cannot be made; `problems` says every reason."""

    def __init__(self, problems: tuple[str, ...], **data: object) -> None:
        super().__init__("\n".join(problems), **data)
        self.problems = problems
