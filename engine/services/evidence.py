"""Take in files and give them out; a file is never replaced and never deleted (article 10)."""

import secrets
from typing import BinaryIO

from engine.domain.actor import Actor
from engine.domain.media import media_type_of, safe_name
from engine.domain.rejection import Invalid, NotFound
from engine.domain.views import FileRow
from engine.services import access
from engine.services.runtime import Runtime
from engine.store import files
from engine.store.unit_of_work import read_only, unit_of_work


def upload(runtime: Runtime, stream: BinaryIO, *, name: str, actor: Actor) -> FileRow:
    """Store a file; it joins a case when a form is submitted with it.

    Raises Invalid (empty), UnsupportedMedia (kind not allowed, or content and name disagree), TooLarge.
    """
    sha256, size, head = runtime.files.save(stream)
    if size == 0:
        raise Invalid(f"File '{name}' is empty.", name=name)
    file = FileRow(
        file_id=secrets.token_hex(16),
        name=safe_name(name),
        media_type=media_type_of(name, head),
        size=size,
        sha256=sha256,
        uploaded_by=actor.person_id,
        uploaded_at=runtime.clock.now(),
    )
    with unit_of_work(runtime.database) as uow:
        files.insert(uow, file)
    return file


def open_file(runtime: Runtime, file_id: str, *, actor: Actor) -> tuple[FileRow, BinaryIO]:
    """For whoever sees the case it belongs to, or uploaded it. Reading is on record. Raises NotFound."""
    with read_only(runtime.database) as uow:
        found = files.get(uow, file_id)
        if found is None:
            raise NotFound(f"File {file_id} does not exist.", object="file", id=file_id)
        file, case_id = found
        if case_id is not None:
            access.require_case(uow, case_id, actor)
        elif file.uploaded_by != actor.person_id:
            raise NotFound(f"File {file_id} does not exist.", object="file", id=file_id)
    if case_id is not None:
        access.record_reading(runtime, case_id, actor, f"file:{file_id}")
    return file, runtime.files.open(file.sha256)
