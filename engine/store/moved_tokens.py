"""Rows of tokens whose elements have other names in another version, and the cases that such a move concerns."""

from collections.abc import Mapping

from engine.domain.rejection import NotFound
from engine.store.unit_of_work import Statement, UnitOfWork

_RENAME = [
    Statement(f"UPDATE {table} SET element_id = :element_id WHERE case_id = :case_id AND token = :token {more}")
    for table, more in (("job", ""), ("subscription", ""), ("incident", "AND resolved_at IS NULL"))
]
_OTHERS = Statement(
    """SELECT c.id FROM process_instance c JOIN process_definition d ON d.id = c.definition_id
       WHERE d.key = :key AND d.id <> :target AND c.state IN ('active', 'suspended') ORDER BY c.id"""
)
_VERSION = Statement("SELECT id FROM process_definition WHERE key = :key AND version = :version")


def rename_places(uow: UnitOfWork, case_id: int, places: Mapping[int, str]) -> None:
    """What waits for these tokens stands at the new elements; tasks are rewritten whole elsewhere."""
    rows = [{"case_id": case_id, "token": token, "element_id": place} for token, place in places.items()]
    for statement in _RENAME:
        uow.run_many(statement, rows)


def cases_on_other_versions(uow: UnitOfWork, process_key: str, target_id: int) -> list[int]:
    """Cases of the process that have not ended, oldest first."""
    return [row.id for row in uow.all(_OTHERS, key=process_key, target=target_id)]


def definition_of_version(uow: UnitOfWork, process_key: str, version: int) -> int:
    """Raises NotFound."""
    row = uow.first(_VERSION, key=process_key, version=version)
    if row is None:
        raise NotFound(f"Process '{process_key}' has no version {version}.", object="process", id=process_key)
    return int(row.id)
