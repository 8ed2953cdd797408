"""Public holidays and make-up working days of China, by the chinesecalendar library."""

from datetime import date, timedelta

from chinese_calendar import constants


def china(first_year: int, last_year: int) -> tuple[frozenset[date], frozenset[date]]:
    """(rest days, make-up working days) for the years that the library knows.

    The State Council announces a year's days in the autumn before: years without an announcement have weekends only.
    """
    span = range(first_year, last_year + 1)
    rest = frozenset(day for day in constants.holidays if day.year in span)
    work = frozenset(day for day in constants.workdays if day.year in span)
    in_lieu = frozenset(day for day in constants.in_lieu_days if day.year in span)
    return rest | in_lieu, work


def known_until() -> date:
    """The last day of the last year with announced holidays."""
    return date(max(day.year for day in constants.holidays) + 1, 1, 1) - timedelta(days=1)
