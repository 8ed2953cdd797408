"""Look up which rules hold for a number, where their cells only compare it with constants."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

from engine.feel import Environment, UnaryTests, tree
from engine.feel.compiler import INPUT
from engine.feel.limits import Run
from engine.feel.scope import Scope
from engine.feel.values import is_number

Number: TypeAlias = int | Decimal

MOST_POINTS = 4_000
# Constants have 34 digits at most; the middle between two of them needs a few more.
_WIDE = Context(prec=100)
# Constant cells ask for neither the time nor the zone.
_NOWHERE = Environment(now=datetime(2000, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class NumberLine:
    """`points`: where answers may change, in order; `rules`: those that hold below the first point, at it, between it
    and the next, ..., above the last, as the bits of an int.
    """

    points: tuple[Number, ...]
    rules: tuple[int, ...]

    def at(self, number: Number) -> int:
        place = bisect_left(self.points, number)
        hit = place < len(self.points) and self.points[place] == number
        return self.rules[2 * place + hit]


def number_line(tests: Iterable[tuple[int, UnaryTests, frozenset[Number]]]) -> NumberLine | None:
    """The line for tests with their rules and points; None when it would be too long."""
    known = [(rules, test, sorted(points)) for rules, test, points in tests]
    every = sorted({point for _, _, points in known for point in points})
    if not known or len(every) > MOST_POINTS:
        return None
    places = {point: place for place, point in enumerate(every)}
    changes = [0] * (2 * len(every) + 1)
    for rules, test, points in known:
        starts = [0]
        for point in points:
            starts += [2 * places[point] + 1, 2 * places[point] + 2]
        before = False
        for start, number in zip(starts, _samples(points), strict=True):
            now = test.hold(number, Scope({INPUT: number}, None, Run(_NOWHERE)))
            if now is not before:
                changes[start] ^= rules
            before = now
    held, current = [], 0
    for change in changes:
        current ^= change
        held.append(current)
    return NumberLine(tuple(every), tuple(held))


def points_of(parsed: tree.UnaryTests) -> frozenset[Number] | None:
    """The numbers that a cell compares with; None when there are none, or other things than constants."""
    points: set[Number] = set()
    for test in parsed.tests or ():
        node = test.operand if isinstance(test, tree.ComparisonTest) else test.expression
        ends = (node.start, node.end) if isinstance(node, tree.RangeLiteral) else (node,)
        for end in ends:
            if not isinstance(end, tree.Literal):
                return None
            if is_number(end.value):
                points.add(end.value)
    return frozenset(points) or None


def _samples(points: list[Number]) -> list[Number]:
    """A number of each stretch: one below the first point, the point, one between it and the next, ..."""
    if not points:
        return [0]
    samples: list[Number] = [_WIDE.subtract(points[0], 1)]
    for place, point in enumerate(points):
        following = points[place + 1] if place + 1 < len(points) else None
        beyond = _WIDE.add(point, 1) if following is None else _WIDE.divide(_WIDE.add(point, following), 2)
        samples += [point, beyond]
    return samples
