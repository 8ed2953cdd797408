"""Variables as JSON text and back: dates, times, durations and decimals keep their type.

JSON has no date and no exact number, so these are written as ``{"$": [kind, text]}``. A dictionary of the user that
looks the same is wrapped once more, so that no value of a form can be taken for one of ours.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.domain.durations import YearsMonths

TAG = "$"

# Made once: json.dumps with options makes an encoder for every call.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_READERS: dict[str, Callable[[str], Any]] = {
    "number": Decimal,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
    "seconds": lambda text: timedelta(microseconds=int(text)),
    "months": lambda text: YearsMonths(months=int(text)),
}


def to_json(value: Any) -> str:
    """JSON text of a variable. Raises TypeError for what no variable may hold (float, bytes, objects)."""
    return _encode(_pack(value))


def from_json(text: str) -> Any:
    """The variable that `to_json` wrote."""
    return _unpack(json.loads(text, parse_float=Decimal))


def plain(value: Any) -> Any:
    """The value as ordinary JSON data for people and interfaces: dates as ISO text, decimals as text."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value) if not isinstance(value, (date, time)) else value.isoformat()


def _pack(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, (list, tuple)):
        return [_pack(item) for item in value]
    if isinstance(value, dict):
        packed = {str(name): _pack(item) for name, item in value.items()}
        return {TAG: ["context", packed]} if TAG in packed else packed
    return {TAG: _tagged(value)}


def _tagged(value: Any) -> list[str]:
    match value:
        case Decimal():
            return ["number", str(value)]
        case datetime():  # before date: a datetime is a date too
            return ["datetime", value.isoformat()]
        case date():
            return ["date", value.isoformat()]
        case time():
            return ["time", value.isoformat()]
        case timedelta():
            return ["seconds", str(value // timedelta(microseconds=1))]
        case YearsMonths():
            return ["months", str(value.months)]
    raise TypeError(f"{type(value).__name__} is no value of a variable")


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if TAG not in value:
        return {name: _unpack(item) for name, item in value.items()}
    kind, content = value[TAG]
    if kind == "context":
        return {name: _unpack(item) for name, item in content.items()}
    return _READERS[kind](content)
