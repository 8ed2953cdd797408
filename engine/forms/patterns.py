"""Accept only regular expressions whose search time has a bound."""

import re

# Text that has a pattern may be this long at most, which bounds what a quantifier without a limit can try.
TEXT_LIMIT = 500
_WAYS_LIMIT = 1_000_000
_PATTERN_LIMIT = 300

_TOKEN = re.compile(
    r"(?P<atom>\\[^0-9kgNpP]|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[\](){}?*+|^$]|[\^$])"
    r"|(?P<open>\((?:\?:)?(?!\?))"
    r"|(?P<close>\))"
    r"|(?P<either>\|)"
    r"|(?P<quantifier>(?:[?*+]|\{\d{1,3}(?:,\d{0,3})?\})\??)"
)

NAMED = {
    "email": r"^[^@\s]{1,64}@[A-Za-z0-9.-]{1,190}$",
    "phone": r"^\+?[0-9() -]{5,24}$",
}


class UnsafePattern(ValueError):
    """The pattern is no regular expression or could take too long."""


def compile_pattern(text: str) -> re.Pattern[str]:
    """Raises UnsafePattern. A repeated group, a back reference and look-around are refused: they make time explode."""
    if len(text) > _PATTERN_LIMIT:
        raise UnsafePattern(f"longer than {_PATTERN_LIMIT} characters")
    ways = 1 if text.startswith("^") else TEXT_LIMIT
    position, before = 0, ""
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise UnsafePattern(f"not allowed at position {position + 1}")
        kind = str(token.lastgroup)
        if kind == "quantifier":
            ways *= _ways(token.group(), before)
        if ways > _WAYS_LIMIT:
            raise UnsafePattern("too many ways to match: give the quantifiers limits")
        position, before = token.end(), kind
    try:
        return re.compile(text, re.ASCII)
    except re.error as error:
        raise UnsafePattern(str(error)) from error


def _ways(quantifier: str, before: str) -> int:
    """How many repetitions a search may have to try for one quantifier."""
    bare = quantifier.rstrip("?") or "?"
    if before == "close" and bare != "?":
        raise UnsafePattern("a group may not be repeated")
    if bare == "?":
        return 2
    if bare in {"*", "+"}:
        return TEXT_LIMIT
    low, comma, high = bare.strip("{}").partition(",")
    if not comma:
        return 1
    return max(0, (int(high) if high else TEXT_LIMIT) - int(low)) + 1
