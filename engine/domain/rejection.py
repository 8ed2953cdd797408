"""Rejections: a command refused, nothing changed.

Grammar of a message: object, id, fact. `key` names the message in the catalogue of translations, `data` fills it in.
"""

from dataclasses import dataclass, field


class Rejection(Exception):
    """A command was refused and nothing changed."""

    key = "rejected"

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message)
        self.data = data


class NotFound(Rejection):
    """The object does not exist, or not for this person (need-to-know)."""

    key = "not_found"


class Forbidden(Rejection):
    """The person may see the object but not do this (role, separation of duties)."""

    key = "forbidden"


class Conflict(Rejection):
    """The object has changed meanwhile: already claimed, already completed."""

    key = "conflict"


class Suspended(Conflict):
    """The case stands still. data: by (person id), at (aware UTC), reason."""


class AlreadyClaimed(Conflict):
    """data: task_id, by (person id), at (aware UTC)."""

    key = "already_claimed"


class AlreadyCompleted(Conflict):
    """data: task_id, by (person id or None), at (aware UTC)."""

    key = "already_completed"


class IdempotencyMismatch(Rejection):
    """The same key was sent before with another body (HTTP 422)."""

    key = "idempotency_mismatch"


class Invalid(Rejection):
    """Input does not fit. `errors`: field path to list of FieldError."""

    key = "invalid"

    def __init__(self, message: str, errors: "dict[str, list[FieldError]] | None" = None, **data: object) -> None:
        super().__init__(message, **data)
        self.errors = errors or {}


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """`key` names the message in the catalogue ("form.required"), `params` fill it."""

    key: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One reason why a file cannot be deployed. `severity`: error or warning."""

    file: str
    message: str
    key: str
    element_id: str | None = None
    element_name: str | None = None
    hint: str | None = None
    line: int | None = None
    severity: str = "error"
    params: dict[str, object] = field(default_factory=dict)


class ProblemsFound(Rejection):
    """A deployment was refused; `problems` lists every reason."""

    key = "problems_found"

    def __init__(self, problems: list[Problem]) -> None:
        lines = [f"{p.file}: {p.element_id or '-'}: {p.message}" for p in problems]
        super().__init__("\n".join(lines), count=len(problems))
        self.problems = problems
