"""The function range: an interval from its text."""

import operator

from engine.feel import temporal
from engine.feel.errors import FeelSyntaxError
from engine.feel.functions.registry import environmental
from engine.feel.lexer import Token, tokens
from engine.feel.limits import Run
from engine.feel.values import DECIMAL, Range, Value, kind, number, ordered

_CALLS = ("date and time", "date", "time", "duration")


@environmental("range(from: string)")
def range_from(run: Run, text: str) -> Range | None:
    """Both ends are constants: numbers, strings, `@"..."`, or dates, times and durations from a string. An end may be
    left out beside a round bracket. Null for anything else, and for an interval whose end comes first."""
    run.charge(1 + len(text) // 10)
    try:
        found = tokens(text)[:-1]
    except FeelSyntaxError:
        return None
    texts = [token.text if token.kind == "operator" else "" for token in found]
    if texts.count("..") != 1 or len(found) < 4 or texts[0] not in ("[", "(", "]") or texts[-1] not in ("]", ")", "["):
        return None
    middle = texts.index("..")
    start, end = _end(found[1:middle], run), _end(found[middle + 1 : -1], run)
    opened, closed = texts[0] == "[", texts[-1] == "]"
    if start is None or end is None:
        bare = (start is None and (opened or middle != 1)) or (end is None and (closed or middle != len(found) - 2))
        if bare or start is end:
            return None
    elif kind(start) != kind(end) or ordered(operator.le, start, end) is not True:
        return None
    return Range(start=start, end=end, start_included=opened, end_included=closed)


def _end(words: list[Token], run: Run) -> Value:
    """The constant that the tokens spell; None when there is none."""
    shape = tuple(token.kind if token.kind in ("number", "string") else token.text for token in words)
    match shape:
        case ("number",):
            return number(DECIMAL.create_decimal(words[0].text))
        case ("-", "number"):
            return number(DECIMAL.create_decimal("-" + words[1].text))
        case ("string",):
            return words[0].text
        case ("@", "string"):
            return temporal.read_any(words[1].text, run.env.zone)
        case (*name, "(", "string", ")") if " ".join(name) in _CALLS:
            return temporal.READ[" ".join(name)](words[-2].text, run.env.zone)
    return None
