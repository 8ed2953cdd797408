"""Allen's relations between points and intervals."""

import operator
from collections.abc import Callable

from engine.feel.functions.registry import environmental
from engine.feel.limits import Run
from engine.feel.values import Range, Value, equal, includes, ordered

Relation = Callable[[Run, Value, Value], bool | None]


def _lt(a: Value, b: Value) -> bool:
    return ordered(operator.lt, a, b) is True


def _eq(a: Value, b: Value, run: Run) -> bool:
    return equal(a, b, run) is True


def _before(run: Run, a: Range, b: Range) -> bool:
    return _lt(a.end, b.start) or (_eq(a.end, b.start, run) and not (a.end_included and b.start_included))


def _meets(run: Run, a: Range, b: Range) -> bool:
    return a.end_included and b.start_included and _eq(a.end, b.start, run)


def _starts_not_after(run: Run, a: Range, b: Range) -> bool:
    return _lt(a.start, b.start) or (_eq(a.start, b.start, run) and (a.start_included or not b.start_included))


def _ends_not_before(run: Run, a: Range, b: Range) -> bool:
    return _lt(b.end, a.end) or (_eq(a.end, b.end, run) and (a.end_included or not b.end_included))


def _same_start(run: Run, a: Range, b: Range) -> bool:
    return _eq(a.start, b.start, run) and a.start_included == b.start_included


def _same_end(run: Run, a: Range, b: Range) -> bool:
    return _eq(a.end, b.end, run) and a.end_included == b.end_included


def _covers(run: Run, a: Range, b: Range) -> bool:
    return _starts_not_after(run, a, b) and _ends_not_before(run, a, b)


def _overlaps_before(run: Run, a: Range, b: Range) -> bool:
    apart = _before(run, a, b)
    return not apart and _starts_not_after(run, a, b) and not _same_start(run, a, b) and _ends_not_before(run, b, a)


def _point(value: Value) -> Range:
    return Range(start=value, end=value, start_included=True, end_included=True)


def _swapped(relation: Relation) -> Relation:
    return lambda run, a, b: relation(run, b, a)


def _register(name: str, inverse: str, relation: Relation, *pairs: str) -> None:
    """`pairs`: which of point and range the relation takes; points are intervals of one value."""
    for pair in pairs:
        first, second = pair.split()

        def related(run: Run, a: Value, b: Value, first: str = first, second: str = second) -> bool | None:
            return relation(run, _point(a) if first == "any" else a, _point(b) if second == "any" else b)

        environmental(f"{name}({_parameters(first, second)})")(related)
        if inverse:
            environmental(f"{inverse}({_parameters(second, first)})")(_swapped(related))


def _parameters(first: str, second: str) -> str:
    """`point1` and `point2` when both are of one sort, else `point` and `range`."""
    a, b = ("1", "2") if first == second else ("", "")
    names = {"any": "point", "range": "range"}
    return f"{names[first]}{a}: {first}, {names[second]}{b}: {second}"


_register("before", "after", _before, "range range", "range any", "any range", "any any")
_register("meets", "met by", _meets, "range range")
_register("overlaps", "", lambda run, a, b: not _before(run, a, b) and not _before(run, b, a), "range range")
_register("overlaps before", "overlaps after", _overlaps_before, "range range")
_register(
    "finishes", "finished by", lambda run, a, b: _same_end(run, a, b) and _covers(run, b, a), "range range", "any range"
)
_register("includes", "during", _covers, "range range")
_register(
    "starts", "started by", lambda run, a, b: _same_start(run, a, b) and _covers(run, b, a), "range range", "any range"
)
_register("coincides", "", lambda run, a, b: _same_start(run, a, b) and _same_end(run, a, b), "range range", "any any")
environmental("includes(range: range, point: any)")(lambda run, interval, value: includes(interval, value))
environmental("during(point: any, range: range)")(lambda run, value, interval: includes(interval, value))
