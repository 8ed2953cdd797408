"""What an element of a diagram may say beside its place: trigger, repetition, work, people; plain facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.feel import Expression


@dataclass(frozen=True, kw_only=True)
class Loop:
    """How often an activity repeats. `kind`: parallel, sequential or standard."""

    kind: str
    collection: Expression | None = None
    element_variable: str | None = None
    cardinality: Expression | None = None
    completion: Expression | None = None
    output_collection: str | None = None
    output_element: Expression | None = None
    condition: Expression | None = None
    maximum: int | None = None
    test_before: bool = False


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """What an event waits for or does.

    `kind`: timer, message, signal, error, escalation, condition, compensation, cancel, terminate, link or several.
    `name` is the message, signal or link, `naming` computes it when the diagram does not say it literally; `code` is
    the error or escalation (None: any), `code_variable` and `text_variable` where a catch keeps what it caught.
    `timer`: date, duration or cycle. `key` is a message's correlation key, `inputs` what a thrown event carries.
    `condition` may look at the change of one `variable` only. `activity` is what a compensation names (None: all).
    `parts`: the triggers of an event with several; `parallel`: it waits for all of them, else for any.
    """

    kind: str
    name: str = ""
    naming: Expression | None = None
    code: str | None = None
    code_variable: str | None = None
    text_variable: str | None = None
    timer: str = ""
    time: Expression | None = None
    rule: str = ""
    key: Expression | None = None
    inputs: Mapping[str, Expression] = field(default_factory=dict)
    condition: Expression | None = None
    variable: str | None = None
    activity: str | None = None
    parts: tuple["Trigger", ...] = ()
    parallel: bool = False


@dataclass(frozen=True, kw_only=True)
class Mappings:
    """Variables of an activity's own scope, and what it gives to the scope around it."""

    inputs: Mapping[str, Expression] = field(default_factory=dict)
    outputs: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Work:
    """Work that is done outside; with mapped inputs it is given these, else everything visible.

    `errors`: conditions on what comes back, and the code of the error that each of them means.
    """

    topic: str
    errors: tuple[tuple[Expression, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Formula:
    """One expression whose value goes to one variable."""

    expression: Expression
    result: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A called process; `choose` computes which. `everything_*`: all variables go over, `own_*`: from or to the local
    scope of the activity only.
    """

    process: str = ""
    choose: Expression | None = None
    version_tag: str | None = None
    inputs: Mapping[str, Expression] = field(default_factory=dict)
    outputs: Mapping[str, Expression] = field(default_factory=dict)
    everything_in: bool = False
    everything_out: bool = False
    own_in: bool = False
    own_out: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Who may do a user task and until when, as expressions evaluated when the task opens."""

    assignee: Expression | None = None
    users: Expression | None = None
    groups: Expression | None = None
    due: Expression | None = None
    priority: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A decision asked by a business rule task; `shape`: singleEntry, singleResult, collectEntries or resultList."""

    decision: str
    result: str | None = None
    shape: str | None = None
