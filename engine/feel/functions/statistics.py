"""Functions that make one value of many: totals, middles, extremes, and all and any."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import arithmetic
from engine.feel.functions.registry import Registered, environmental
from engine.feel.limits import Run
from engine.feel.values import DECIMAL, Value, is_number, kind, number, ordered


def _of_all(name: str) -> Callable[[Registered], Registered]:
    """Both ways of calling: with one list, and with the items as arguments."""
    return environmental(f"{name}(list: list)", f"{name}(n...: any)")


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
