"""Compile regular expressions to programs whose time is bounded.

Python's `re` backtracks: one pattern of a designer could hold a worker for hours. Back references and look-around,
which need backtracking, are refused; so are patterns of unreasonable size.
"""

import unicodedata
from functools import lru_cache

from engine.feel.character_classes import BLOCKS, CATEGORIES, CLASSES, CONTROLS
from engine.feel.pattern_machine import Matcher, Pattern, Step

PATTERN_LENGTH = 1_000
PROGRAM_LENGTH = 2_000
REPEATS = 500
GROUP_NESTING = 20


class _BadPattern(Exception):
    """The text is no pattern that can be run."""


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str) -> Pattern | None:
    """None for a text that is no pattern, is too large or uses back references or look-around."""
    if len(pattern) > PATTERN_LENGTH or not set(flags) <= set("smixq"):
        return None
    builder = _Builder(pattern, flags)
    try:
        return builder.build()
    except _BadPattern:
        return None


class _Builder:
    def __init__(self, pattern: str, flags: str) -> None:
        self._flags = flags
        self._pattern = _without_space(pattern) if "x" in flags and "q" not in flags else pattern
        self._place = 0
        self._groups = 1
        self._depth = 0

    def build(self) -> Pattern:
        if "q" in self._flags:
            body = [self._char(character) for character in self._pattern]
        else:
            body = self._alternatives()
            if self._place < len(self._pattern):
                raise _BadPattern
        program = [Step("save", 0), *body, Step("save", 1), Step("match")]
        return Pattern(tuple(_absolute(program)), 2 * self._groups, "m" in self._flags)

    def _peek(self) -> str:
        return self._pattern[self._place : self._place + 1]

    def _next(self) -> str:
        if self._place >= len(self._pattern):
            raise _BadPattern
        self._place += 1
        return self._pattern[self._place - 1]

    # Jumps are relative while fragments are put together: a fragment can be repeated and moved as it is.

    def _alternatives(self) -> list[Step]:
        branch = self._sequence()
        if self._peek() != "|":
            return branch
        self._place += 1
        other = self._alternatives_deeper()
        return _sized([Step("split", 1, len(branch) + 2), *branch, Step("jump", len(other) + 1), *other])

    def _alternatives_deeper(self) -> list[Step]:
        self._depth += 1
        if self._depth > 100:
            raise _BadPattern
        found = self._alternatives()
        self._depth -= 1
        return found

    def _sequence(self) -> list[Step]:
        steps: list[Step] = []
        while self._peek() not in ("", "|", ")"):
            steps = _sized(steps + self._repeated(self._atom()))
        return steps

    def _repeated(self, atom: list[Step]) -> list[Step]:
        low, high = self._quantifier()
        lazy = (low, high) != (1, 1) and self._peek() == "?"
        self._place += lazy
        if self._peek() in ("*", "+", "?") and (low, high) != (1, 1):
            raise _BadPattern
        if len(atom) * max(low, high or 0) > PROGRAM_LENGTH:
            raise _BadPattern
        steps = atom * low
        if high is None:
            loop = [_split(1, len(atom) + 2, lazy), *atom, Step("jump", -len(atom) - 1)]
            return steps + loop
        for _ in range(high - low):
            steps = [*steps, _split(1, len(atom) + 1, lazy), *atom]
        return steps

    def _quantifier(self) -> tuple[int, int | None]:
        match self._peek():
            case "*":
                self._place += 1
                return 0, None
            case "+":
                self._place += 1
                return 1, None
            case "?":
                self._place += 1
                return 0, 1
            case "{":
                return self._braces()
        return 1, 1

    def _braces(self) -> tuple[int, int | None]:
        end = self._pattern.find("}", self._place)
        low, comma, high = self._pattern[self._place + 1 : max(end, self._place + 1)].partition(",")
        if not (low.isascii() and low.isdigit()) or (high and not (high.isascii() and high.isdigit())):
            raise _BadPattern
        if max(len(low), len(high)) > 4:
            raise _BadPattern
        self._place = end + 1
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if max(least, most or 0) > REPEATS or (most is not None and most < least):
            raise _BadPattern
        return least, most

    def _atom(self) -> list[Step]:
        character = self._next()
        match character:
            case "(":
                return self._group()
            case "[":
                return [Step("char", matcher=self._set())]
            case ".":
                dot_all = "s" in self._flags
                return [Step("char", matcher=lambda c: dot_all or c not in "\n\r")]
            case "^" | "$":
                return [Step("begin" if character == "^" else "end")]
            case "\\":
                return [Step("char", matcher=self._cased(self._escape()))]
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise _BadPattern
        return [self._char(character)]

    def _group(self) -> list[Step]:
        self._depth += 1
        if self._depth > GROUP_NESTING:
            raise _BadPattern
        captured = self._pattern[self._place : self._place + 2] != "?:"
        if captured and self._peek() == "?":
            raise _BadPattern
        group = self._groups
        if captured:
            self._groups += 1
        else:
            self._place += 2
        body = self._alternatives()
        if self._next() != ")":
            raise _BadPattern
        self._depth -= 1
        return [Step("save", 2 * group), *body, Step("save", 2 * group + 1)] if captured else body

    def _char(self, character: str) -> Step:
        return Step("char", matcher=self._cased(lambda c: c == character))

    def _cased(self, matcher: Matcher) -> Matcher:
        if "i" not in self._flags:
            return matcher
        return lambda c: matcher(c) or matcher(c.lower()) or matcher(c.upper())

    def _set(self) -> Matcher:
        """After the opening bracket; ends behind the closing one."""
        negated = self._peek() == "^"
        self._place += negated
        members: list[Matcher] = []
        excluded: Matcher | None = None
        while self._peek() != "]" or not members:
            if members and self._pattern.startswith("-[", self._place):
                self._place += 2
                self._depth += 1
                if self._depth > GROUP_NESTING:
                    raise _BadPattern
                excluded = self._set()
                break
            members.append(self._member())
        if self._next() != "]":
            raise _BadPattern
        inside = self._cased(lambda c: any(member(c) for member in members))
        if excluded is None:
            return lambda c: inside(c) != negated
        without = excluded
        return lambda c: inside(c) != negated and not without(c)

    def _member(self) -> Matcher:
        first = self._next()
        if first == "\\":
            escaped = self._peek()
            matcher = self._escape()
            if escaped in CLASSES or escaped in "pP":
                return matcher
            first = CONTROLS.get(escaped, escaped)
        if self._peek() == "-" and self._pattern[self._place + 1 : self._place + 2] not in ("]", "[", ""):
            self._place += 1
            last = self._next()
            if last == "\\":
                last = self._next()
                last = CONTROLS.get(last, last)
            if last < first:
                raise _BadPattern
            return lambda c: first <= c <= last
        return lambda c: c == first

    def _escape(self) -> Matcher:
        letter = self._next()
        if letter in CLASSES:
            return CLASSES[letter]
        if letter in "pP":
            return self._category(letter == "P")
        if letter in CONTROLS:
            control = CONTROLS[letter]
            return lambda c: c == control
        if letter.isalnum():
            raise _BadPattern
        return lambda c: c == letter

    def _category(self, negated: bool) -> Matcher:
        end = self._pattern.find("}", self._place)
        if self._peek() != "{" or end < 0:
            raise _BadPattern
        name = self._pattern[self._place + 1 : end]
        self._place = end + 1
        if name.startswith("Is") and name[2:] in BLOCKS:
            first, last = BLOCKS[name[2:]]
            return lambda c: (first <= c <= last) != negated
        if name not in CATEGORIES:
            raise _BadPattern
        return lambda c: unicodedata.category(c).startswith(name) != negated


def _without_space(pattern: str) -> str:
    """Flag x: white space outside of brackets is for the reader only."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for character in pattern:
        if depth or not character.isspace():
            kept.append(character)
        if not escaped:
            depth = max(0, depth + (character == "[") - (character == "]"))
        escaped = character == "\\" and not escaped
    return "".join(kept)


def _split(near: int, far: int, lazy: bool) -> Step:
    return Step("split", far, near) if lazy else Step("split", near, far)


def _sized(steps: list[Step]) -> list[Step]:
    if len(steps) > PROGRAM_LENGTH:
        raise _BadPattern
    return steps


def _absolute(steps: list[Step]) -> list[Step]:
    return [
        Step(step.operation, step.first + place, step.second + place) if step.operation in ("split", "jump") else step
        for place, step in enumerate(_sized(steps))
    ]
