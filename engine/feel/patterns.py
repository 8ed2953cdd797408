"""Regular expressions whose time grows with text times pattern, whatever the pattern.

Python's `re` backtracks: one pattern of a designer could hold a worker for hours. Here all alternatives advance
together over the text (Pike's machine), and every character is paid for from the budget of the evaluation.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.feel.limits import Run

Matcher = Callable[[str], bool]
PATTERN_LENGTH = 1_000
PROGRAM_LENGTH = 2_000
REPEATS = 500
GROUP_NESTING = 20


class _BadPattern(Exception):
    """The text is no pattern that can be run."""


@dataclass(slots=True)
class _Step:
    """operation: char, split (first is preferred), jump, save, begin, end, match."""

    operation: str
    first: int = 0
    second: int = 0
    matcher: Matcher | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    program: tuple[_Step, ...]
    slots: int
    multiline: bool

    def search(self, text: str, start: int, run: Run) -> tuple[int, ...] | None:
        """Start and end of the leftmost match and of its groups (-1: not part of it), or None."""
        threads: list[tuple[int, tuple[int, ...]]] = []
        found: tuple[int, ...] | None = None
        for place in range(start, len(text) + 1):
            if found is None:
                visited = {step for step, _ in threads}
                self._follow(threads, visited, 0, (-1,) * self.slots, place, text)
            if not threads and found is not None:
                break
            run.charge(1 + len(threads) // 8)
            following: list[tuple[int, tuple[int, ...]]] = []
            visited = set()
            for step, groups in threads:
                instruction = self.program[step]
                if instruction.operation == "match":
                    found = groups
                    break  # threads behind this one are less preferred
                if place < len(text) and instruction.matcher is not None and instruction.matcher(text[place]):
                    self._follow(following, visited, step + 1, groups, place + 1, text)
            threads = following
        return found

    def find_all(self, text: str, run: Run) -> Iterator[tuple[int, ...]]:
        place = 0
        while place <= len(text):
            groups = self.search(text, place, run)
            if groups is None:
                return
            yield groups
            place = groups[1] if groups[1] > groups[0] else groups[1] + 1

    def _follow(
        self,
        threads: list[tuple[int, tuple[int, ...]]],
        visited: set[int],
        step: int,
        groups: tuple[int, ...],
        place: int,
        text: str,
    ) -> None:
        pending = [(step, groups)]
        while pending:
            step, groups = pending.pop()
            if step in visited:
                continue
            visited.add(step)
            instruction = self.program[step]
            match instruction.operation:
                case "jump":
                    pending.append((instruction.first, groups))
                case "split":
                    pending.append((instruction.second, groups))
                    pending.append((instruction.first, groups))
                case "save":
                    slot = instruction.first
                    pending.append((step + 1, (*groups[:slot], place, *groups[slot + 1 :])))
                case "begin" | "end":
                    if self._anchored(instruction.operation, place, text):
                        pending.append((step + 1, groups))
                case _:
                    threads.append((step, groups))

    def _anchored(self, operation: str, place: int, text: str) -> bool:
        if operation == "begin":
            return place == 0 or (self.multiline and text[place - 1] == "\n")
        return place == len(text) or (self.multiline and text[place] == "\n")


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
        self._pattern = "".join(pattern.split()) if "x" in flags and "q" not in flags else pattern
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
        program = [_Step("save", 0), *body, _Step("save", 1), _Step("match")]
        return Pattern(tuple(_absolute(program)), 2 * self._groups, "m" in self._flags)

    def _peek(self) -> str:
        return self._pattern[self._place : self._place + 1]

    def _next(self) -> str:
        if self._place >= len(self._pattern):
            raise _BadPattern
        self._place += 1
        return self._pattern[self._place - 1]

    # Jumps are relative while fragments are put together: a fragment can be repeated and moved as it is.

    def _alternatives(self) -> list[_Step]:
        branch = self._sequence()
        if self._peek() != "|":
            return branch
        self._place += 1
        other = self._alternatives_deeper()
        return _sized([_Step("split", 1, len(branch) + 2), *branch, _Step("jump", len(other) + 1), *other])

    def _alternatives_deeper(self) -> list[_Step]:
        self._depth += 1
        if self._depth > 100:
            raise _BadPattern
        found = self._alternatives()
        self._depth -= 1
        return found

    def _sequence(self) -> list[_Step]:
        steps: list[_Step] = []
        while self._peek() not in ("", "|", ")"):
            steps = _sized(steps + self._repeated(self._atom()))
        return steps

    def _repeated(self, atom: list[_Step]) -> list[_Step]:
        low, high = self._quantifier()
        lazy = (low, high) != (1, 1) and self._peek() == "?"
        self._place += lazy
        if self._peek() in ("*", "+", "?") and (low, high) != (1, 1):
            raise _BadPattern
        if len(atom) * max(low, high or 0) > PROGRAM_LENGTH:
            raise _BadPattern
        steps = atom * low
        if high is None:
            loop = [_split(1, len(atom) + 2, lazy), *atom, _Step("jump", -len(atom) - 1)]
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

    def _atom(self) -> list[_Step]:
        character = self._next()
        match character:
            case "(":
                return self._group()
            case "[":
                return [_Step("char", matcher=self._set())]
            case ".":
                dot_all = "s" in self._flags
                return [_Step("char", matcher=lambda c: dot_all or c not in "\n\r")]
            case "^" | "$":
                return [_Step("begin" if character == "^" else "end")]
            case "\\":
                return [_Step("char", matcher=self._cased(self._escape()))]
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise _BadPattern
        return [self._char(character)]

    def _group(self) -> list[_Step]:
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
        return [_Step("save", 2 * group), *body, _Step("save", 2 * group + 1)] if captured else body

    def _char(self, character: str) -> _Step:
        return _Step("char", matcher=self._cased(lambda c: c == character))

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
        inside: Matcher = lambda c: any(member(c) for member in members) != negated  # noqa: E731  it is negated once here
        cased = self._cased(inside) if not negated else inside
        if excluded is None:
            return cased
        without = excluded
        return lambda c: cased(c) and not without(c)

    def _member(self) -> Matcher:
        first = self._next()
        if first == "\\":
            escaped = self._peek()
            matcher = self._escape()
            if escaped in "dDsSwWpP":
                return matcher
            first = _CONTROLS.get(escaped, escaped)
        if self._peek() == "-" and self._pattern[self._place + 1 : self._place + 2] not in ("]", "[", ""):
            self._place += 1
            last = self._next()
            if last == "\\":
                last = self._next()
                last = _CONTROLS.get(last, last)
            if last < first:
                raise _BadPattern
            return lambda c: first <= c <= last
        return lambda c: c == first

    def _escape(self) -> Matcher:
        letter = self._next()
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in "pP":
            return self._category(letter == "P")
        if letter in _CONTROLS:
            control = _CONTROLS[letter]
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
        if name not in _CATEGORIES:
            raise _BadPattern
        return lambda c: unicodedata.category(c).startswith(name) != negated


_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_CLASSES: dict[str, Matcher] = {
    "d": str.isdecimal,
    "D": lambda c: not c.isdecimal(),
    "s": lambda c: c in " \t\n\r",
    "S": lambda c: c not in " \t\n\r",
    "w": lambda c: c.isalnum() or c == "_",
    "W": lambda c: not (c.isalnum() or c == "_"),
}
_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)


def _split(near: int, far: int, lazy: bool) -> _Step:
    return _Step("split", far, near) if lazy else _Step("split", near, far)


def _sized(steps: list[_Step]) -> list[_Step]:
    if len(steps) > PROGRAM_LENGTH:
        raise _BadPattern
    return steps


def _absolute(steps: list[_Step]) -> list[_Step]:
    return [
        _Step(step.operation, step.first + place, step.second + place) if step.operation in ("split", "jump") else step
        for place, step in enumerate(_sized(steps))
    ]
