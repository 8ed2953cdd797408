"""Which cases wait for which message or signal."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain.message import Message
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
_NUMBERED = Statement("SELECT id FROM process_instance WHERE number = :number")
_WAITING = """SELECT s.case_id, s.token, s.element_id, s.key, c.number
    FROM subscription s JOIN process_instance c ON c.id = s.case_id
    WHERE s.name = :name AND s.kind = 'message' AND c.state = 'active'
    AND (CAST(:element_id AS VARCHAR) IS NULL OR s.element_id = :element_id)"""
_IN_CASE = Statement(_WAITING + " AND s.case_id = :case_id ORDER BY s.token")
_BY_KEY = Statement(_WAITING + " AND s.key = :key LIMIT 50")
_BY_NAME = Statement(_WAITING + " LIMIT 50")
_BY_SIGNAL = Statement(
    """SELECT s.case_id, s.token, s.element_id FROM subscription s JOIN process_instance c ON c.id = s.case_id
       WHERE s.name = :name AND s.kind = 'signal' AND c.state <> 'ended' AND s.case_id <> :but_not
       ORDER BY s.case_id, s.token"""
)
_STILL = Statement("SELECT 1 FROM subscription WHERE case_id = :case_id AND token = :token AND name = :name")
_OF_CASE = Statement(
    "SELECT token, name, element_id, key, kind FROM subscription WHERE case_id = :case_id ORDER BY token"
)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A token that waits for a message."""

    case_id: int
    number: str
    token: int
    element_id: str
    key: str | None


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


def waiting_for(uow: UnitOfWork, message: Message) -> list[Waiting]:
    """Tokens of active cases that the message is for, at most 50 (what is more is more than one anyway)."""
    case_id = message.case_id
    if case_id is None and message.business_key is not None:
        row = uow.first(_NUMBERED, number=message.business_key)
        if row is None:
            return []
        case_id = row.id
    if case_id is not None:
        rows = uow.all(_IN_CASE, name=message.name, element_id=message.element_id, case_id=case_id)
    elif message.key is not None:
        rows = uow.all(_BY_KEY, name=message.name, element_id=message.element_id, key=message.key)
    else:
        rows = uow.all(_BY_NAME, name=message.name, element_id=message.element_id)
    found = [Waiting(**row._asdict()) for row in rows]
    return [
        waiting
        for waiting in found
        if message.fits(case_id=waiting.case_id, number=waiting.number, element_id=waiting.element_id, key=waiting.key)
    ]


def waiting_for_signal(uow: UnitOfWork, name: str, *, but_not: int | None) -> list[tuple[int, int, str]]:
    """(case, token, element) of every active or suspended case but the one that threw it."""
    rows = uow.all(_BY_SIGNAL, name=name, but_not=but_not or 0)
    return [(row.case_id, row.token, row.element_id) for row in rows]


def still_waits(uow: UnitOfWork, case_id: int, token: int, name: str) -> bool:
    return uow.first(_STILL, case_id=case_id, token=token, name=name) is not None


def of_case(uow: UnitOfWork, case_id: int) -> list[Subscription]:
    """Everything a case waits for, by token."""
    return [Subscription(**row._asdict()) for row in uow.all(_OF_CASE, case_id=case_id)]
