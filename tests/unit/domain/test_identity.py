"""Numbers of rows: rising, and never the same twice."""

import multiprocessing
from datetime import UTC, datetime

import pytest

from engine.domain import identity

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def numbers_of_a_process(number: int) -> list[int]:
    identity.be_process(number)
    return [identity.new_id(NOON) for _ in range(5_000)]


def test_numbers_rise_even_while_the_clock_stands_still() -> None:
    made = [identity.new_id(NOON) for _ in range(5_000)]

    assert made == sorted(set(made))


def test_processes_that_make_thousands_in_one_millisecond_never_make_the_same() -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        one, other = pool.map(numbers_of_a_process, [7, 8], chunksize=1)

    assert len({*one, *other}) == 10_000


def test_a_number_fits_into_a_signed_column_of_eight_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_last", 0)  # and goes back: the numbers of other tests would be of that year too

    assert 2**62 < identity.new_id(datetime(2100, 1, 1, tzinfo=UTC)) < identity.LARGEST
