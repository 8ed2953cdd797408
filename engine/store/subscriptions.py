"""Which cases wait for which message."""

from collections.abc import Sequence

from engine.domain.step import Subscription
from engine.store.unit_of_work import Statement, UnitOfWork

_INSERT = Statement(
    """INSERT INTO subscription (case_id, token, name, kind, element_id, key)
       VALUES (:case_id, :token, :name, :kind, :element_id, :key) ON CONFLICT DO NOTHING"""
)
_DELETE = Statement("DELETE FROM subscription WHERE case_id = :case_id AND token = :token")
_ELEMENTS = Statement(
    "SELECT DISTINCT element_id FROM subscription WHERE case_id = :case_id AND kind = 'message' ORDER BY element_id"
)
_AT = Statement(
    """SELECT min(token) AS token FROM subscription
       WHERE case_id = :case_id AND element_id = :element_id AND kind = 'message'"""
)


def write(uow: UnitOfWork, case_id: int, added: Sequence[Subscription], removed: Sequence[int]) -> None:
    uow.run_many(_DELETE, [{"case_id": case_id, "token": token} for token in removed])
    uow.run_many(
        _INSERT,
        [
            {
                "case_id": case_id,
                "token": new.token,
                "name": new.name,
                "kind": new.kind,
                "element_id": new.element_id,
                "key": new.key,
            }
            for new in added
        ],
    )


def elements(uow: UnitOfWork, case_id: int) -> list[str]:
    """Elements of the case that wait for a message."""
    return [row.element_id for row in uow.all(_ELEMENTS, case_id=case_id)]


def token_at(uow: UnitOfWork, case_id: int, element_id: str) -> int:
    """The oldest token that waits there. Raises LookupError."""
    row = uow.first(_AT, case_id=case_id, element_id=element_id)
    if row is None or row.token is None:
        raise LookupError(element_id)
    return int(row.token)
