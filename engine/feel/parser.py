"""Parse FEEL text into the tree."""

from collections.abc import Callable, Collection
from decimal import Decimal
from types import MappingProxyType

from engine.feel import tree
from engine.feel.brackets import COMPARISONS, NO_OPERAND, Brackets, Types
from engine.feel.cursor import Cursor
from engine.feel.errors import FeelSyntaxError
from engine.feel.values import DECIMAL, number

PRECEDENCE = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "between": 3,
    "in": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
    "**": 6,
}
ADDITIVE = 4
NO_TYPES: Types = MappingProxyType({})
PROPERTIES_WITH_SPACES = ("time offset", "start included", "end included")
_OPERAND_SIGNS = frozenset({"(", "[", "{", "-", "@", "]"})


def parse_expression(
    text: str, names: Collection[str] = (), functions: Collection[str] = (), types: Types = NO_TYPES
) -> tree.Node:
    """Raises FeelSyntaxError."""
    return Parser(text, names, functions, types).whole()


def parse_unary_tests(
    text: str, names: Collection[str] = (), functions: Collection[str] = (), types: Types = NO_TYPES
) -> tree.UnaryTests:
    """`-`, `not(...)` or tests separated by commas. Raises FeelSyntaxError."""
    parser = Parser(text, names, functions, types)
    if text.strip() == "-":
        return tree.UnaryTests(None)
    if parser.cursor.at("not") and parser.cursor.following.text == "(":
        parser.cursor.index = 2
        tests = parser.tests()
        parser.cursor.expect(")")
        if parser.cursor.token.kind == "end":
            return tree.UnaryTests(tests, negated=True)
        parser = Parser(text, names, functions, types)  # not(...) was only the beginning of an expression
    tests = parser.tests()
    parser.end()
    return tree.UnaryTests(tests)


