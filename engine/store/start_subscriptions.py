"""Which start events wait for which message or signal: those of the newest version of each process."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.store.unit_of_work import Statement, UnitOfWork

_FORGET = Statement("DELETE FROM start_subscription WHERE process_key = :process_key")
_INSERT = Statement(
    """INSERT INTO start_subscription (kind, name, process_key, element_id, definition_id)
       VALUES (:kind, :name, :process_key, :element_id, :definition_id)"""
)
_WAITING = Statement(
    """SELECT process_key, element_id, definition_id FROM start_subscription
       WHERE kind = :kind AND name = :name ORDER BY process_key, element_id"""
)


@dataclass(frozen=True, kw_only=True)
class StartSubscription:
    """A case of this definition begins at `element_id` when the message or signal comes."""

    process_key: str
    element_id: str
    definition_id: int


def replace_all(uow: UnitOfWork, process_key: str, definition_id: int, starts: Sequence[tuple[str, str, str]]) -> None:
    """The starts (kind, name, element id) of the new version instead of those of the old one."""
    uow.run(_FORGET, process_key=process_key)
    uow.run_many(
        _INSERT,
        [
            {
                "kind": kind,
                "name": name,
                "process_key": process_key,
                "element_id": element_id,
                "definition_id": definition_id,
            }
            for kind, name, element_id in starts
        ],
    )


def waiting_for(uow: UnitOfWork, kind: str, name: str) -> list[StartSubscription]:
    return [StartSubscription(**row._asdict()) for row in uow.all(_WAITING, kind=kind, name=name)]
