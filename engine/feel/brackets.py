"""Parse what stands in brackets: intervals, lists, contexts, arguments, types; and literals of dates."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TypeAlias

from engine.feel import tree
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelSyntaxError, unknown

Types: TypeAlias = Mapping[str, tree.NamedType]

TYPES = frozenset(
    [
        *("Any", "Null", "number", "string", "boolean", "date", "time", "date and time"),
        *("days and time duration", "years and months duration", "list", "context", "function", "range"),
        *("dateTime", "dayTimeDuration", "yearMonthDuration"),
    ]
)
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
NO_OPERAND = frozenset({"and", "or", "in", "between", "then", "else", "return", "satisfies", "instance"})


class Brackets(ABC):
    """The part of the parser that needs only whole expressions and sums from the rest."""

    def __init__(self, cursor: Cursor, types: Types) -> None:
        self.cursor = cursor
        self.types = types
        self.in_range_end = False

    @abstractmethod
    def expression(self) -> tree.Node:
        """A whole expression."""

    @abstractmethod
    def sum(self) -> tree.Node:
        """An operand of a comparison."""

    def at_literal(self) -> tree.Node:
        position = self.cursor.advance().start
        if self.cursor.token.kind != "string":
            raise self.cursor.unexpected("a string")
        return tree.AtLiteral(self.cursor.advance().text, position)

    def parenthesis(self) -> tree.Node:
        self.cursor.advance()
        if self.cursor.token.kind == "operator" and self.cursor.token.text in COMPARISONS:
            return self._one_sided_range()
        node = self.expression()
        if self.cursor.at(".."):
            return self.interval(node, start_included=False)
        self.cursor.expect(")")
        return node

    def _one_sided_range(self) -> tree.Node:
        operator = self.cursor.advance().text
        end = self.sum()
        self.cursor.expect(")")
        nothing = tree.Literal(None)
        start = nothing if operator in ("<", "<=") else end
        end = nothing if operator in (">", ">=") else end
        return tree.RangeLiteral(start, end, operator in ("=", ">="), operator in ("=", "<="), operator)

    def open_range(self) -> tree.Node:
        self.cursor.advance()
        start = self.expression()
        if not self.cursor.at(".."):
            raise self.cursor.unexpected("'..'")
        return self.interval(start, start_included=False)

    def bracket(self) -> tree.Node:
        self.cursor.advance()
        if self.cursor.accept("]"):
            return tree.ListLiteral(())
        items = [self.expression()]
        if self.cursor.at(".."):
            return self.interval(items[0], start_included=True)
        while self.cursor.accept(","):
            items.append(self.expression())
        self.cursor.expect("]")
        return tree.ListLiteral(tuple(items))

    def interval(self, start: tree.Node, *, start_included: bool) -> tree.RangeLiteral:
        self.cursor.expect("..")
        outer, self.in_range_end = self.in_range_end, True
        self.cursor.deeper()
        end = self.sum()
        self.cursor.depth -= 1
        self.in_range_end = outer
        if not self.cursor.at("]", ")", "["):
            raise self.cursor.unexpected("']' or ')'")
        return tree.RangeLiteral(start, end, start_included, self.cursor.advance().text == "]")

    def context(self) -> tree.Node:
        self.cursor.advance()
        entries: list[tuple[str, tree.Node]] = []
        while not self.cursor.accept("}"):
            if entries:
                self.cursor.expect(",")
            name = self.cursor.advance().text if self.cursor.token.kind == "string" else self.cursor.words_until(":")
            self.cursor.expect(":")
            if any(name == other for other, _ in entries):
                raise FeelSyntaxError(f"The context has two entries '{name}'", self.cursor.token.start)
            entries.append((name, self.expression()))
            self.cursor.learn(name)
        return tree.ContextLiteral(tuple(entries))

    def call(self, function: tree.Node) -> tree.Node:
        position = function.position if isinstance(function, tree.Name) else self.cursor.token.start
        self.cursor.advance()
        positional: list[tree.Node] = []
        named: list[tuple[str, tree.Node]] = []
        while not self.cursor.accept(")"):
            if positional or named:
                self.cursor.expect(",")
            name = self._argument_name()
            if name:
                named.append((name, self.expression()))
            elif named:
                raise self.cursor.unexpected("a named argument")
            else:
                positional.append(self.expression())
        return tree.Call(function, tuple(positional), tuple(named), position)

    def _argument_name(self) -> str:
        """`start position:` before an argument, else nothing."""
        place = self.cursor.index
        words: list[str] = []
        while self.cursor.tokens[place].kind == "name":
            words.append(self.cursor.tokens[place].text)
            place += 1
        if not words or self.cursor.tokens[place].text != ":" or self.cursor.tokens[place].kind != "operator":
            return ""
        self.cursor.index = place + 1
        return " ".join(words)

    def type_name(self) -> tree.TypeName:
        self.cursor.deeper()
        position = self.cursor.token.start
        name = self._words_of_type()
        arguments: list[tree.TypeName] = []
        fields: list[tuple[str, tree.TypeName]] = []
        if self.cursor.accept("<"):
            while not self.cursor.accept(">"):
                if arguments or fields:
                    self.cursor.expect(",")
                if name == "context":
                    field = self.cursor.words_until(":")
                    self.cursor.expect(":")
                    fields.append((field, self.type_name()))
                else:
                    arguments.append(self.type_name())
        if name == "function" and self.cursor.accept("->"):
            self.type_name()
        self.cursor.depth -= 1
        named = self.types.get(name)
        if named is None and name not in TYPES:
            raise FeelSyntaxError(unknown("type", name, (*TYPES, *self.types)), position)
        return tree.TypeName(name, named, tuple(arguments), tuple(fields))

    def _words_of_type(self) -> str:
        """`days and time duration`, `loan.tApplicant`."""
        name, before = "", ""
        while self.cursor.token.kind == "name" and (
            self.cursor.token.text not in NO_OPERAND or (name and self.cursor.following.text in ("time", "months"))
        ):
            name += before + self.cursor.advance().text
            before = " "
            if self.cursor.accept("."):
                before = "."
        if not name or before == ".":
            raise self.cursor.unexpected("a type")
        return name
