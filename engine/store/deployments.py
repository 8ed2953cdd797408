"""Rows of deployments, their files and the process definitions in them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, cast

from engine.domain.rejection import NotFound
from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_INSERT = Statement(
    """INSERT INTO deployment (id, deployed_at, deployed_by, comment, digest)
       VALUES (:id, :deployed_at, :deployed_by, :comment, :digest)"""
)
_INSERT_FILE = Statement(
    """INSERT INTO deployment_file (deployment_id, name, content, digest)
       VALUES (:deployment_id, :name, :content, :digest)"""
)
_NEXT_VERSION = Statement("SELECT coalesce(max(version), 0) + 1 AS version FROM process_definition WHERE key = :key")
_INSERT_DEFINITION = Statement(
    """INSERT INTO process_definition (id, deployment_id, key, version, name, file)
       VALUES (:id, :deployment_id, :key, :version, :name, :file)"""
)
_WITH_DIGEST = Statement("SELECT id FROM deployment WHERE digest = :digest")
_LATEST = Statement("SELECT max(id) AS id FROM deployment")
_FILES = Statement("SELECT name, content, digest FROM deployment_file WHERE deployment_id = :id ORDER BY name")
_DEFINITION = Statement("SELECT id, deployment_id, key, version, name, file FROM process_definition WHERE id = :id")
_LATEST_OF_KEY = Statement(
    """SELECT id, deployment_id, key, version, name, file FROM process_definition
       WHERE key = :key ORDER BY version DESC LIMIT 1"""
)
_LATEST_OF_ALL = Statement(
    """SELECT id, deployment_id, key, version, name, file FROM process_definition d
       WHERE version = (SELECT max(version) FROM process_definition WHERE key = d.key) ORDER BY key"""
)
_ALL = Statement(
    """SELECT d.id, d.key, d.version, d.name, d.file, p.deployed_at, p.deployed_by, p.comment,
       (SELECT count(*) FROM process_instance c WHERE c.definition_id = d.id AND c.state <> 'ended') AS cases
       FROM process_definition d JOIN deployment p ON p.id = d.deployment_id
       ORDER BY d.key, d.version DESC"""
)


class DefinitionRecord(Protocol):
    """A row of process_definition."""

    id: int
    deployment_id: int
    key: str
    version: int
    name: str
    file: str


def digest_of(files: Mapping[str, bytes]) -> str:
    """One hash over names and contents, independent of order."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{len(name)}:{name}{len(files[name])}:".encode() + files[name])
    return total.hexdigest()


def insert(uow: UnitOfWork, *, id_: int, files: Mapping[str, bytes], by: str, comment: str, at: datetime) -> None:
    uow.run(_INSERT, id=id_, deployed_at=to_ms(at), deployed_by=by, comment=comment, digest=digest_of(files))
    uow.run_many(
        _INSERT_FILE,
        [
            {"deployment_id": id_, "name": name, "content": content, "digest": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        ],
    )


def insert_definition(uow: UnitOfWork, *, id_: int, deployment_id: int, key: str, name: str, file: str) -> int:
    """Returns the new version."""
    row = uow.first(_NEXT_VERSION, key=key)
    version = int(row.version) if row is not None else 1
    uow.run(_INSERT_DEFINITION, id=id_, deployment_id=deployment_id, key=key, version=version, name=name, file=file)
    return version


def was_deployed(uow: UnitOfWork, digest: str) -> bool:
    return uow.first(_WITH_DIGEST, digest=digest) is not None


def latest(uow: UnitOfWork) -> int | None:
    row = uow.first(_LATEST)
    return None if row is None else row.id


def files(uow: UnitOfWork, deployment_id: int) -> dict[str, bytes]:
    return {row.name: bytes(row.content) for row in uow.all(_FILES, id=deployment_id)}


def definition(uow: UnitOfWork, definition_id: int) -> DefinitionRecord:
    """Raises NotFound."""
    row = uow.first(_DEFINITION, id=definition_id)
    if row is None:
        raise NotFound(f"Process definition {definition_id} does not exist.", object="definition", id=definition_id)
    return cast(DefinitionRecord, row)


def latest_of(uow: UnitOfWork, key: str) -> DefinitionRecord:
    """The newest version of a process. Raises NotFound."""
    row = uow.first(_LATEST_OF_KEY, key=key)
    if row is None:
        raise NotFound(f"Process '{key}' is not deployed.", object="process", id=key)
    return cast(DefinitionRecord, row)


def latest_of_all(uow: UnitOfWork) -> list[DefinitionRecord]:
    return [cast(DefinitionRecord, row) for row in uow.all(_LATEST_OF_ALL)]


def definitions(uow: UnitOfWork) -> Sequence[Any]:
    """Every version with who deployed it and how many cases run on it, newest first within a process."""
    return uow.all(_ALL)
