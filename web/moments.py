"""Moments and deadlines as people read them: in the zone of the office, a clock always both ways."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.domain.views import ClockView
from web.current import runtime
from web.language import t

SOON_DAYS = 3


@dataclass(frozen=True, kw_only=True)
class Countdown:
    """`look` is the class of the style sheet: ok, soon, late or done."""

    look: str
    text: str


def moment(at: datetime) -> str:
    return f"{at.astimezone(runtime().config.zone):%Y-%m-%d %H:%M}"


def day(at: datetime) -> str:
    return f"{at.astimezone(runtime().config.zone):%Y-%m-%d}"


def machine_moment(at: datetime) -> str:
    """For the `datetime` attribute of a time element."""
    return at.astimezone(runtime().config.zone).isoformat(timespec="seconds")


def last_day(end: datetime) -> date:
    """The last day before `end`: a clock that ends at local midnight ends with the day before."""
    local = end.astimezone(runtime().config.zone)
    return local.date() - timedelta(days=1) if local.time() == time(0) else local.date()


def last_moment(end: datetime) -> str:
    """An end at local midnight is the day before, 24:00."""
    local = end.astimezone(runtime().config.zone)
    return f"{last_day(end)} 24:00" if local.time() == time(0) else f"{local:%Y-%m-%d %H:%M}"


def countdown(end: datetime) -> Countdown:
    """What is left until `end` in days of the calendar, and the end itself."""
    now = runtime().clock.now()
    days = (last_day(end) - now.astimezone(runtime().config.zone).date()).days
    when = last_moment(end)
    if end < now:
        late_days = -days
        text = t("due.late", days=late_days, when=when) if late_days > 0 else t("due.late_today", when=when)
        return Countdown(look="late", text=text)
    look = "soon" if days <= SOON_DAYS else "ok"
    return Countdown(look=look, text=t("due.left", days=days, when=when) if days > 0 else t("due.today", when=when))


def clock_countdown(clock: ClockView) -> Countdown:
    """A running clock counts down; a stopped or missed one says what became of it."""
    if clock.state == "running":
        return countdown(clock.ends)
    looks = {"met": "done", "met_late": "late", "missed": "late"}
    if clock.state == "missed":
        return countdown(clock.ends)
    return Countdown(look=looks[clock.state], text=t(f"clock.{clock.state}", when=last_moment(clock.ends)))


def size(count: int) -> str:
    """Bytes for people."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024 / 1024:.1f} MB"
