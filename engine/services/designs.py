"""What a process designer does in the browser: open, check, draft and deploy diagrams."""

from dataclasses import dataclass

from engine.bpmn.empty_diagram import process_ids
from engine.domain.actor import Actor
from engine.domain.rejection import Invalid, NotFound, Problem, ProblemsFound
from engine.domain.views import DefinitionRow
from engine.services import deployments as deploying
from engine.services import design_drafts
from engine.services.access import require_permission
from engine.services.design_drafts import NO_DRAFT, Draft, process_of, require_revision
from engine.services.runtime import Runtime
from engine.store import deployments, people
from engine.store.times import from_ms
from engine.store.unit_of_work import read_only


@dataclass(frozen=True, kw_only=True)
class Design:
    """What the editor opens: the draft if there is one, else the newest version. `name`: of the newest version."""

    key: str
    process_id: str
    name: str
    file: str
    xml: bytes
    draft: Draft | None


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


def opened(runtime: Runtime, key: str, *, actor: Actor) -> Design:
    """A draft, or else the process of this id. Raises Forbidden, NotFound when there is neither."""
    draft = design_drafts.find(runtime, key, actor=actor)
    process_id = process_of(key)
    with read_only(runtime.database) as uow:
        latest = next((row for row in deployments.latest_of_all(uow) if row.key == process_id), None)
        if latest is None and draft is None:
            raise NotFound(f"Process '{process_id}' does not exist.", object="process", id=process_id)
        stored = None if latest is None else deployments.files(uow, latest.deployment_id)[latest.file]
    return Design(
        key=key,
        process_id=process_id,
        name=process_id if latest is None else latest.name,
        file=_file_of(runtime, process_id),
        xml=draft.xml if draft is not None else stored or b"",
        draft=draft,
    )


def lint(runtime: Runtime, key: str, xml: bytes, *, actor: Actor) -> list[Problem]:
    """What the deployer would say of this diagram among the files deployed now, warnings included. Raises Forbidden."""
    require_permission(actor, "design")
    file = _file_of(runtime, process_of(key))
    found = deploying.lint(runtime, deploying.latest_files(runtime) | {file: xml})
    # A warning about another diagram is not for this page.
    told = [problem for problem in found if problem.severity == "error" or problem.file == file]
    return told or _other_process(process_of(key), xml, file)


def deploy(
    runtime: Runtime, key: str, xml: bytes, *, actor: Actor, comment: str, expected: int = NO_DRAFT
) -> DefinitionRow:
    """Deploy the diagram with the other files as they are, and drop its draft.

    `expected`: the revision of the draft that was deployed. Raises Forbidden, Invalid, ProblemsFound, StaleDraft when
    somebody else has saved a draft since.
    """
    require_permission(actor, "design")
    if not comment.strip():
        raise Invalid("A deployment needs a comment.", field="comment")
    process_id = process_of(key)
    file = _file_of(runtime, process_id)
    with read_only(runtime.database) as uow:
        require_revision(uow, key, expected)
    if wrong := _other_process(process_id, xml, file):
        raise ProblemsFound(wrong)
    deploying.deploy(runtime, deploying.latest_files(runtime) | {file: xml}, actor=actor, comment=comment.strip())
    design_drafts.discard(runtime, key, actor=actor)
    return next(row for row in definitions(runtime, actor=actor) if row.process_id == process_id and row.latest)


def files(runtime: Runtime, *, actor: Actor) -> list[tuple[str, str, int]]:
    """Name, kind (form, decision, diagram) and size of every file deployed now. Raises Forbidden."""
    require_permission(actor, "design")
    kinds = {"form": "form", "dmn": "decision", "bpmn": "diagram"}
    return [
        (name, kinds.get(name.rsplit(".", 1)[-1], "other"), len(content))
        for name, content in sorted(deploying.latest_files(runtime).items())
    ]


def _file_of(runtime: Runtime, process_id: str) -> str:
    """The file that draws the process; for a new one a name that is free."""
    with read_only(runtime.database) as uow:
        found = {row.key: row.file for row in deployments.latest_of_all(uow)}
    if process_id in found:
        return found[process_id]
    taken = deploying.latest_files(runtime)
    names = (f"{process_id}{tail}.bpmn" for tail in ("", *(f"_{number}" for number in range(2, len(taken) + 3))))
    return next(name for name in names if name not in taken)


def _other_process(process_id: str, xml: bytes, file: str) -> list[Problem]:
    """A diagram that draws another process than it was opened as would deploy beside it, unnoticed."""
    try:
        drawn = process_ids(xml, file=file)
    except ProblemsFound as found:
        return found.problems
    if process_id in drawn:
        return []
    message = f"流程图中没有流程 '{process_id}'。 The diagram does not draw process '{process_id}'."
    return [Problem(file=file, message=message, key="designer.other_process", element_id=drawn[0] if drawn else None)]
