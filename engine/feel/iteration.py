"""Walk lists: filters, for, some and every; every turn is paid for."""

import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.feel.limits import Run, check_count
from engine.feel.scope import Evaluate, Scope
from engine.feel.values import Range, Value, is_number, kind, ordered, whole


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a name takes its values from; with `end` the source is the start of a series."""

    name: str
    source: Evaluate
    end: Evaluate | None


def item_at(source: Value, position: Value) -> Value:
    """The item counted from 1, or from the end if negative; a single value is a list of one."""
    items = source if kind(source) == "list" else ([] if source is None else [source])
    place = whole(position)
    if not place or abs(place) > len(items):
        return None
    return items[place - 1] if place > 0 else items[place]


def filtered(source: Evaluate, condition: Evaluate, price: int) -> Evaluate:
    """`list[condition]`; a condition that turns out to be a number is a position."""

    def matching(scope: Scope) -> Value:
        found = source(scope)
        items = found if kind(found) == "list" else ([] if found is None else [found])
        kept: list[Value] = []
        run = scope.run
        for place, item in enumerate(items):
            run.charge(price)
            answer = condition(_item_scope(item, scope))
            if answer is True:
                kept.append(item)
            elif place == 0 and is_number(answer):
                return item_at(items, answer)
        return kept

    return matching


def _item_scope(item: Value, scope: Scope) -> Scope:
    """The entries of the item come first, then `item`, then the names outside; nothing is copied."""
    inner = Scope({"item": item}, scope, scope.run)
    return Scope(item, inner, scope.run) if kind(item) == "context" else inner


def mapped(domains: list[Domain], body: Evaluate, price: int, *, partial: bool) -> Evaluate:
    """`for`; `partial`, the results so far, is a copy: a result that held itself would have no end."""

    def results(scope: Scope) -> list[Value] | None:
        found: list[Value] = []
        for inner in _turns(domains, scope):
            if inner is None:
                return None
            inner.run.charge(price + (len(found) // 10 if partial else 0))
            if partial:
                inner = Scope({"partial": found.copy()}, inner, inner.run)
            found.append(body(inner))
            check_count(len(found))
        return found

    return results


def quantified(domains: list[Domain], condition: Evaluate, price: int, *, wanted: bool) -> Evaluate:
    """`some` (wanted: one true) and `every` (wanted: no false)."""

    def answer(scope: Scope) -> bool | None:
        unsure = False
        for inner in _turns(domains, scope):
            if inner is None:
                return None
            inner.run.charge(price)
            value = condition(inner)
            if isinstance(value, bool) and value is wanted:
                return value
            unsure = unsure or not isinstance(value, bool)
        return None if unsure else not wanted

    return answer


def _turns(domains: list[Domain], scope: Scope, place: int = 0) -> Iterator[Scope | None]:
    """A scope for every combination, the last domain fastest; None when a domain is none."""
    if place == len(domains):
        yield scope
        return
    domain = domains[place]
    items = _items(domain, scope)
    if items is None:
        yield None
        return
    for item in items:
        scope.run.charge(1)
        yield from _turns(domains, Scope({domain.name: item}, scope, scope.run), place + 1)


def _items(domain: Domain, scope: Scope) -> Iterable[Value] | None:
    source = domain.source(scope)
    if domain.end is not None:
        return _series(source, domain.end(scope), scope.run)
    if isinstance(source, Range):
        return _series_of(source, scope.run)
    if source is None:
        return None
    return source if kind(source) == "list" else [source]


def _series_of(interval: Range, run: Run) -> Iterable[Value] | None:
    if ordered(operator.le, interval.start, interval.end) is not True:
        return None
    series = _series(interval.start, interval.end, run)
    if series is None:
        return None
    items = list(series)
    if items and not interval.start_included:
        items = items[1:]
    return items[:-1] if items and not interval.end_included else items


def _series(start: Value, end: Value, run: Run) -> Iterable[Value] | None:
    """Whole numbers or days from start to end, upwards or downwards."""
    first, last = whole(start), whole(end)
    if first is not None and last is not None:
        run.charge(min(abs(last - first), 200_000) // 10)
        return range(first, last + 1) if first <= last else range(first, last - 1, -1)
    if type(start) is date and type(end) is date and not isinstance(start, datetime):
        step = 1 if start <= end else -1
        count = abs((end - start).days) + 1
        run.charge(count // 10)
        return [start + timedelta(days=step * days) for days in range(count)]
    return None
