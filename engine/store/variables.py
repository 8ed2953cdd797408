"""Variables of a case as rows."""

from collections.abc import Mapping
from typing import Any

from engine.domain.values import from_json, to_json
from engine.store.unit_of_work import Statement, UnitOfWork

_OF_CASE = Statement("SELECT scope, name, value FROM variable WHERE case_id = :case_id")
_LARGE = 2_000
_SMALL = Statement(
    f"""SELECT scope, name, CASE WHEN octet_length(value) <= {_LARGE} THEN value END AS value FROM variable
        WHERE case_id = :case_id"""
)
_ONE = Statement("SELECT value FROM variable WHERE case_id = :case_id AND scope = :scope AND name = :name")
_UPSERT = Statement(
    """INSERT INTO variable (case_id, scope, name, value) VALUES (:case_id, :scope, :name, :value)
       ON CONFLICT (case_id, scope, name) DO UPDATE SET value = excluded.value"""
)
_DROP_SCOPE = Statement("DELETE FROM variable WHERE case_id = :case_id AND scope = :scope")


def of_case(uow: UnitOfWork, case_id: int) -> dict[tuple[str, str], Any]:
    """(scope, name) to value."""
    return {(row.scope, row.name): from_json(row.value) for row in uow.all(_OF_CASE, case_id=case_id)}


def small_texts(uow: UnitOfWork, case_id: int) -> dict[tuple[str, str], str | None]:
    """(scope, name) to the stored text, None where it is long."""
    return {(row.scope, row.name): row.value for row in uow.all(_SMALL, case_id=case_id)}


def one(uow: UnitOfWork, case_id: int, scope: str, name: str) -> Any:
    """The value of a variable, None when there is none."""
    row = uow.first(_ONE, case_id=case_id, scope=scope, name=name)
    return None if row is None else from_json(row.value)


def write(uow: UnitOfWork, case_id: int, changed: Mapping[tuple[str, str], Any], dropped_scopes: list[str]) -> None:
    dropped = set(dropped_scopes)
    uow.run_many(
        _UPSERT,
        [
            {"case_id": case_id, "scope": scope, "name": name, "value": to_json(value)}
            for (scope, name), value in changed.items()
            if scope not in dropped
        ],
    )
    uow.run_many(_DROP_SCOPE, [{"case_id": case_id, "scope": scope} for scope in dropped_scopes])
