"""Turn values into strings and numbers, and the other way round."""

import re
from collections.abc import Callable
from decimal import Decimal

from engine.feel import temporal
from engine.feel.functions.registry import builtin, environmental
from engine.feel.limits import Run, check_length
from engine.feel.values import DECIMAL, Range, Value, kind, numeral

_NAME = re.compile(r"[^\W\d]\w*(?: \w+)*")

builtin("number(from: string)")(numeral)


@builtin("number(from: number)")
def number_itself(value: Value) -> Value:
    return value


@builtin(
    "number(from: string, grouping separator: string?)",
    "number(from: string, grouping separator: string?, decimal separator: string?)",
)
def number_grouped(text: str, grouping: str | None, point: str | None = None) -> Value:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or (grouping and grouping == point):
        return None
    text = text.replace(grouping, "") if grouping else text
    return numeral(text.replace(point, ".") if point else text)


@environmental("string(from: any)")
def string(run: Run, value: Value) -> str | None:
    return None if value is None else write(value, run)


def write(value: Value, run: Run) -> str:
    """FEEL text of a value; a string alone is itself."""
    if isinstance(value, str):
        return value
    parts: list[str] = []
    _write(value, run, parts, 0)
    text = "".join(parts)
    check_length(len(text))
    return text


def _write(value: Value, run: Run, parts: list[str], depth: int) -> None:
    run.charge(1)
    name = kind(value)
    if depth > 100:
        parts.append("...")
    elif name == "list":
        _write_all(((None, item) for item in value), "[]", run, parts, depth)
    elif name == "context":
        _write_all(value.items(), "{}", run, parts, depth)
    elif isinstance(value, Range):
        parts.append("[" if value.start_included else "(")
        _write(value.start, run, parts, depth + 1)
        parts.append("..")
        _write(value.end, run, parts, depth + 1)
        parts.append("]" if value.end_included else ")")
    elif isinstance(value, str):
        run.charge(len(value) // 100)
        parts.append(_quoted(value))
    else:
        parts.append(_scalar(value, name, run))


def _write_all(entries: Value, brackets: str, run: Run, parts: list[str], depth: int) -> None:
    parts.append(brackets[0])
    for place, (key, item) in enumerate(entries):
        name = "" if key is None else f"{key if _NAME.fullmatch(key) else _quoted(key)}: "
        parts.append((", " if place else "") + name)
        _write(item, run, parts, depth + 1)
    parts.append(brackets[1])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _scalar(value: Value, name: str, run: Run) -> str:
    writer = _WRITERS.get(name)
    return str(value) if writer is None else writer(value, run)


def _numeral(value: int | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    plain = value.normalize(DECIMAL)
    return f"{plain:f}" if -40 < plain.adjusted() < 40 else str(plain)


_WRITERS: dict[str, Callable[[Value, Run], str]] = {
    "null": lambda value, run: "null",
    "boolean": lambda value, run: "true" if value else "false",
    "number": lambda value, run: _numeral(value),
    "time": lambda value, run: temporal.write_time(value),
    "date and time": lambda value, run: temporal.write_datetime(value, run.env.zone),
    "days and time duration": lambda value, run: temporal.write_duration(value),
    "function": lambda value, run: "function",
    "unknown": lambda value, run: "unknown",
}
