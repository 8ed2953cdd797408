"""Rows of the legal clocks of a case."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from engine.store.times import to_ms
from engine.store.unit_of_work import Statement, UnitOfWork

_START = Statement(
    """INSERT INTO case_clock (case_id, name, token, starts, target, last_day, ends_at)
       VALUES (:case_id, :name, :token, :starts, :target, :last_day, :ends_at) ON CONFLICT DO NOTHING"""
)
_STOP = Statement(
    """UPDATE case_clock SET stopped_at = :at
       WHERE case_id = :case_id AND name = :name AND token = :token AND stopped_at IS NULL"""
)
_STOP_ALL = Statement("UPDATE case_clock SET stopped_at = :at WHERE case_id = :case_id AND stopped_at IS NULL")
_PROLONG = Statement(
    """UPDATE case_clock SET target = :target, last_day = :last_day, ends_at = :ends_at
       WHERE case_id = :case_id AND name = :name AND token = :token"""
)
_OF_CASE = Statement(
    """SELECT name, token, starts, target, last_day, ends_at, stopped_at FROM case_clock
       WHERE case_id = :case_id ORDER BY ends_at"""
)
_LATE = Statement(
    """SELECT case_id, name FROM case_clock WHERE stopped_at IS NULL AND ends_at < :now
       AND case_id NOT IN (SELECT case_id FROM suspension) ORDER BY ends_at LIMIT 1000"""
)


def start(
    uow: UnitOfWork, case_id: int, *, name: str, token: int, starts: date, target: date, last_day: date, ends: datetime
) -> None:
    uow.run(
        _START,
        case_id=case_id,
        name=name,
        token=token,
        starts=starts.isoformat(),
        target=target.isoformat(),
        last_day=last_day.isoformat(),
        ends_at=to_ms(ends),
    )


def stop(uow: UnitOfWork, case_id: int, *, name: str, token: int, at: datetime) -> None:
    uow.run(_STOP, case_id=case_id, name=name, token=token, at=to_ms(at))


def stop_all(uow: UnitOfWork, case_id: int, *, at: datetime) -> None:
    uow.run(_STOP_ALL, case_id=case_id, at=to_ms(at))


def prolong(
    uow: UnitOfWork, case_id: int, *, name: str, token: int, target: date, last_day: date, ends: datetime
) -> None:
    uow.run(
        _PROLONG,
        case_id=case_id,
        name=name,
        token=token,
        target=target.isoformat(),
        last_day=last_day.isoformat(),
        ends_at=to_ms(ends),
    )


def of_case(uow: UnitOfWork, case_id: int) -> Sequence[Any]:
    """name, token, starts, target, last_day (ISO dates), ends_at, stopped_at (ms)."""
    return uow.all(_OF_CASE, case_id=case_id)


def late(uow: UnitOfWork, now: datetime) -> Sequence[Any]:
    """Running clocks past their end, those of suspended cases aside: case_id, name."""
    return uow.all(_LATE, now=to_ms(now))
