"""Diagrams as they are drawn: saved by revision, so that nobody overwrites what another has saved."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.empty_diagram import empty_diagram, process_ids
from engine.domain.actor import Actor
from engine.domain.rejection import Conflict, FieldError, Invalid, NotFound
from engine.services.access import require_permission
from engine.services.runtime import Runtime
from engine.store import deployments, drafts
from engine.store.times import from_ms
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work

NO_DRAFT = 0
"""The revision of what was never saved, and the definition that a draft of a new process is based on."""
# What stands behind the process id in the key of a copy: whose it is, and which of his.
COPY_MARK = "@"
_PROCESS_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_LONGEST_NAME = 200


class StaleDraft(Conflict):
    """Somebody saved another draft since this one was opened. data: key, by (person id), at (aware UTC)."""

    key = "stale_draft"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`key`: the process id, followed by @ and a name for a copy. `revision` rises with every save."""

    key: str
    xml: bytes
    saved_at: datetime
    saved_by: str
    base_definition_id: int
    revision: int

    @property
    def process_id(self) -> str:
        return process_of(self.key)


def process_of(key: str) -> str:
    return key.partition(COPY_MARK)[0]


def find(runtime: Runtime, key: str, *, actor: Actor) -> Draft | None:
    """Raises Forbidden."""
    require_permission(actor, "design")
    with read_only(runtime.database) as uow:
        return _found(uow, key)


def listing(runtime: Runtime, *, actor: Actor) -> list[Draft]:
    """All drafts, by key. Raises Forbidden."""
    require_permission(actor, "design")
    with read_only(runtime.database) as uow:
        return [_draft(row) for row in drafts.designs(uow)]


def begin(runtime: Runtime, process_id: str, name: str, *, actor: Actor, xml: bytes | None = None) -> Draft:
    """A draft of a process that there is not yet: from `xml`, which must draw it, or from an empty diagram.

    Raises Forbidden, Invalid with the field at fault (process_id, name, file), ProblemsFound for a file that is no XML.
    """
    require_permission(actor, "design")
    if not _PROCESS_ID.fullmatch(process_id):
        raise _invalid("process_id", "form.pattern")
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise _invalid("name", "form.required" if not name.strip() else "form.too_long", limit=_LONGEST_NAME)
    if xml is not None and process_id not in process_ids(xml, file=f"{process_id}.bpmn"):
        raise _invalid("file", "designer.other_process")
    content = empty_diagram(process_id, name.strip()) if xml is None else xml
    with unit_of_work(runtime.database) as uow:
        if _deployed(uow, process_id) or not _saved(runtime, uow, process_id, content, actor, expected=NO_DRAFT):
            raise _invalid("process_id", "designer.process_exists")
        return _present(uow, process_id)


def save(runtime: Runtime, key: str, xml: bytes, *, actor: Actor, expected: int) -> Draft:
    """Keep a diagram as it is drawn, finished or not. `expected`: the revision that it was drawn on.

    Raises Forbidden, StaleDraft.
    """
    require_permission(actor, "design")
    with unit_of_work(runtime.database) as uow:
        if not _saved(runtime, uow, key, xml, actor, expected=expected):
            require_revision(uow, key, expected)
        return _present(uow, key)


def keep_copy(runtime: Runtime, key: str, xml: bytes, *, actor: Actor) -> Draft:
    """Keep a diagram beside the draft that somebody else saved. Raises Forbidden, NotFound."""
    require_permission(actor, "design")
    with unit_of_work(runtime.database) as uow:
        taken = {row.process_key for row in drafts.designs(uow)}
        own = f"{process_of(key)}{COPY_MARK}{actor.person_id}"
        free = next(name for name in (own, *(f"{own}.{n}" for n in range(2, len(taken) + 3))) if name not in taken)
        _saved(runtime, uow, free, xml, actor, expected=NO_DRAFT)
        return _present(uow, free)


def discard(runtime: Runtime, key: str, *, actor: Actor) -> None:
    """Raises Forbidden."""
    require_permission(actor, "design")
    with unit_of_work(runtime.database) as uow:
        drafts.drop_design(uow, key)


def require_revision(uow: UnitOfWork, key: str, expected: int) -> None:
    """Raises StaleDraft when another draft than the expected one is there."""
    found = _found(uow, key)
    if found is not None and found.revision != expected:
        raise StaleDraft(f"Draft '{key}' was saved by another.", draft=key, by=found.saved_by, at=found.saved_at)


def _saved(runtime: Runtime, uow: UnitOfWork, key: str, xml: bytes, actor: Actor, *, expected: int) -> bool:
    latest = _deployed(uow, process_of(key))
    base = latest.id if latest is not None else NO_DRAFT
    now = runtime.clock.now()
    by = actor.person_id
    if drafts.change_design(uow, process_key=key, content=xml, at=now, by=by, expected=expected):
        return True
    # Never saved before, or the draft was deployed or discarded meanwhile.
    return drafts.add_design(uow, process_key=key, content=xml, at=now, by=by, base=base)


def _deployed(uow: UnitOfWork, process_id: str) -> deployments.DefinitionRecord | None:
    try:
        return deployments.latest_of(uow, process_id)
    except NotFound:
        return None


def _found(uow: UnitOfWork, key: str) -> Draft | None:
    row = drafts.design(uow, key)
    return None if row is None else _draft(row)


def _present(uow: UnitOfWork, key: str) -> Draft:
    found = _found(uow, key)
    if found is None:
        raise NotFound(f"Draft '{key}' does not exist.", object="draft", id=key)
    return found


def _draft(row: Any) -> Draft:
    return Draft(
        key=row.process_key,
        xml=bytes(row.content),
        saved_at=from_ms(row.saved_at),
        saved_by=row.saved_by,
        base_definition_id=row.base_definition_id,
        revision=row.saved_at,
    )


def _invalid(field: str, key: str, **params: object) -> Invalid:
    return Invalid(f"{field}: {key}", errors={field: [FieldError(key=key, params=params)]}, field=field)
