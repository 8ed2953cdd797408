"""Times: ISO 8601 and FEEL values, the calendar of the office, cycles without drift."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.bpmn.timers import due_at, next_firing, schedule
from engine.bpmn.workflow import Stuck
from engine.feel import Environment, YearsMonths

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
END_OF_JANUARY = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)


def at(now: datetime = END_OF_JANUARY, zone: ZoneInfo = SHANGHAI) -> Environment:
    return Environment(now=now, zone=zone, calendar=None)


def due(kind: str, value: object, environment: Environment | None = None) -> str:
    return schedule(kind, value, environment or at()).due.isoformat()[:19]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("PT1H30M", "2026-01-31T02:30:00"),
        ("P3D", "2026-02-03T01:00:00"),
        ("P2W", "2026-02-14T01:00:00"),
        ("P1M", "2026-02-28T01:00:00"),  # the library says 3 March
        ("P1Y1M", "2027-02-28T01:00:00"),
        ("PT0,5S", "2026-01-31T01:00:00"),
        (timedelta(hours=2), "2026-01-31T03:00:00"),
        (YearsMonths(months=1), "2026-02-28T01:00:00"),
        (datetime(2026, 5, 1, 9, tzinfo=UTC), "2026-05-01T09:00:00"),
    ],
)
def test_a_duration_is_counted_from_now(value: object, expected: str) -> None:
    assert due("duration", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-07-15T12:00:00", "2026-07-15T10:00:00"),  # summer time; the library is an hour off
        ("2026-12-15T12:00:00", "2026-12-15T11:00:00"),
        ("2026-12-15T12:00:00Z", "2026-12-15T12:00:00"),
        ("2026-12-15", "2026-12-14T23:00:00"),
        (date(2026, 7, 15), "2026-07-14T22:00:00"),
    ],
)
def test_a_date_without_a_zone_is_of_the_office(value: object, expected: str) -> None:
    assert due("date", value, at(zone=BERLIN)) == expected


def test_days_are_of_the_calendar_and_hours_are_elapsed_time() -> None:
    before_the_change = at(datetime(2026, 3, 28, 11, 0, tzinfo=UTC), BERLIN)
    assert due("duration", "P1D", before_the_change) == "2026-03-29T10:00:00"
    assert due("duration", "PT24H", before_the_change) == "2026-03-29T11:00:00"


@pytest.mark.parametrize(
    "value", ["-PT1H", "P", "PT", "1 hour", "", None, 5, True, timedelta(-1), YearsMonths(months=-1)]
)
def test_what_is_no_time_is_stuck(value: object) -> None:
    with pytest.raises(Stuck):
        schedule("duration", value, at())


@pytest.mark.parametrize("value", ["PT1H", "R3", "R3/", "R3/P", "R3/soon/PT1H", "R/PT0S", None, 3])
def test_what_is_no_cycle_is_stuck(value: object) -> None:
    with pytest.raises(Stuck):
        schedule("cycle", value, at())


@pytest.mark.parametrize("value", ["P999999Y", "P9999999999D", "PT99999999999999999H"])
def test_a_time_beyond_the_calendar_is_stuck_and_no_crash(value: str) -> None:
    with pytest.raises(Stuck):
        schedule("duration", value, at())


def test_a_monthly_cycle_stays_at_the_end_of_the_month() -> None:
    planned = schedule("cycle", "R4/P1M", at())
    cycle = planned.cycle
    assert cycle is not None
    firings = [planned.due] + [next_firing(cycle, planned.base, fired, SHANGHAI) for fired in (1, 2, 3, 4)]
    days = [str(moment.astimezone(SHANGHAI).date()) if moment else None for moment in firings]
    assert days == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", None]


def test_a_cycle_may_have_a_start() -> None:
    planned = schedule("cycle", "R2/2026-03-01T09:00:00/P1D", at())
    assert planned.due == datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    assert planned.cycle is not None
    assert next_firing(planned.cycle, planned.base, 1, SHANGHAI) == datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert next_firing(planned.cycle, planned.base, 2, SHANGHAI) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("P3D", "2026-02-03T01:00:00+00:00"),
        (date(2026, 2, 3), "2026-02-03T16:00:00+00:00"),  # the whole day is in time
        ("2026-02-03", "2026-02-03T16:00:00+00:00"),
        ("2026-02-03T12:00:00+08:00", "2026-02-03T04:00:00+00:00"),
    ],
)
def test_a_due_date_may_be_a_day_a_moment_or_a_duration(value: object, expected: str | None) -> None:
    found = due_at(value, at())
    assert (None if found is None else found.isoformat()) == expected
