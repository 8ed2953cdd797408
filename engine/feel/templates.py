"""Attributes of diagrams: plain text, FEEL behind `=`, and text with `${...}` inside."""

import re
from collections.abc import Collection

from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import Expression, compiled_at, constant
from engine.feel.functions.conversion import write
from engine.feel.juel import parse_juel
from engine.feel.limits import TEXT, check_length
from engine.feel.parser import parse_expression
from engine.feel.scope import Scope

_PLACEHOLDER = re.compile(r"[$#]\{")
_SET_VARIABLE = re.compile(
    r"""\s*[$#]\{\s*execution\s*\.\s*setVariable(?:Local)?\s*\(\s*(?P<quote>["'])(?P<name>[^\W\d]\w*)(?P=quote)\s*,"""
)
_END_OF_CALL = re.compile(r"\)\s*\}\s*\Z")


def compile_template(text: str, names: Collection[str] = ()) -> Expression:
    """An attribute of a diagram: literal, `=FEEL`, `${JUEL}` (its value) or text with `${JUEL}` inside (a string).

    `#{JUEL}` is the same. Raises FeelSyntaxError.
    """
    stripped = text.strip()
    if stripped.startswith("="):
        return compiled_at(text.index("=") + 1, parse_expression, stripped[1:], names)
    if _PLACEHOLDER.search(text) is None:
        return constant(text, text)
    if len(text) > TEXT:
        raise FeelSyntaxError(f"The text is longer than {TEXT} characters", TEXT)
    parts = _parts(text, names)
    if len([part for part in parts if not isinstance(part, str) or part.strip()]) == 1:
        only = next(part for part in parts if not isinstance(part, str))
        return Expression(text, only.names, only.evaluate)
    return _joined(text, parts)


def compile_assignment(text: str) -> tuple[str, Expression] | None:
    """`${execution.setVariable('name', value)}`: the name and the value; None for any other text.

    Raises FeelSyntaxError.
    """
    match = _SET_VARIABLE.match(text)
    end = _END_OF_CALL.search(text)
    if match is None or end is None or end.start() < match.end():
        return None
    value = text[match.end() : end.start()]
    return match["name"], compiled_at(match.end(), parse_juel, value, ())


def _parts(text: str, names: Collection[str]) -> list[str | Expression]:
    parts: list[str | Expression] = []
    done = 0
    while (found := _PLACEHOLDER.search(text, done)) is not None:
        start = found.start()
        end = _closing_brace(text, start + 2)
        parts.append(text[done:start])
        parts.append(compiled_at(start + 2, parse_juel, text[start + 2 : end], names))
        done = end + 1
    parts.append(text[done:])
    return parts


def _closing_brace(text: str, start: int) -> int:
    depth, place = 0, start
    while place < len(text):
        character = text[place]
        if character in "\"'":
            place = _string_end(text, place)
        elif character == "{":
            depth += 1
        elif character == "}":
            if not depth:
                return place
            depth -= 1
        place += 1
    raise FeelSyntaxError(f"'{text[start - 2 : start]}' has no closing brace", start - 2)


def _string_end(text: str, start: int) -> int:
    place = start + 1
    while place < len(text) and text[place] != text[start]:
        place += 2 if text[place] == "\\" else 1
    return place


def _joined(text: str, parts: list[str | Expression]) -> Expression:
    def joined(scope: Scope) -> str:
        written: list[str] = []
        length = 0
        for part in parts:
            value = part if isinstance(part, str) else part.evaluate(scope)
            written.append("" if value is None else write(value, scope.run))
            length += len(written[-1])
            check_length(length)
        return "".join(written)

    names = frozenset(name for part in parts if not isinstance(part, str) for name in part.names)
    return Expression(text, names, joined)
