"""Functions of lists."""

import operator
from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from engine.feel import arithmetic
from engine.feel.functions.registry import Registered, builtin, environmental
from engine.feel.limits import Run, check_count
from engine.feel.values import DECIMAL, Function, Value, equal, is_number, kind, number, ordered, truncated

_HASHED = frozenset({bool, int, Decimal, str})


def _of_all(name: str) -> Callable[[Registered], Registered]:
    """Both ways of calling: with one list, and with the items as arguments."""
    return environmental(f"{name}(list: list)", f"{name}(n...: any)")


builtin("count(list: list)")(len)
builtin("reverse(list: list)")(lambda items: items[::-1])
builtin("append(list: list, item...: any)")(lambda items, more: [*items, *more])


@environmental("list contains(list: list, element: any)")
def list_contains(run: Run, items: list[Value], element: Value) -> bool:
    return any(equal(item, element, run) is True for item in items)


def _extreme(test: Callable[[Any, Any], bool]) -> Callable[[Run, list[Value]], Value]:
    def extreme(run: Run, items: list[Value]) -> Value:
        if not items:
            return None
        best = items[0]
        for item in items:
            better = ordered(test, item, best)
            if better is None:
                return None
            best = item if better else best
        return best

    return extreme


_of_all("min")(_extreme(operator.lt))
_of_all("max")(_extreme(operator.gt))


@_of_all("sum")
def total(run: Run, items: list[Value]) -> Value:
    if not items or isinstance(items[0], str):
        return None
    result = items[0]
    for item in items[1:]:
        result = arithmetic.add(result, item, run)
    return result if is_number(result) or kind(result).endswith("duration") else None


@_of_all("product")
def product(run: Run, items: list[Value]) -> Value:
    if not items or not all(map(is_number, items)):
        return None
    result = 1
    for item in items:
        result = arithmetic.multiply(result, item, run)
    return result


@_of_all("mean")
def mean(run: Run, items: list[Value]) -> Value:
    return arithmetic.divide(total(run, items), len(items), run) if items else None


@_of_all("median")
def median(run: Run, items: list[Value]) -> Value:
    if not items or not all(map(is_number, items)):
        return None
    ranked, half = sorted(items), len(items) // 2
    if len(items) % 2:
        return ranked[half]
    return arithmetic.divide(arithmetic.add(ranked[half - 1], ranked[half], run), 2, run)


@_of_all("stddev")
def stddev(run: Run, items: list[Value]) -> Value:
    if len(items) < 2 or not all(map(is_number, items)):
        return None
    centre = Decimal(mean(run, items))
    spread = Decimal(0)
    for item in items:
        distance = DECIMAL.subtract(item, centre)
        spread = DECIMAL.add(spread, DECIMAL.multiply(distance, distance))
    return number(DECIMAL.sqrt(DECIMAL.divide(spread, len(items) - 1)))


@_of_all("mode")
def mode(run: Run, items: list[Value]) -> Value:
    if not all(map(is_number, items)):
        return None
    counts: dict[Value, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


@_of_all("all")
def all_true(run: Run, items: list[Value]) -> bool | None:
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@_of_all("any")
def any_true(run: Run, items: list[Value]) -> bool | None:
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(items: list[Value], start: Value, length: Value = None) -> list[Value] | None:
    position = truncated(start)
    count = None if length is None else truncated(length)
    if not position or abs(position) > len(items) or (length is not None and (count is None or count < 0)):
        return None
    first = position - 1 if position > 0 else len(items) + position
    if count is not None and first + count > len(items):
        return None
    return items[first:] if count is None else items[first : first + count]


@builtin("concatenate(list...: list)")
def concatenate(lists: list[list[Value]]) -> list[Value]:
    check_count(sum(map(len, lists)))
    return [item for items in lists for item in items]


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(items: list[Value], position: Value, new_item: Value) -> list[Value] | None:
    place = _place(items, position)
    return None if place is None else [*items[:place], new_item, *items[place:]]


@builtin("remove(list: list, position: number)")
def remove(items: list[Value], position: Value) -> list[Value] | None:
    place = _place(items, position)
    return None if place is None else [*items[:place], *items[place + 1 :]]


@environmental("list replace(list: list, position: number, newItem: any)")
def list_replace(run: Run, items: list[Value], position: Value, new_item: Value) -> list[Value] | None:
    place = _place(items, position)
    return None if place is None else [*items[:place], new_item, *items[place + 1 :]]


@environmental("list replace(list: list, match: function, newItem: any)")
def list_replace_matching(run: Run, items: list[Value], match: Function, new_item: Value) -> list[Value] | None:
    """`match` takes the item and the new one; null when it answers with anything but true and false."""
    answers = [match.call(run, item, new_item) for item in items]
    if not all(isinstance(answer, bool) for answer in answers):
        return None
    return [new_item if answer else item for item, answer in zip(items, answers, strict=True)]


def _place(items: list[Value], position: Value) -> int | None:
    place = truncated(position)
    if not place or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@environmental("index of(list: list, match: any)")
def index_of(run: Run, items: list[Value], match: Value) -> list[int]:
    return [place for place, item in enumerate(items, 1) if equal(item, match, run) is True]


@environmental("distinct values(list: list)")
def distinct_values(run: Run, items: list[Value]) -> list[Value]:
    found: list[Value] = []
    seen: set[tuple[str, Value]] = set()
    others: list[Value] = []
    for item in items:
        if type(item) in _HASHED:
            key = (kind(item), item)
            if key not in seen:
                seen.add(key)
                found.append(item)
            continue
        run.charge(1 + len(others) // 10)
        if not any(equal(item, other, run) is True for other in others):
            others.append(item)
            found.append(item)
    return found


@environmental("union(list...: list)")
def union(run: Run, lists: list[list[Value]]) -> list[Value]:
    return distinct_values(run, concatenate(lists))


@environmental("flatten(list: list)")
def flatten(run: Run, items: list[Value]) -> list[Value]:
    found: list[Value] = []
    pending: list[Value] = items[::-1]
    while pending:
        run.charge(1)
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(item[::-1])
            check_count(len(pending))
        else:
            found.append(item)
    return found


@environmental("sort(list: list)", "sort(list: list, precedes: function)")
def sort(run: Run, items: list[Value], precedes: Function | None = None) -> list[Value] | None:
    """Stable; without a function in ascending order, null when items cannot be compared."""
    if precedes is None:
        if not all(ordered(operator.le, a, b) is not None for a, b in pairwise(items)):
            return None
        ranked: list[Value] = sorted(items)
        return ranked
    first = precedes

    def compare(a: Value, b: Value) -> int:
        if first.call(run, a, b) is True:
            return -1
        return 1 if first.call(run, b, a) is True else 0

    by_function: list[Value] = sorted(items, key=cmp_to_key(compare))
    return by_function
