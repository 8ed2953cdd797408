"""What a process designer does in the browser: open, check, draft and deploy diagrams."""

from dataclasses import dataclass
from datetime import datetime

from engine.domain.actor import Actor
from engine.domain.rejection import Invalid, NotFound, Problem, ProblemsFound
from engine.domain.views import DefinitionRow
from engine.services import deployments as deploying
from engine.services.access import require_permission
from engine.services.runtime import Runtime
from engine.store import deployments, drafts, people
from engine.store.times import from_ms
from engine.store.unit_of_work import read_only, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Draft:
    xml: bytes
    saved_at: datetime
    saved_by: str
    base_definition_id: int


def definitions(runtime: Runtime, *, actor: Actor) -> list[DefinitionRow]:
    """Every version of every process, newest first within a process. Raises Forbidden."""
    require_permission(actor, "design")
    with read_only(runtime.database) as uow:
        rows = deployments.definitions(uow)
        names = people.directory(uow)
    newest = {row.key: row.id for row in reversed(rows)}
    return [
        DefinitionRow(
            definition_id=row.id,
            process_id=row.key,
            name=row.name,
            version=row.version,
            file=row.file,
            deployed_at=from_ms(row.deployed_at),
            deployed_by=names.get(row.deployed_by, row.deployed_by),
            comment=row.comment,
            cases=row.cases,
            latest=newest[row.key] == row.id,
        )
        for row in rows
    ]


def diagram(runtime: Runtime, definition_id: int, *, actor: Actor) -> bytes:
    """The XML of a version. Raises Forbidden, NotFound."""
    require_permission(actor, "design")
    with read_only(runtime.database) as uow:
        row = deployments.definition(uow, definition_id)
        return deployments.files(uow, row.deployment_id)[row.file]


def draft(runtime: Runtime, process_id: str, *, actor: Actor) -> Draft | None:
    """Raises Forbidden."""
    require_permission(actor, "design")
    with read_only(runtime.database) as uow:
        row = drafts.design(uow, process_id)
    if row is None:
        return None
    return Draft(
        xml=bytes(row.content),
        saved_at=from_ms(row.saved_at),
        saved_by=row.saved_by,
        base_definition_id=row.base_definition_id,
    )


def save_draft(runtime: Runtime, process_id: str, xml: bytes, *, actor: Actor, base_definition_id: int) -> datetime:
    """Keep a diagram as it is drawn, finished or not. Raises Forbidden, NotFound."""
    require_permission(actor, "design")
    now = runtime.clock.now()
    with unit_of_work(runtime.database) as uow:
        deployments.latest_of(uow, process_id)
        drafts.save_design(
            uow, process_key=process_id, content=xml, at=now, by=actor.person_id, base=base_definition_id
        )
    return now


def discard_draft(runtime: Runtime, process_id: str, *, actor: Actor) -> None:
    """Raises Forbidden."""
    require_permission(actor, "design")
    with unit_of_work(runtime.database) as uow:
        drafts.drop_design(uow, process_id)


def lint(runtime: Runtime, process_id: str, xml: bytes, *, actor: Actor) -> list[Problem]:
    """What the deployer would say of this diagram among the files deployed now. Raises Forbidden, NotFound."""
    require_permission(actor, "design")
    try:
        deploying.compile_files(runtime, _with(runtime, process_id, xml))
    except ProblemsFound as found:
        return found.problems
    return []


def deploy(runtime: Runtime, process_id: str, xml: bytes, *, actor: Actor, comment: str) -> DefinitionRow:
    """Deploy the diagram with the other files as they are. Raises Forbidden, NotFound, Invalid, ProblemsFound."""
    require_permission(actor, "design")
    if not comment.strip():
        raise Invalid("A deployment needs a comment.", field="comment")
    deploying.deploy(runtime, _with(runtime, process_id, xml), actor=actor, comment=comment.strip())
    discard_draft(runtime, process_id, actor=actor)
    for row in definitions(runtime, actor=actor):
        if row.process_id == process_id and row.latest:
            return row
    raise NotFound(f"Process '{process_id}' is not in the diagram.", object="process", id=process_id)


def files(runtime: Runtime, *, actor: Actor) -> list[tuple[str, str, int]]:
    """Name, kind (form, decision, diagram) and size of every file deployed now. Raises Forbidden."""
    require_permission(actor, "design")
    kinds = {"form": "form", "dmn": "decision", "bpmn": "diagram"}
    return [
        (name, kinds.get(name.rsplit(".", 1)[-1], "other"), len(content))
        for name, content in sorted(deploying.latest_files(runtime).items())
    ]


def _with(runtime: Runtime, process_id: str, xml: bytes) -> dict[str, bytes]:
    with read_only(runtime.database) as uow:
        file = deployments.latest_of(uow, process_id).file
    return deploying.latest_files(runtime) | {file: xml}
