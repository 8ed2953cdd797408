"""Count days as procedural law does: the first day is not counted, the last day ends at midnight."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

CountedDays = Literal["natural", "working"]

LONGEST_PERIOD = 36_600
"""A century of days; a longer count is a slip of the pen and would walk the calendar for seconds."""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """`target` is the last day as counted, `last_day` the one after moving off a rest day, `ends` its midnight."""

    first_day: date
    target: date
    last_day: date
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class BusinessCalendar:
    """`rest` are days off besides the weekends; `work` are days worked although they are weekends or in `rest`."""

    zone: ZoneInfo
    rest: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        return day in self.work or (day.weekday() < 5 and day not in self.rest)

    def add_days(self, day: date, count: int) -> date:
        """Natural days. Raises OverflowError beyond the years 1 to 9999."""
        return day + timedelta(days=count)

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after (before, if negative) `day`; `day` itself when count is 0.

        Raises OverflowError for more than a century of days.
        """
        if abs(count) > LONGEST_PERIOD:
            raise OverflowError(f"{count} working days is longer than any period")
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, day: date, last: date) -> int:
        """Working days after `day` up to `last`, that one included; 0 when `last` is not after `day`."""
        return sum(self.is_working_day(day + timedelta(days=count)) for count in range(1, (last - day).days + 1))

    def roll_forward(self, day: date) -> date:
        """`day`, or the next working day when it is a day of rest."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def end_of_day(self, day: date) -> datetime:
        """24:00 of the day in the office's zone, which is midnight of the next."""
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=self.zone)

    def deadline(self, start: date, days: int, kind: CountedDays | str, roll_forward: bool) -> Deadline:
        """The period of `days` days after `start`, which is not counted itself.

        Raises ValueError for a kind other than natural and working.
        """
        if kind not in ("natural", "working"):
            raise ValueError(f"Calendar '{kind}' is neither natural nor working.")
        working = kind == "working"
        add = self.add_working_days if working else self.add_days
        target = add(start, days)
        last_day = self.roll_forward(target) if roll_forward else target
        return Deadline(first_day=add(start, 1), target=target, last_day=last_day, ends=self.end_of_day(last_day))
