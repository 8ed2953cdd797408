"""Rows of uploaded files; their bytes lie in the document store under their hash."""

from collections.abc import Sequence
from typing import Any

from engine.domain.views import FileRow
from engine.store.times import from_ms, to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_COLUMNS = "id, case_id, name, media_type, size, sha256, uploaded_by, uploaded_at"
_INSERT = Statement(
    """INSERT INTO stored_file (id, case_id, name, media_type, size, sha256, uploaded_by, uploaded_at)
       VALUES (:id, NULL, :name, :media_type, :size, :sha256, :uploaded_by, :uploaded_at)"""
)
_GET = Statement(f"SELECT {_COLUMNS} FROM stored_file WHERE id = :id")
_OF_CASE = Statement(f"SELECT {_COLUMNS} FROM stored_file WHERE case_id = :case_id ORDER BY uploaded_at")
# A file belongs to one case for good: it is attached by the person who uploaded it, once.
_ATTACH = Statement(
    "UPDATE stored_file SET case_id = :case_id WHERE id = :id AND uploaded_by = :person_id AND case_id IS NULL"
)


def insert(uow: UnitOfWork, file: FileRow) -> None:
    uow.run(
        _INSERT,
        id=file.file_id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        uploaded_by=file.uploaded_by,
        uploaded_at=to_ms(file.uploaded_at),
    )


def get(uow: UnitOfWork, file_id: str) -> tuple[FileRow, int | None] | None:
    """The file and the case it belongs to."""
    row = uow.first(_GET, id=file_id)
    return None if row is None else (_file_from(row), row.case_id)


def of_case(uow: UnitOfWork, case_id: int) -> list[FileRow]:
    return [_file_from(row) for row in uow.all(_OF_CASE, case_id=case_id)]


def attach(uow: UnitOfWork, case_id: int, file_ids: Sequence[str], person_id: str) -> None:
    uow.run_many(_ATTACH, [{"case_id": case_id, "id": file_id, "person_id": person_id} for file_id in file_ids])


def _file_from(row: Any) -> FileRow:
    return FileRow(
        file_id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        uploaded_by=row.uploaded_by,
        uploaded_at=from_ms(row.uploaded_at),
    )
