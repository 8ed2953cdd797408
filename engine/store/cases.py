"""Rows of cases: insert, lock, advance."""

from typing import Any

from engine.domain.case import Case
from engine.domain.rejection import NotFound
from engine.store.times import from_ms, optional_from_ms, to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

COLUMNS = (
    "id, definition_id, revision, state, number, title, subject, stage, outcome, origin, started_at, started_by, "
    "ended_at, linked_from, link, execution, history_length, history_head"
)
_GET = Statement(f"SELECT {COLUMNS} FROM process_instance WHERE id = :id")
_LOCK = Statement(f"SELECT {COLUMNS} FROM process_instance WHERE id = :id FOR UPDATE")
_INSERT = Statement(
    """INSERT INTO process_instance (id, definition_id, revision, state, number, title, subject, stage, outcome,
       origin, started_at, started_by, ended_at, linked_from, link, execution, history_length, history_head)
       VALUES (:id, :definition_id, :revision, :state, :number, :title, :subject, :stage, :outcome, :origin,
       :started_at, :started_by, :ended_at, :linked_from, :link, :execution, :history_length, :history_head)"""
)
_ADVANCE = Statement(
    """UPDATE process_instance SET revision = revision + 1, state = :state, stage = :stage, title = :title,
       subject = :subject, outcome = :outcome, ended_at = :ended_at, execution = :execution,
       history_length = :history_length, history_head = :history_head
       WHERE id = :id AND revision = :revision"""
)
_SET_STATE = Statement("UPDATE process_instance SET state = :state, revision = revision + 1 WHERE id = :id")
_SET_DEFINITION = Statement("UPDATE process_instance SET definition_id = :definition_id WHERE id = :id")
# The revision stays: the execution has not moved, and what other processes keep of it is still true.
_SET_HISTORY = Statement("UPDATE process_instance SET history_head = :head, history_length = :length WHERE id = :id")
_NEXT_NUMBER = Statement(
    """INSERT INTO number_sequence (name, value) VALUES (:name, 1)
       ON CONFLICT (name) DO UPDATE SET value = number_sequence.value + 1 RETURNING value"""
)
_NUMBER_EXISTS = Statement("SELECT 1 FROM process_instance WHERE number = :number")
_GRANT = Statement(
    """INSERT INTO case_access (person_id, case_id, reason) VALUES (:person_id, :case_id, :reason)
       ON CONFLICT DO NOTHING"""
)
_HAS_ACCESS = Statement("SELECT 1 FROM case_access WHERE person_id = :person_id AND case_id = :case_id")
_READ = Statement(
    "INSERT INTO reading (id, case_id, person_id, at, what) VALUES (:id, :case_id, :person_id, :at, :what)"
)


class LostRevision(Exception):
    """Another step of the same case was committed first; run again."""


def case_from(row: Any) -> Case:
    """From a row that holds every column of COLUMNS."""
    return Case(
        id=row.id,
        definition_id=row.definition_id,
        revision=row.revision,
        state=row.state,
        number=row.number,
        title=row.title,
        subject=row.subject,
        stage=row.stage,
        outcome=row.outcome,
        origin=row.origin,
        started_at=from_ms(row.started_at),
        started_by=row.started_by,
        ended_at=optional_from_ms(row.ended_at),
        linked_from=row.linked_from,
        link=row.link,
        execution=bytes(row.execution or b""),
        history_length=row.history_length,
        history_head=row.history_head,
    )


def get(uow: UnitOfWork, case_id: int) -> Case:
    """Raises NotFound."""
    return _found(uow.first(_GET, id=case_id), case_id)


def lock(uow: UnitOfWork, case_id: int) -> Case:
    """The case under its row lock until the transaction ends. Raises NotFound."""
    return _found(uow.first(_GET if uow.is_sqlite else _LOCK, id=case_id), case_id)


def _found(row: Any | None, case_id: int) -> Case:
    if row is None:
        raise NotFound(f"Case {case_id} does not exist.", object="case", id=case_id)
    return case_from(row)


def insert(uow: UnitOfWork, case: Case) -> None:
    uow.run(_INSERT, **_values(case))


def advance(uow: UnitOfWork, case: Case) -> None:
    """Write the new state of a case that was read at `case.revision`. Raises LostRevision."""
    values = _values(case)
    for name in ("definition_id", "number", "origin", "started_at", "started_by", "linked_from", "link"):
        del values[name]
    if uow.run(_ADVANCE, **values) != 1:
        raise LostRevision(case.id)


def _values(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "definition_id": case.definition_id,
        "revision": case.revision,
        "state": case.state,
        "number": case.number,
        "title": case.title,
        "subject": case.subject,
        "stage": case.stage,
        "outcome": case.outcome,
        "origin": case.origin,
        "started_at": to_ms(case.started_at),
        "started_by": case.started_by,
        "ended_at": None if case.ended_at is None else to_ms(case.ended_at),
        "linked_from": case.linked_from,
        "link": case.link,
        "execution": case.execution,
        "history_length": case.history_length,
        "history_head": case.history_head,
    }


def set_state(uow: UnitOfWork, case_id: int, state: str) -> None:
    """Suspend or resume a locked case."""
    uow.run(_SET_STATE, id=case_id, state=state)


def set_definition(uow: UnitOfWork, case_id: int, definition_id: int) -> None:
    """Pin a locked case to another version."""
    uow.run(_SET_DEFINITION, id=case_id, definition_id=definition_id)


def set_history(uow: UnitOfWork, case_id: int, *, head: str, length: int) -> None:
    """Move the head of the chain of a locked case."""
    uow.run(_SET_HISTORY, id=case_id, head=head, length=length)


def next_number(uow: UnitOfWork, sequence: str) -> int:
    """The next number of a sequence, from 1; without gaps, since a refused command takes its number back with it."""
    row = uow.first(_NEXT_NUMBER, name=sequence)
    if row is None:
        raise LookupError(sequence)
    return int(row.value)


def number_exists(uow: UnitOfWork, number: str) -> bool:
    return uow.first(_NUMBER_EXISTS, number=number) is not None


def grant(uow: UnitOfWork, case_id: int, person_ids: dict[str, str]) -> None:
    """Let these persons see the case for good; `person_ids` maps to the reason."""
    uow.run_many(
        _GRANT,
        [{"person_id": person, "case_id": case_id, "reason": reason[:64]} for person, reason in person_ids.items()],
    )


def has_access(uow: UnitOfWork, case_id: int, person_id: str) -> bool:
    return uow.first(_HAS_ACCESS, person_id=person_id, case_id=case_id) is not None


def record_reading(uow: UnitOfWork, *, id_: int, case_id: int, person_id: str, at: int, what: str) -> None:
    uow.run(_READ, id=id_, case_id=case_id, person_id=person_id, at=at, what=what)
