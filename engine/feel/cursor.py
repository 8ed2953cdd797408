"""Walk the tokens of an expression and recognise the names that hold spaces."""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

from engine.feel import limits
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import KEYWORDS, Token, tokens

NAME_SIGNS = frozenset({"-", "+", "/", "*", ".", "'"})


Names: TypeAlias = dict[str, list[tuple[tuple[str, ...], str]]]
"""Names of several words by their first word: the words, and the name as it is spelled."""


class Cursor:
    """The place in the tokens; `names` are the names of several words that stand for variables."""

    def __init__(self, text: str, names: Collection[str], functions: Collection[str], *, juel: bool) -> None:
        self.tokens = tokens(text, juel=juel)
        self.index = 0
        self.depth = 0
        self._names: Names = {}
        self._functions: Names = {}
        for name in names:
            self.learn(name)
        for name in functions:
            _file(self._functions, tuple(name.split(" ")), name)

    def learn(self, name: str) -> None:
        """From here on `name` is one name, whatever it is made of."""
        try:
            words = tuple(token.text for token in tokens(name)[:-1])
        except FeelSyntaxError:  # a variable that FEEL cannot spell cannot be meant either
            return
        _file(self._names, words, name)

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.tokens[self.index]
        if token.kind != "end":
            self.index += 1
        return token

    def at(self, *texts: str) -> bool:
        token = self.tokens[self.index]
        return token.text in texts and token.kind in ("operator", "name")

    def accept(self, text: str) -> bool:
        if self.at(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.unexpected(f"'{text}'")

    def unexpected(self, expected: str = "") -> FeelSyntaxError:
        token = self.token
        if token.text == "'" and token.kind == "operator":
            return FeelSyntaxError('Strings are written in double quotes: "..."', token.start)
        found = "The expression ends too early" if token.kind == "end" else f"Unexpected '{token.text[:40]}'"
        return FeelSyntaxError(f"{found}; expected {expected}" if expected else found, token.start)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > limits.NESTING:
            raise FeelSyntaxError(f"The expression nests deeper than {limits.NESTING} levels", self.token.start)

    def name(self) -> str:
        """A variable, or a function when a bracket follows: the longest known name, else one word."""
        known = self._known(self._names) or self._known(self._functions, before="(")
        if known:
            return known
        token = self.token
        if token.kind != "name" or token.text in KEYWORDS:
            raise self.unexpected("a value")
        self.index += 1
        return token.text

    def property_name(self, known: Iterable[str]) -> str:
        """After a dot or before a colon: a known name of several words, else one word, which may be a keyword."""
        named = self._known(self._names)
        if named:
            return named
        for name in known:
            words = tuple(name.split(" "))
            if self._matches(words):
                self.index += len(words)
                return name
        if self.token.kind != "name":
            raise self.unexpected("a name")
        return self.advance().text

    def words_until(self, *ends: str) -> str:
        """A name that is being given: everything before one of `ends`."""
        words: list[str] = []
        while not self.at(*ends):
            if self.token.kind not in ("name", "number") and self.token.text not in NAME_SIGNS:
                raise self.unexpected("a name")
            words.append(self.advance().text)
        if not words or words[0][0].isdigit():
            raise self.unexpected("a name")
        name = _spelled(words)
        _file(self._names, tuple(words), name)
        return name

    def _known(self, names: Names, before: str = "") -> str:
        """Go past the longest of the names that stands here; empty when none does."""
        for words, name in names.get(self.token.text, ()):
            if self._matches(words) and (not before or self._text(len(words)) == before):
                self.index += len(words)
                return name
        return ""

    def _matches(self, words: tuple[str, ...]) -> bool:
        return all(self._text(place) == word for place, word in enumerate(words))

    def _text(self, ahead: int) -> str:
        place = self.index + ahead
        token = self.tokens[place] if place < len(self.tokens) else self.tokens[-1]
        return "" if token.kind == "string" else token.text


def _file(names: Names, words: tuple[str, ...], name: str) -> None:
    """Only names of several words need a place here; the longest come first."""
    if len(words) > 1:
        entries = names.setdefault(words[0], [])
        if all(words != other for other, _ in entries):
            entries.append((words, name))
            entries.sort(key=lambda entry: len(entry[0]), reverse=True)


def _spelled(words: Sequence[str]) -> str:
    """`first name` for words; a name with signs is spelled without spaces around them: `day-count`."""
    text = words[0]
    for before, word in pairwise(words):
        text += (" " if before[-1].isalnum() and word[0].isalnum() else "") + word
    return text
