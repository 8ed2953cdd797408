"""What an expression may know of the world: the time, the office's zone, calendar and policies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.domain.calendar import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Environment:
    """`now` is aware; `policies` is the nested mapping of config.yaml that policy("a.b") reads."""

    now: datetime
    zone: ZoneInfo
    calendar: BusinessCalendar | None = None
    policies: Mapping[str, Any] = field(default_factory=dict)
