"""Days counted as the law does."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.domain.calendar import BusinessCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = BusinessCalendar(
    zone=SHANGHAI,
    rest=frozenset({date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 5)}),
    work=frozenset({date(2026, 10, 10)}),
)


def test_a_weekend_is_no_working_day() -> None:
    assert not CALENDAR.is_working_day(date(2026, 11, 21))


def test_a_public_holiday_is_no_working_day() -> None:
    assert not CALENDAR.is_working_day(date(2026, 10, 1))


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert CALENDAR.is_working_day(date(2026, 10, 10))


def test_working_days_skip_weekends_and_holidays() -> None:
    assert CALENDAR.add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 6)


def test_working_days_count_backwards_too() -> None:
    assert CALENDAR.add_working_days(date(2026, 10, 6), -1) == date(2026, 9, 30)


def test_natural_days_count_every_day() -> None:
    assert CALENDAR.add_days(date(2026, 9, 30), 7) == date(2026, 10, 7)


def test_a_day_ends_at_midnight_of_the_office() -> None:
    assert CALENDAR.end_of_day(date(2026, 11, 23)) == datetime(2026, 11, 24, tzinfo=SHANGHAI)


def test_the_start_day_is_not_counted() -> None:
    deadline = CALENDAR.deadline(date(2026, 11, 23), 7, "natural", False)
    assert (deadline.first_day, deadline.target) == (date(2026, 11, 24), date(2026, 11, 30))


def test_a_last_day_of_rest_moves_to_the_next_working_day() -> None:
    deadline = CALENDAR.deadline(date(2026, 9, 24), 7, "natural", True)
    assert (deadline.target, deadline.last_day) == (date(2026, 10, 1), date(2026, 10, 6))
    assert deadline.ends == datetime(2026, 10, 7, tzinfo=SHANGHAI)


def test_without_rolling_the_period_ends_on_a_day_of_rest() -> None:
    assert CALENDAR.deadline(date(2026, 9, 24), 7, "natural", False).last_day == date(2026, 10, 1)


def test_a_period_of_working_days_counts_working_days_only() -> None:
    deadline = CALENDAR.deadline(date(2026, 9, 30), 5, "working", False)
    assert (deadline.first_day, deadline.last_day) == (date(2026, 10, 6), date(2026, 10, 10))


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="lunar"):
        CALENDAR.deadline(date(2026, 9, 30), 5, "lunar", False)


def test_a_count_beyond_a_century_is_refused() -> None:
    with pytest.raises(OverflowError):
        CALENDAR.add_working_days(date(2026, 1, 1), 40_000)
