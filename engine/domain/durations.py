"""Durations of years and months, which no number of days can stand for."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class YearsMonths:
    """A duration of whole months; `YearsMonths(months=14)` is P1Y2M."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = "P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return "-" + text if self.months < 0 else text
