"""A clock says what is left and when it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from engine.domain.clock import MovableClock
from engine.domain.views import ClockView
from web.moments import clock_countdown, countdown, last_moment, moment, size

MIDNIGHT_AFTER_29TH = datetime(2026, 11, 29, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_a_request(app: Flask) -> object:
    with app.test_request_context():
        yield


def test_moments_are_shown_in_the_zone_of_the_office() -> None:
    assert moment(datetime(2026, 11, 23, 20, 5, tzinfo=UTC)) == "2026-11-24 04:05"


def test_an_end_at_midnight_is_the_day_before_at_24() -> None:
    assert last_moment(MIDNIGHT_AFTER_29TH) == "2026-11-29 24:00"
    assert last_moment(MIDNIGHT_AFTER_29TH - timedelta(hours=7)) == "2026-11-29 17:00"


@pytest.mark.parametrize(
    ("now", "look", "text"),
    [
        (datetime(2026, 11, 24, 1, 0, tzinfo=UTC), "ok", "还剩 5 天（2026-11-29 24:00）"),
        (datetime(2026, 11, 26, 1, 0, tzinfo=UTC), "soon", "还剩 3 天（2026-11-29 24:00）"),
        (datetime(2026, 11, 29, 15, 59, tzinfo=UTC), "soon", "今天到期（2026-11-29 24:00）"),
        (datetime(2026, 11, 29, 16, 1, tzinfo=UTC), "late", "已超期 1 天（2026-11-29 24:00）"),
        (datetime(2026, 12, 4, 1, 0, tzinfo=UTC), "late", "已超期 5 天（2026-11-29 24:00）"),
    ],
)
def test_a_deadline_counts_days_of_the_calendar(clock: MovableClock, now: datetime, look: str, text: str) -> None:
    clock.move_to(now)

    assert (countdown(MIDNIGHT_AFTER_29TH).look, countdown(MIDNIGHT_AFTER_29TH).text) == (look, text)


def test_a_deadline_within_the_day_is_late_at_once(clock: MovableClock) -> None:
    clock.move_to(datetime(2026, 11, 29, 9, 30, tzinfo=UTC))

    assert countdown(MIDNIGHT_AFTER_29TH - timedelta(hours=7)).text == "今天已超期（2026-11-29 17:00）"


@pytest.mark.parametrize(
    ("state", "look", "text"),
    [
        ("met", "done", "按时办结（时限 2026-11-29 24:00）"),
        ("met_late", "late", "超期办结（时限 2026-11-29 24:00）"),
        ("running", "ok", "还剩 6 天（2026-11-29 24:00）"),
    ],
)
def test_a_clock_says_what_became_of_it(state: str, look: str, text: str) -> None:
    clock = ClockView(
        name="notice",
        label="通知",
        starts=date(2026, 11, 22),
        first_day=date(2026, 11, 23),
        target=date(2026, 11, 29),
        last_day=date(2026, 11, 29),
        ends=MIDNIGHT_AFTER_29TH,
        state=state,
        days_left=6,
    )

    assert (clock_countdown(clock).look, clock_countdown(clock).text) == (look, text)


def test_sizes_are_for_people() -> None:
    assert [size(512), size(20 * 1024), size(3 * 1024 * 1024)] == ["512 B", "20 KB", "3.0 MB"]
