"""Moments as the tables hold them: UTC milliseconds."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A task without a due date sorts behind every task with one.
NO_DUE = 2**53


def to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)


def due_to_ms(moment: datetime | None) -> int:
    return NO_DUE if moment is None else to_ms(moment)


def due_from_ms(value: int) -> datetime | None:
    return None if value >= NO_DUE else from_ms(value)


def optional_from_ms(value: int | None) -> datetime | None:
    return None if value is None else from_ms(value)
