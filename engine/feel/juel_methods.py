"""Methods that `${...}` of Camunda 7 diagrams calls on variables: a closed table, never methods of Python.

A method of null, or of a value that has no such method, gives null.
"""

import operator
from collections.abc import Callable
from typing import Any

from engine.feel.functions.conversion import write
from engine.feel.functions.strings import matches as matches_pattern
from engine.feel.limits import Run, check_length
from engine.feel.properties import entry_of
from engine.feel.values import Value, equal, is_number, kind, ordered, whole

DURATIONS = {
    f"{word}{unit}": (sign, duration)
    for word, sign in (("plus", "+"), ("minus", "-"))
    for unit, duration in (
        *(("Seconds", "PT1S"), ("Minutes", "PT1M"), ("Hours", "PT1H"), ("Days", "P1D"), ("Weeks", "P7D")),
        *(("Months", "P1M"), ("Years", "P1Y")),
    )
}
"""`plusDays(3)`: the sign and the duration that the argument multiplies."""


def _is_empty(run: Run, value: Value) -> bool:
    return value is None or (kind(value) in ("string", "list", "context") and not value)


def _size(run: Run, value: Value) -> int | None:
    return len(value) if kind(value) in ("list", "context") else None


def _get(run: Run, source: Value, key: Value) -> Value:
    """The entry of a context, or the item of a list counted from 0."""
    if kind(source) == "context":
        return entry_of(source, key, run) if isinstance(key, str) else None
    place = whole(key)
    if kind(source) != "list" or place is None or not 0 <= place < len(source):
        return None
    return source[place]


def _contains(run: Run, source: Value, sought: Value) -> bool | None:
    if kind(source) == "list":
        run.charge(1 + len(source) // 10)
        return any(equal(item, sought, run) is True for item in source)
    return sought in source if isinstance(source, str) and isinstance(sought, str) else None


def _equals(run: Run, a: Value, b: Value) -> bool:
    return equal(a, b, run) is True


def _compare_to(run: Run, a: Value, b: Value) -> int | None:
    less, more = ordered(operator.lt, a, b), ordered(operator.gt, a, b)
    return None if less is None or more is None else more - less


def _of_texts(method: Callable[..., Value]) -> Callable[..., Value]:
    """A method of strings that takes strings."""

    def call(run: Run, *texts: Value) -> Value:
        return method(*texts) if all(isinstance(text, str) for text in texts) else None

    return call


def _substring(run: Run, text: Value, start: Value, end: Value = None) -> str | None:
    """From `start` to before `end`, both counted from 0."""
    first, last = (whole(place) if is_number(place) else None for place in (start, end))
    if not isinstance(text, str) or first is None or (end is not None and last is None):
        return None
    last = len(text) if last is None else last
    return text[first:last] if 0 <= first <= last <= len(text) else None


def _replace(text: str, old: str, new: str) -> str:
    check_length(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _matches(run: Run, text: Value, pattern: Value) -> bool | None:
    """As in Java the whole text has to match."""
    whole_text = isinstance(text, str) and isinstance(pattern, str)
    return matches_pattern(run, text, f"^(?:{pattern})$") if whole_text else None


METHODS: dict[tuple[str, int], Callable[..., Any]] = {
    ("isEmpty", 0): _is_empty,
    ("size", 0): _size,
    ("get", 1): _get,
    ("prop", 1): _get,
    ("contains", 1): _contains,
    ("containsKey", 1): lambda run, source, key: (
        isinstance(key, str) and key in source if kind(source) == "context" else None
    ),
    ("keySet", 0): lambda run, source: list(source) if kind(source) == "context" else None,
    ("values", 0): lambda run, source: list(source.values()) if kind(source) == "context" else None,
    ("equals", 1): _equals,
    ("compareTo", 1): _compare_to,
    ("before", 1): lambda run, a, b: ordered(operator.lt, a, b),
    ("after", 1): lambda run, a, b: ordered(operator.gt, a, b),
    ("toString", 0): lambda run, value: None if value is None else write(value, run),
    ("stringValue", 0): lambda run, value: value if isinstance(value, str) else None,
    ("numberValue", 0): lambda run, value: value if is_number(value) else None,
    ("boolValue", 0): lambda run, value: value if isinstance(value, bool) else None,
    ("length", 0): _of_texts(len),
    ("trim", 0): _of_texts(str.strip),
    ("toLowerCase", 0): _of_texts(str.lower),
    ("toUpperCase", 0): _of_texts(str.upper),
    ("equalsIgnoreCase", 1): _of_texts(lambda a, b: a.casefold() == b.casefold()),
    ("startsWith", 1): _of_texts(str.startswith),
    ("endsWith", 1): _of_texts(str.endswith),
    ("indexOf", 1): _of_texts(str.find),
    ("concat", 1): _of_texts(operator.add),
    ("replace", 2): _of_texts(_replace),
    ("substring", 1): _substring,
    ("substring", 2): _substring,
    ("matches", 1): _matches,
}
"""By name and number of arguments; each takes the run, the value and the arguments."""
