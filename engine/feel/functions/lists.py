"""Functions of lists."""

import operator
from functools import cmp_to_key
from itertools import pairwise

from engine.feel.functions.registry import builtin, environmental
from engine.feel.limits import Run, check_count
from engine.feel.values import Function, Value, equal, kind, ordered, truncated

builtin("count(list: list)")(len)
builtin("is empty(list: list)")(lambda items: not items)
builtin("reverse(list: list)")(lambda items: items[::-1])
builtin("append(list: list, item...: any)")(lambda items, more: [*items, *more])


@environmental("list contains(list: list, element: any)")
def list_contains(run: Run, items: list[Value], element: Value) -> bool:
    return any(equal(item, element, run) is True for item in items)


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
        same_kind = len({kind(item) for item in items}) <= 1
        if not same_kind or not all(ordered(operator.le, a, b) is not None for a, b in pairwise(items)):
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
