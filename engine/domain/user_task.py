"""A user task: who may take it, hold it and complete it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.actor import Actor
from engine.domain.rejection import AlreadyClaimed, AlreadyCompleted, Conflict, Forbidden


@dataclass(frozen=True, kw_only=True)
class UserTask:
    """`version` rises with every change of assignee or state. Times are aware UTC."""

    id: int
    case_id: int
    token: int
    element_id: str
    process_id: str
    name: str
    scope: str
    state: str
    version: int
    assignee: str | None
    claimed_at: datetime | None
    candidate_users: tuple[str, ...]
    candidate_groups: tuple[str, ...]
    form_ref: str | None
    due_at: datetime | None
    priority: int
    created_at: datetime
    ended_at: datetime | None = None
    completed_by: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    def offered_to(self, actor: Actor) -> bool:
        return actor.person_id in self.candidate_users or not actor.groups.isdisjoint(self.candidate_groups)

    def claim(self, actor: Actor, *, now: datetime) -> "UserTask":
        """Idempotent for the holder. Raises AlreadyCompleted, AlreadyClaimed, Forbidden."""
        self.require_open()
        if self.assignee == actor.person_id:
            return self
        if self.assignee is not None:
            raise self._already_claimed()
        if not self.offered_to(actor):
            raise Forbidden(
                f"Task {self.id} is not offered to '{actor.person_id}'.",
                task_id=self.id,
                rule="offered",
                groups=self.candidate_groups,
            )
        return replace(self, assignee=actor.person_id, claimed_at=now, version=self.version + 1)

    def release(self, actor: Actor) -> "UserTask":
        """Back to those it was offered to. Raises AlreadyCompleted, AlreadyClaimed, Conflict, Forbidden."""
        self.require_open()
        if self.assignee is None:
            raise Conflict(f"Task {self.id} is not claimed.", task_id=self.id)
        if self.assignee != actor.person_id and not actor.may("supervise"):
            raise self._already_claimed()
        if not self.candidate_groups and not self.candidate_users:
            raise Forbidden(f"Task {self.id} was assigned, not offered.", task_id=self.id)
        return replace(self, assignee=None, claimed_at=None, version=self.version + 1)

    def require_completable(self, actor: Actor, *, version: int | None) -> None:
        """Whoever may claim a free task may complete it. Raises as `claim` does, and Conflict for a stale page."""
        if self.claim(actor, now=self.created_at).assignee != actor.person_id:
            raise self._already_claimed()
        if version is not None and version != self.version and self.assignee != actor.person_id:
            raise Conflict(f"Task {self.id} has changed since the page was opened.", task_id=self.id)

    def require_open(self) -> None:
        """Raises AlreadyCompleted."""
        if not self.is_open:
            raise AlreadyCompleted(
                f"Task {self.id} is already {self.state}.", task_id=self.id, by=self.completed_by, at=self.ended_at
            )

    def _already_claimed(self) -> AlreadyClaimed:
        return AlreadyClaimed(
            f"Task {self.id} is already claimed by '{self.assignee}'.",
            task_id=self.id,
            by=self.assignee,
            at=self.claimed_at,
        )


def require_separation(
    *,
    element_id: str,
    actor: Actor,
    for_subject: bool,
    subjects: Collection[str],
    completed_by: Mapping[str, Collection[str]],
) -> None:
    """Who is judged does not judge; who did one step does not do the step that checks it (articles 12, 20).

    `completed_by`: each element that the diagram separates from this one, with the persons who completed it. Raises
    Forbidden with the `rule` and, for separation, the `elements` that this person did.
    """
    if actor.person_id in subjects and not for_subject:
        raise Forbidden(
            f"Element {element_id} may not be done by '{actor.person_id}', a subject of the case.",
            element_id=element_id,
            rule="subject",
        )
    done = tuple(element for element, persons in completed_by.items() if actor.person_id in persons)
    if done:
        raise Forbidden(
            f"Element {element_id} may not be done by '{actor.person_id}', who did {', '.join(done)}.",
            element_id=element_id,
            rule="separation",
            elements=done,
        )