class Parser(Brackets):
    """Precedence climbing: few frames for a level of nesting, so that 64 levels fit any stack."""

    def __init__(
        self, text: str, names: Collection[str], functions: Collection[str], types: Types, *, juel: bool = False
    ) -> None:
        super().__init__(Cursor(text, names, functions, juel=juel), types)
        self._special: dict[str, Callable[[], tree.Node]] = {
            "if": self._if,
            "for": self._for,
            "some": self._quantified,
            "every": self._quantified,
            "function": self._function,
            "(": self.parenthesis,
            "[": self.bracket,
            "]": self.open_range,
            "{": self.context,
            "@": self.at_literal,
            "true": lambda: self._constant(True),
            "false": lambda: self._constant(False),
            "null": lambda: self._constant(None),
        }

    def whole(self) -> tree.Node:
        node = self.expression()
        self.end()
        return node

    def end(self) -> None:
        if self.cursor.token.kind != "end":
            raise self.cursor.unexpected()

    def expression(self) -> tree.Node:
        outer, self.in_range_end = self.in_range_end, False
        self.cursor.deeper()
        node = self._condition()
        self.cursor.depth -= 1
        self.in_range_end = outer
        return node

    def _condition(self) -> tree.Node:
        return self._binary(1)

    def sum(self) -> tree.Node:
        return self._binary(ADDITIVE)

    def tests(self) -> tuple[tree.Test, ...]:
        found = [self._test(1)]
        while self.cursor.accept(","):
            found.append(self._test(1))
        return tuple(found)

    def _test(self, precedence: int) -> tree.Test:
        if self.cursor.token.kind == "operator" and self.cursor.token.text in COMPARISONS:
            operator = self.cursor.advance().text
            return tree.ComparisonTest(operator, self.sum())
        node = self.expression() if precedence == 1 else self._binary(precedence)
        if self.cursor.accept(".."):
            raise self.cursor.unexpected("a bracket around the interval")
        return tree.ExpressionTest(node)

    def _binary(self, lowest: int) -> tree.Node:
        left = self._unary()
        while True:
            token = self.cursor.token
            precedence = PRECEDENCE.get(token.text, 0) if token.kind in ("operator", "name") else 0
            if precedence < lowest or not precedence:
                return left
            self.cursor.advance()
            left = self._joined(left, token.text, precedence)

    def _joined(self, left: tree.Node, operator: str, precedence: int) -> tree.Node:
        if operator == "between":
            low = self.sum()
            self.cursor.expect("and")
            return tree.Between(left, low, self.sum())
        if operator == "in":
            return tree.In(left, self._in_tests())
        right = self._binary(precedence + 1)
        if operator in ("and", "or"):
            before = left.operands if isinstance(left, tree.Logic) and left.operator == operator else (left,)
            return tree.Logic(operator, (*before, right))
        if operator in COMPARISONS:
            return tree.Comparison(operator, left, right)
        return tree.Arithmetic(operator, left, right)

    def _in_tests(self) -> tuple[tree.Test, ...]:
        if not self.cursor.at("("):
            return (self._test(ADDITIVE),)
        self.cursor.advance()
        self.cursor.deeper()
        first = self._range_or_test()
        if isinstance(first, tree.RangeLiteral):
            self.cursor.depth -= 1
            return (tree.ExpressionTest(first),)
        tests = [first]
        while self.cursor.accept(","):
            tests.append(self._test(1))
        self.cursor.expect(")")
        self.cursor.depth -= 1
        return tuple(tests)

    def _range_or_test(self) -> tree.RangeLiteral | tree.Test:
        if self.cursor.token.kind == "operator" and self.cursor.token.text in COMPARISONS:
            return self._test(1)
        node = self.expression()
        return self.interval(node, start_included=False) if self.cursor.at("..") else tree.ExpressionTest(node)

    def _unary(self) -> tree.Node:
        if self.cursor.at("-"):
            operand = self._operand()
            if isinstance(operand, tree.Literal) and type(operand.value) in (int, Decimal):
                return tree.Literal(-operand.value)
            return tree.Negate(operand)
        return self._postfix(self._primary())

    def _operand(self) -> tree.Node:
        """What a sign or word before it belongs to."""
        self.cursor.deeper()
        self.cursor.advance()
        operand = self._unary()
        self.cursor.depth -= 1
        return operand

    def _postfix(self, node: tree.Node) -> tree.Node:
        while True:
            if self.cursor.accept("."):
                node = self._member(node)
            elif self.cursor.at("[") and not self._closes_range():
                self.cursor.advance()
                node = self._indexed(node, self.expression())
                self.cursor.expect("]")
            elif self.cursor.at("(") and not isinstance(node, (tree.Literal, tree.AtLiteral, tree.ListLiteral)):
                node = self.call(node)
            elif self.cursor.at("instance") and self.cursor.following.text == "of":
                self.cursor.index += 2
                node = tree.InstanceOf(node, self.type_name())
            else:
                return node

    def _member(self, source: tree.Node) -> tree.Node:
        return tree.Path(source, self.cursor.property_name(PROPERTIES_WITH_SPACES))

    def _indexed(self, source: tree.Node, inside: tree.Node) -> tree.Node:
        return tree.Filter(source, inside)

    def _closes_range(self) -> bool:
        """`]1..10[`: the bracket closes the interval unless an index can begin behind it."""
        if not self.in_range_end:
            return False
        token = self.cursor.following
        if token.kind == "operator":
            return token.text not in _OPERAND_SIGNS
        return token.kind == "end" or token.text in NO_OPERAND

    def _primary(self) -> tree.Node:
        token = self.cursor.token
        if token.kind == "number":
            self.cursor.advance()
            return tree.Literal(_number(token.text, token.start))
        if token.kind == "string":
            self.cursor.advance()
            return tree.Literal(token.text)
        if token.kind in ("operator", "name") and token.text in self._special:
            return self._special[token.text]()
        return tree.Name(self.cursor.name(), token.start)

    def _constant(self, value: bool | None) -> tree.Node:
        self.cursor.advance()
        return tree.Literal(value)

    def _if(self) -> tree.Node:
        self.cursor.advance()
        condition = self.expression()
        self.cursor.expect("then")
        then = self.expression()
        self.cursor.expect("else")
        return tree.If(condition, then, self.expression())

    def _for(self) -> tree.Node:
        self.cursor.advance()
        iterators = self._iterators()
        self.cursor.expect("return")
        return tree.For(iterators, self.expression())

    def _quantified(self) -> tree.Node:
        quantifier = self.cursor.advance().text
        iterators = self._iterators()
        self.cursor.expect("satisfies")
        return tree.Quantified(quantifier, iterators, self.expression())

    def _iterators(self) -> tuple[tree.Iterator, ...]:
        found: list[tree.Iterator] = []
        while not found or self.cursor.accept(","):
            name = self.cursor.words_until("in")
            self.cursor.expect("in")
            source = self.expression()
            end = self.expression() if self.cursor.accept("..") else None
            found.append(tree.Iterator(name, source, end))
        return tuple(found)

    def _function(self) -> tree.Node:
        self.cursor.advance()
        self.cursor.expect("(")
        parameters: list[str] = []
        types: list[tree.TypeName | None] = []
        while not self.cursor.accept(")"):
            if parameters:
                self.cursor.expect(",")
            parameters.append(self.cursor.words_until(",", ")", ":"))
            types.append(self.type_name() if self.cursor.accept(":") else None)
        if self.cursor.at("external"):
            raise FeelSyntaxError("External functions are not run", self.cursor.token.start)
        return tree.FunctionLiteral(tuple(parameters), self.expression(), tuple(types))


def _number(text: str, position: int) -> int | Decimal:
    value = number(DECIMAL.create_decimal(text))
    if value is None:
        raise FeelSyntaxError("The number is too large", position)
    return value
