"""The office in which the expressions of these tests run."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.domain.calendar import BusinessCalendar
from engine.feel import Environment, compile_expression

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENV = Environment(
    now=datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
    zone=SHANGHAI,
    calendar=BusinessCalendar(zone=SHANGHAI, rest=frozenset({date(2026, 11, 24)})),
    policies={
        "notice": {"days": 7, "calendar": "natural", "roll_forward": True},
        "acceptance": {"days": 5, "calendar": "working"},
        "rules": {"quorum": "2/3"},
    },
)


def value_of(text: str, context: Mapping[str, Any] | None = None, names: tuple[str, ...] = ()) -> Any:
    return compile_expression(text, names)(context or {}, ENV)
