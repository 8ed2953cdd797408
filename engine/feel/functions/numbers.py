"""Functions of numbers."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from engine.domain.durations import YearsMonths
from engine.feel.functions.registry import builtin
from engine.feel.values import DECIMAL, Value, number, truncated, whole


def _rounding(mode: str) -> Callable[..., Value]:
    def rounded(value: int | Decimal, scale: int | Decimal | None = None) -> Value:
        digits = 0 if scale is None else truncated(scale)
        if digits is None or not -6111 <= digits <= 6176:
            return None
        exact = DECIMAL.create_decimal(value)
        exponent = exact.as_tuple().exponent
        if not isinstance(exponent, int) or -exponent <= digits:
            return number(exact)
        return number(exact.quantize(Decimal(1).scaleb(-digits, DECIMAL), mode, DECIMAL))

    return rounded


builtin("decimal(n: number, scale: number)")(_rounding(ROUND_HALF_EVEN))
builtin("floor(n: number, scale?: number)")(_rounding(ROUND_FLOOR))
builtin("ceiling(n: number, scale?: number)")(_rounding(ROUND_CEILING))
builtin("round up(n: number, scale: number)")(_rounding(ROUND_UP))
builtin("round down(n: number, scale: number)")(_rounding(ROUND_DOWN))
builtin("round half up(n: number, scale: number)")(_rounding(ROUND_HALF_UP))
builtin("round half down(n: number, scale: number)")(_rounding(ROUND_HALF_DOWN))
builtin("abs(n: number)", "abs(n: days)")(abs)
builtin("abs(n: months)")(lambda n: YearsMonths(months=abs(n.months)))
builtin("sqrt(number: number)")(lambda n: number(DECIMAL.sqrt(n)))
builtin("log(number: number)")(lambda n: number(DECIMAL.ln(n)) if n > 0 else None)
builtin("exp(number: number)")(lambda n: number(DECIMAL.exp(n)))
builtin("odd(number: number)")(lambda n: None if whole(n) is None else n % 2 != 0)
builtin("even(number: number)")(lambda n: None if whole(n) is None else n % 2 == 0)


@builtin("modulo(dividend: number, divisor: number)")
def modulo(dividend: int | Decimal, divisor: int | Decimal) -> Value:
    """The sign follows the divisor, as the standard defines it: dividend - divisor * floor(dividend / divisor)."""
    if not divisor:
        return None
    remainder = DECIMAL.remainder(dividend, divisor)
    if remainder.is_nan():  # the quotient has more digits than a number may have
        return None
    if remainder and (remainder < 0) != (divisor < 0):
        remainder = DECIMAL.add(remainder, divisor)
    return number(remainder)
