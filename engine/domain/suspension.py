"""What a suspension does to deadlines: the clocks of the case stood still."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.domain.calendar import BusinessCalendar, Deadline


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A case stood still from `since` until `until` (aware), as the office in `zone` counts days."""

    since: datetime
    until: datetime
    zone: ZoneInfo

    def days(self) -> int:
        """Midnights passed."""
        return (self.until.astimezone(self.zone).date() - self.since.astimezone(self.zone).date()).days

    def shift(self, due: datetime) -> datetime:
        """The new due time. What was due before the pause is due at once, as it was.

        A deadline at midnight is a day: it moves by whole days. Any other moment moves by the time that has passed.
        """
        if due <= self.since:
            return due
        local = due.astimezone(self.zone)
        if local.time() != time():
            return due + (self.until - self.since)
        day = local.date() + timedelta(days=self.days())
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(due.tzinfo)

    def prolong(self, deadline: Deadline, calendar: BusinessCalendar, kind: str, roll_forward: bool) -> Deadline:
        """A legal period goes on with as many days as were left, counted from the day after the case resumed."""
        if deadline.ends <= self.since:
            return deadline
        stopped, resumed = (moment.astimezone(self.zone).date() for moment in (self.since, self.until))
        if kind == "working":
            target = calendar.add_working_days(resumed, calendar.working_days_between(stopped, deadline.target))
        else:
            target = deadline.target + (resumed - stopped)
        last_day = calendar.roll_forward(target) if roll_forward else target
        return Deadline(
            first_day=deadline.first_day, target=target, last_day=last_day, ends=calendar.end_of_day(last_day)
        )
