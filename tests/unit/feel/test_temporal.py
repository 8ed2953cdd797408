"""Dates, times and durations: how they are read, written, compared and counted with."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from engine.feel import FeelError, YearsMonths, compile_expression
from tests.unit.feel.world import ENV, SHANGHAI, value_of

MEANINGS: list[tuple[str, Any]] = [
    # the end of a day
    ('@"2026-12-31T24:00:00"', datetime(2027, 1, 1, tzinfo=SHANGHAI)),
    ('time("24:00:00")', time(0)),
    ('time("24:00:01")', None),
    ('@"9999-12-31T24:00:00"', None),
    # offsets
    ('string(time("10:00:00Z"))', "10:00:00Z"),
    ('string(time("10:00:00+00:00"))', "10:00:00Z"),
    ('string(time("10:00:00+14:00"))', "10:00:00+14:00"),
    ('time("10:00:00+14:01")', None),
    ('time(10, 0, 0, @"PT15H")', None),
    ('{a: @"2026-01-01T00:00:00Z", r: a.hour}.r', 0),
    ('{a: @"2026-01-01T00:00:00Z", r: string(a)}.r', "2026-01-01T00:00:00Z"),
    ('@"2026-01-01T00:00:00".time offset', None),
    ('@"2026-01-01T00:00:00".timezone', None),
    ('@"2026-01-01T00:00:00+02:00".time offset', timedelta(hours=2)),
    ('@"2026-01-01T00:00:00@Europe/Paris".timezone', "Europe/Paris"),
    ('time(@"2026-01-01T10:00:00")', time(10)),
    # fractions
    ('string(@"2026-01-01T10:15:30.987")', "2026-01-01T10:15:30.987"),
    ('string(time("10:15:30.500"))', "10:15:30.5"),
    ('duration("PT1.S")', timedelta(seconds=1)),
    ('time("10:30:00.1") = time("10:30:00.2")', True),
    ('time("10:30:00") = time("10:30:01")', False),
    ('@"2026-01-01T10:00:00.5" > @"2026-01-01T10:00:00"', True),
    # a date beside a moment
    ('@"2026-01-02T00:00:00Z" - @"2026-01-02"', timedelta(0)),
    ('@"2026-01-02T00:00:00" - @"2026-01-02"', timedelta(0)),
    ('@"2026-01-02" - @"2026-01-01T12:00:00"', timedelta(hours=12)),
    ('@"2026-01-02T00:00:00" >= @"2026-01-02"', True),
    ('@"2026-01-02" < @"2026-01-02T00:00:01"', True),
    ('@"2026-01-02T12:00:00" in [@"2026-01-01"..@"2026-01-31"]', True),
    ('@"2026-01-31T12:00:00" in [@"2026-01-01"..@"2026-01-31"]', False),
    ('@"2026-01-02T00:00:00" = @"2026-01-02"', None),
    ('sort([@"2026-01-02T00:00:00", @"2026-01-01"])', None),
    ("now() > today()", True),
    # strict sameness
    ('is(@"20:00:50+00:00", @"21:00:50+01:00")', False),
    ('@"20:00:50+00:00" = @"21:00:50+01:00"', True),
    ('is(@"2026-01-01T00:00:00", @"2026-01-01T00:00:00")', True),
    ('is(@"2026-01-01T10:00:00@Australia/Melbourne", @"2026-01-01T10:00:00@Australia/Sydney")', False),
    ("is(value1: 1)", False),
    # durations
    ('abs(@"-P1Y2M")', YearsMonths(months=14)),
    ('@"P1Y" / @"P6M"', 2),
    ('@"-PT36H".days', -1),
    # no such value
    ('@"2026-13-01"', None),
    ('@"nonsense"', None),
    ('@"12026-01-01"', None),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_a_temporal_expression_means(text: str, meaning: Any) -> None:
    result = value_of(text)
    assert (type(result), result) == (type(meaning), meaning)


def test_a_stored_moment_is_local_time_of_the_office() -> None:
    stored = {"begun": datetime(2026, 11, 20, 17, tzinfo=UTC)}
    assert value_of("string(begun)", stored) == "2026-11-21T01:00:00"
    assert value_of("date(begun)", stored) == date(2026, 11, 21)


@pytest.mark.parametrize("moment", [datetime.max, datetime.min], ids=["last", "first"])
@pytest.mark.parametrize(
    "text",
    [
        "moment",
        "moment + 1",
        'moment + @"P1D"',
        'moment - @"P1D"',
        "moment = now()",
        "moment < now()",
        "moment - now()",
        "string(moment)",
        "date(moment)",
        "is working day(moment)",
        "roll forward(moment)",
        "end of day(moment)",
        "add days(moment, 1)",
        "add working days(moment, -1)",
        'deadline(moment, "notice")',
        "week of year(moment)",
        "for d in [moment, moment] return d.hour",
    ],
)
def test_the_ends_of_time_are_answered(text: str, moment: datetime) -> None:
    with suppress(FeelError):
        value_of(text, {"moment": moment.replace(tzinfo=UTC)})


@pytest.mark.parametrize("text", ['date("2026-11-23")', 'duration("P1D")', 'time("08:00:00Z")', '@"2026-11-23"'])
def test_a_constant_is_read_once(text: str) -> None:
    expression = compile_expression(text)
    assert expression({}, ENV) is expression({}, ENV)
