"""Compiled expressions, unary tests and scripts."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.feel import tree
from engine.feel.brackets import Types
from engine.feel.compiler import INPUT, Compiler
from engine.feel.environment import Environment
from engine.feel.errors import FeelError, FeelSyntaxError
from engine.feel.functions import BUILTINS
from engine.feel.lexer import KEYWORDS
from engine.feel.limits import TEXT, Run, check_result
from engine.feel.parser import NO_TYPES, parse_expression, parse_unary_tests
from engine.feel.scope import Evaluate, Scope
from engine.feel.values import Value

Parse = Callable[[str, Collection[str], Collection[str], Types], tree.Node]
Test = Callable[[Value, Scope], bool | None]

_SPACED = tuple(name for name in BUILTINS if " " in name)
_TOO_DEEP = "The expression nests too deep."


@dataclass(frozen=True, slots=True)
class Expression:
    """`names`: variables it may read. Calling it raises FeelError only for limits; mismatches of type give null."""

    text: str
    names: frozenset[str]
    evaluate: Evaluate

    def __call__(self, context: Mapping[str, Value], env: Environment) -> Value:
        try:
            value = self.evaluate(Scope(context, None, Run(env)))
        except RecursionError as error:
            raise FeelError(_TOO_DEEP) from error
        if type(value) is list or type(value) is dict:
            check_result(value)
        return value


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The tests of a cell of a decision table: true if the input satisfies one of them."""

    text: str
    names: frozenset[str]
    tests: tuple[Test, ...] | None
    negated: bool

    def __call__(self, value: Value, context: Mapping[str, Value], env: Environment) -> bool:
        if self.tests is None:
            return True
        run = Run(env)
        try:
            return self.hold(value, Scope({INPUT: value}, Scope(context, None, run), run))
        except RecursionError as error:
            raise FeelError(_TOO_DEEP) from error

    def hold(self, value: Value, scope: Scope) -> bool:
        """The same inside a running evaluation; its scope already has the value as `?`."""
        if self.tests is None:
            return True
        for test in self.tests:
            if test(value, scope) is True:
                return not self.negated
        return self.negated


@dataclass(frozen=True, slots=True)
class Script:
    """Assignments in order."""

    assignments: tuple[tuple[str, Expression], ...]

    def __call__(self, context: Mapping[str, Value], env: Environment) -> dict[str, Value]:
        """The new values; every line sees those before it."""
        seen = dict(context)
        new: dict[str, Value] = {}
        for name, expression in self.assignments:
            new[name] = seen[name] = expression(seen, env)
        return new

    @property
    def names(self) -> frozenset[str]:
        """Variables that the script reads and does not make itself first."""
        made: set[str] = set()
        read: set[str] = set()
        for name, expression in self.assignments:
            read |= expression.names - made
            made.add(name)
        return frozenset(read)


def compile_expression(text: str, names: Collection[str] = (), types: Types = NO_TYPES) -> Expression:
    """`names`: variables whose names hold spaces or signs, and functions that the context brings; `types`: those that
    a model names.

    Raises FeelSyntaxError.
    """
    return compiled(parse_expression, text, frozenset(names), frozenset(types.items()))


def compile_unary_tests(text: str, names: Collection[str] = (), types: Types = NO_TYPES) -> UnaryTests:
    """Raises FeelSyntaxError."""
    try:
        parsed = parse_unary_tests(text, names, _SPACED, types)
        compiler = Compiler(names)
        tests = None if parsed.tests is None else tuple(compiler.test(test) for test in parsed.tests)
    except RecursionError as error:
        raise FeelSyntaxError(_TOO_DEEP) from error
    return UnaryTests(text, frozenset(compiler.names), tests, parsed.negated)


def compile_script(text: str, names: Collection[str] = ()) -> Script:
    """`name = expression` lines; a line that begins no assignment continues the one before.

    Raises FeelSyntaxError with the position in the whole script.
    """
    if len(text) > TEXT:
        raise FeelSyntaxError(f"The script is longer than {TEXT} characters", TEXT)
    found: list[tuple[str, int, int]] = []
    for match in _ASSIGNMENT.finditer(text):
        if match[1].split(" ")[0] in KEYWORDS or _inside_brackets(text, found, match.start()):
            continue
        if found:
            found[-1] = (found[-1][0], found[-1][1], match.start())
        elif _has_code(text[: match.start()]):
            raise FeelSyntaxError("A script begins with 'name ='", 0)
        found.append((match[1], match.end(), len(text)))
    if not found and _has_code(text):
        raise FeelSyntaxError("A script is made of lines 'name = expression'", 0)
    made: set[str] = set(names)
    assignments: list[tuple[str, Expression]] = []
    for name, start, end in found:
        assignments.append((name, compiled_at(start, parse_expression, text[start:end], made)))
        made.add(name)
    return Script(tuple(assignments))


_ASSIGNMENT = re.compile(r"^[ \t]*([^\W\d]\w*(?: \w+)*)[ \t]*=(?!=)", re.MULTILINE)
_COMMENT_OR_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*(?s:.*?)\*/')


def _has_code(text: str) -> bool:
    return bool(_COMMENT_OR_STRING.sub("", text).strip())


def _inside_brackets(text: str, found: list[tuple[str, int, int]], end: int) -> bool:
    """Whether a bracket, a string or a comment that began since the last assignment is still open."""
    code = _COMMENT_OR_STRING.sub("", text[found[-1][1] if found else 0 : end])
    return '"' in code or "/*" in code or any(code.count(a) > code.count(b) for a, b in ("()", "{}"))


def compiled_at(position: int, parse: Parse, text: str, names: Collection[str]) -> Expression:
    """Compile a part of a longer text; a syntax error has its position there."""
    try:
        return compiled(parse, text, frozenset(names))
    except FeelSyntaxError as error:
        raise FeelSyntaxError(error.message, position + error.position) from error


@lru_cache(maxsize=2048)
def compiled(
    parse: Parse, text: str, names: frozenset[str], types: frozenset[tuple[str, tree.NamedType]] = frozenset()
) -> Expression:
    """The same text with the same names and types is compiled once."""
    try:
        node = parse(text, names, _SPACED, dict(types))
        compiler = Compiler(names)
        evaluate = compiler.compile(node)
    except RecursionError as error:
        raise FeelSyntaxError(_TOO_DEEP) from error
    if isinstance(node, tree.Literal):
        return constant(text, node.value)
    return Expression(text, frozenset(compiler.names), evaluate)


def constant(text: str, value: Value) -> Expression:
    return Expression(text, frozenset(), lambda scope: value)
