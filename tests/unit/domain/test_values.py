"""Variables survive being written as JSON."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.durations import YearsMonths
from engine.domain.values import from_json, to_json

plain = st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.decimals(allow_nan=False, places=3)
values = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(values)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    assert from_json(to_json(value)) == value


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 11, 27),
        datetime(2026, 11, 27, 16, tzinfo=UTC),
        time(9, 30),
        timedelta(days=7, microseconds=1),
        YearsMonths(14),
        Decimal("0.10"),
    ],
)
def test_a_value_keeps_its_type(value: object) -> None:
    again = from_json(to_json(value))

    assert (type(again), again) == (type(value), value)


def test_a_form_value_that_looks_like_a_tagged_one_stays_what_the_user_typed() -> None:
    typed = {"$": ["date", "2026-11-27"]}

    assert from_json(to_json(typed)) == typed


def test_a_float_is_no_value() -> None:
    with pytest.raises(TypeError):
        to_json(0.1)
