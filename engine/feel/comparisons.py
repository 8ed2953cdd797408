"""Comparisons and three-valued logic as closures."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import tree
from engine.feel.limits import Run
from engine.feel.scope import Evaluate, Scope
from engine.feel.values import Range, Value, equal, includes, is_number, numeral, ordered

Compare = Callable[[Value, Value, Run], bool | None]

_QUICK = frozenset({int, str, Decimal})
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _different(a: Value, b: Value, run: Run) -> bool | None:
    same = equal(a, b, run)
    return None if same is None else not same


def _by_order(test: Callable[[Any, Any], bool]) -> Compare:
    return lambda a, b, run: ordered(test, a, b)


COMPARE: dict[str, Compare] = {
    "=": equal,
    "!=": _different,
    **{sign: _by_order(test) for sign, test in _ORDER.items()},
}


def of_two(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    compare = COMPARE[sign]
    return lambda scope: compare(left(scope), right(scope), scope.run)


def with_constant(sign: str, left: Evaluate, constant: Value) -> Evaluate:
    """The common condition `outcome = "accepted"`: the kind of the constant is known, so one type check will do."""
    compare, exact = COMPARE[sign], type(constant)
    quick: Callable[[Any, Any], bool] = _ORDER.get(sign) or (operator.eq if sign == "=" else operator.ne)
    if exact is int or exact is Decimal:
        return _with_number(compare, quick, left, constant)
    if exact is not str and not (exact is bool and sign in ("=", "!=")):
        return lambda scope: compare(left(scope), constant, scope.run)

    def compared(scope: Scope) -> bool | None:
        value = left(scope)
        if type(value) is exact:
            return quick(value, constant)
        return compare(value, constant, scope.run)

    return compared


def _with_number(
    compare: Compare, quick: Callable[[Any, Any], bool], left: Evaluate, constant: int | Decimal
) -> Evaluate:
    def compared(scope: Scope) -> bool | None:
        value = left(scope)
        exact = type(value)
        if exact is int or exact is Decimal:
            return quick(value, constant)
        return compare(value, constant, scope.run)

    return compared


def lenient(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    """As JUEL compares: always true or false, null only equals null, text beside a number or a truth is read as one."""
    compare, quick = COMPARE[sign], _ORDER.get(sign) or (operator.eq if sign == "=" else operator.ne)

    def compared(scope: Scope) -> bool:
        a, b = left(scope), right(scope)
        exact = type(a)
        if exact is type(b) and exact in _QUICK:
            return bool(quick(a, b))
        if a is None or b is None:
            return sign not in ("<", ">") and (a is b) is (sign != "!=")
        a, b = _read_like(a, b), _read_like(b, a)
        if sign == "!=":
            return equal(a, b, scope.run) is not True
        return compare(a, b, scope.run) is True

    return compared


def truth(operand: Evaluate) -> Evaluate:
    """What JUEL takes for true: true, and the word."""

    def true(scope: Scope) -> bool:
        value = operand(scope)
        return value is True or (type(value) is str and value.lower() == "true")

    return true


def _read_like(value: Value, other: Value) -> Value:
    if type(value) is not str:
        return value
    if type(other) is bool:
        return value.lower() == "true"
    return numeral(value) if is_number(other) else value


def test_of_constant(sign: str, constant: Value) -> Callable[[Value, Scope], bool | None]:
    """The cell `> 5`."""
    compare, exact = COMPARE[sign], type(constant)
    quick: Callable[[Any, Any], bool] = _ORDER.get(sign) or (operator.eq if sign == "=" else operator.ne)
    plain = exact in (int, str)

    def test(value: Value, scope: Scope) -> bool | None:
        if plain and type(value) is exact:
            return quick(value, constant)
        return compare(value, constant, scope.run)

    return test


def test_of_interval(interval: Range) -> Callable[[Value, Scope], bool | None]:
    """The cell `[1..10]`."""
    low = operator.le if interval.start_included else operator.lt
    high = operator.le if interval.end_included else operator.lt
    start, end = interval.start, interval.end
    numeric = is_number(start) and is_number(end)

    def test(value: Value, scope: Scope) -> bool | None:
        if numeric and (type(value) is int or type(value) is Decimal):
            return bool(low(start, value) and high(value, end))
        return includes(interval, value)

    return test


def constant_test(node: tree.Node) -> Callable[[Value, Scope], bool | None] | None:
    """Cells like `[1..10]`: nothing in them has to be evaluated again."""
    if not isinstance(node, tree.RangeLiteral):
        return None
    if not isinstance(node.start, tree.Literal) or not isinstance(node.end, tree.Literal):
        return None
    return test_of_interval(
        Range(
            start=node.start.value,
            end=node.end.value,
            start_included=node.start_included,
            end_included=node.end_included,
            sign=node.sign,
        )
    )


def both(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return True if a is True and b is True else None


def conjunction(operands: tuple[Evaluate, ...]) -> Evaluate:
    """False decides; otherwise anything that is not true makes the answer null."""

    def all_of(scope: Scope) -> bool | None:
        answer: bool | None = True
        for operand in operands:
            value = operand(scope)
            if value is False:
                return False
            if value is not True:
                answer = None
        return answer

    return all_of


def disjunction(operands: tuple[Evaluate, ...]) -> Evaluate:
    def any_of(scope: Scope) -> bool | None:
        answer: bool | None = False
        for operand in operands:
            value = operand(scope)
            if value is True:
                return True
            if value is not False:
                answer = None
        return answer

    return any_of
