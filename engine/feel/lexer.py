"""Cut FEEL text into tokens."""

import re
from dataclasses import dataclass
from typing import Literal

from engine.feel import limits
from engine.feel.errors import FeelSyntaxError

KEYWORDS = frozenset(
    [
        "and",
        "or",
        "in",
        "between",
        "if",
        "then",
        "else",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "instance",
        "of",
        "function",
        "null",
        "true",
        "false",
    ]
)

TokenKind = Literal["number", "string", "name", "operator", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written, but a string's without quotes and with its escapes resolved."""

    kind: TokenKind
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*(?s:.*?)\*/)
      | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,4})?(?!\w))
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<name>(?:[^\W\d]|SIGN)(?:\w|SIGN|[\xB7\u0300-\u036F\u203F\u2040])*|\?)
      | (?P<operator>\.\.|\*\*|<=|>=|!=|->|[-+*/=<>()\[\]{},.:@'])""".replace(
        "SIGN", r"[\u2070-\u218F\u2C00-\u2FEF\U00010000-\U000EFFFF]"
    ),
    re.VERBOSE,
)
_JUEL = re.compile(r"(?P<string>'(?:[^'\\]|\\.)*')|(?P<operator>==|&&|\|\||!(?!=)|[?%]|(?:eq|ne|[lg][te]|div|mod)\b)")
_JUEL_OPERATORS = {
    "==": "=",
    "&&": "and",
    "||": "or",
    "div": "/",
    "mod": "%",
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
_ESCAPE = re.compile(
    r"\\(?:u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))",
    re.DOTALL,
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_LOOKALIKES = {
    "“": '"',
    "”": '"',
    "（": "(",
    "）": ")",
    "，": ",",
    "＝": "=",
    "＞": ">",
    "＜": "<",
    "：": ":",
    "；": ";",
}


def tokens(text: str, *, juel: bool = False) -> list[Token]:
    """All tokens and a last one of kind "end". `juel` also reads what `${...}` may hold: == && || ! ? % and '...'."""
    if len(text) > limits.TEXT:
        raise FeelSyntaxError(f"The expression is longer than {limits.TEXT} characters", limits.TEXT)
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = (_JUEL.match(text, position) if juel else None) or _TOKEN.match(text, position)
        if match is None:
            raise FeelSyntaxError(_complaint(text, position), position)
        if match.lastgroup != "skip":
            found.append(_token(match))
        position = match.end()
    found.append(Token("end", "", position, position))
    return found


def _token(match: re.Match[str]) -> Token:
    written, start, end = match.group(), match.start(), match.end()
    match match.lastgroup:
        case "number":
            return Token("number", written, start, end)
        case "string":
            return Token("string", _unescape(written[1:-1], start), start, end)
        case "name":
            return Token("name", written, start, end)
    return _operator(written, start, end)


def _operator(written: str, start: int, end: int) -> Token:
    meant = _JUEL_OPERATORS.get(written, written)
    return Token("name" if meant in KEYWORDS else "operator", meant, start, end)


def _unescape(text: str, start: int) -> str:
    if "\\" not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return chr(0x10000 + (int(match[1], 16) - 0xD800) * 0x400 + int(match[2], 16) - 0xDC00)
        code = match[3] or match[4]
        if code is None:
            # A backslash before any other letter stays: regular expressions are written as "\d+" in practice.
            return _ESCAPED.get(match[5], match.group())
        if int(code, 16) > 0x10FFFF or 0xD800 <= int(code, 16) <= 0xDFFF:
            raise FeelSyntaxError(f"\\{code} is no character", start + 1 + match.start())
        return chr(int(code, 16))

    return _ESCAPE.sub(plain, text)


def _complaint(text: str, position: int) -> str:
    character = text[position]
    if character == '"':
        return "The string has no closing quote"
    if character in _LOOKALIKES:
        return f"'{character}' is not used here; write {_LOOKALIKES[character]}"
    if character.isdigit():
        return "A number runs into a letter"
    return f"Unexpected character '{character}'"
