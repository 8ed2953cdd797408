"""Which cases wait for which message."""

from collections.abc import Sequence

from engine.domain.step import Subscription
from engine.store.unit_of_work import Statement, UnitOfWork

_INSERT = Statement(
    """INSERT INTO subscription (case_id, token, name, element_id, key)
       VALUES (:case_id, :token, :name, :element_id, :key) ON CONFLICT DO NOTHING"""
)
_DELETE = Statement("DELETE FROM subscription WHERE case_id = :case_id AND token = :token")
_WAITING = Statement("SELECT token FROM subscription WHERE case_id = :case_id AND name = :name ORDER BY token")
_NAMES = Statement("SELECT DISTINCT name FROM subscription WHERE case_id = :case_id ORDER BY name")


def write(uow: UnitOfWork, case_id: int, added: Sequence[Subscription], removed: Sequence[int]) -> None:
    uow.run_many(_DELETE, [{"case_id": case_id, "token": token} for token in removed])
    uow.run_many(
        _INSERT,
        [
            {"case_id": case_id, "token": new.token, "name": new.name, "element_id": new.element_id, "key": new.key}
            for new in added
        ],
    )


def waiting(uow: UnitOfWork, case_id: int, name: str) -> list[int]:
    """Tokens of the case that wait for this message, oldest first."""
    return [row.token for row in uow.all(_WAITING, case_id=case_id, name=name)]


def names(uow: UnitOfWork, case_id: int) -> list[str]:
    return [row.name for row in uow.all(_NAMES, case_id=case_id)]
