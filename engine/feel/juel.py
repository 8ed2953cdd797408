"""Parse what stands in `${...}` of Camunda 7 diagrams into the tree of FEEL.

JUEL's operators, indexes from 0 and the methods that such diagrams call; what FEEL has besides may be used too.
"""

from collections.abc import Collection

from engine.feel import tree
from engine.feel.brackets import COMPARISONS, Types
from engine.feel.errors import FeelSyntaxError, unknown
from engine.feel.juel_methods import DURATIONS, METHODS
from engine.feel.parser import PROPERTIES_WITH_SPACES, Parser

_TRUE, _FALSE = tree.Literal(True), tree.Literal(False)
_CONDITIONS = (tree.Comparison, tree.Logic, tree.Between, tree.In, tree.Quantified)
_METHODS = sorted({name for name, _ in METHODS} | set(DURATIONS))
# "value" and the others give what a variable holds already: it is no Java object here.
_ITSELF = frozenset({"value", "elements", "toDate", "intValue", "longValue", "doubleValue", "booleanValue"})
# What the case is called in Camunda 7, and here.
_CASE = {
    **dict.fromkeys(("processBusinessKey", "businessKey", "getProcessBusinessKey", "getBusinessKey"), "number"),
    **dict.fromkeys(("processInstanceId", "getProcessInstanceId"), "id"),
}
_EXECUTION = frozenset({"getVariable", "getVariableLocal", "hasVariable"})


def parse_juel(text: str, names: Collection[str], functions: Collection[str], types: Types) -> tree.Node:
    """Raises FeelSyntaxError."""
    return _Juel(text, names, functions, types, juel=True).whole()


class _Juel(Parser):
    def _condition(self) -> tree.Node:
        node = super()._condition()
        if not self.cursor.accept("?"):
            return node
        then = self.expression()
        self.cursor.expect(":")
        return tree.If(_truth(node), then, self.expression())

    def _joined(self, left: tree.Node, operator: str, precedence: int) -> tree.Node:
        if operator in COMPARISONS:
            return tree.Comparison(operator, left, self._binary(precedence + 1), lenient=True)
        node = super()._joined(left, operator, precedence)
        return tree.Logic(operator, tuple(map(_truth, node.operands))) if isinstance(node, tree.Logic) else node

    def _unary(self) -> tree.Node:
        if self.cursor.at("!", "not"):
            return tree.Comparison("=", _truth(self._operand()), _FALSE)
        if self.cursor.at("empty") and self.cursor.following.text not in (".", ")", "[", ""):
            return tree.Method("isEmpty", (self._operand(),))
        return super()._unary()

    def _indexed(self, source: tree.Node, inside: tree.Node) -> tree.Node:
        """`x['y']` and `x[0]`; only a condition makes it a filter as in FEEL."""
        if isinstance(inside, _CONDITIONS):
            return tree.Filter(source, inside)
        if isinstance(inside, tree.Literal) and isinstance(inside.value, str):
            return tree.Path(source, inside.value)
        return tree.Method("get", (source, inside))

    def call(self, function: tree.Node) -> tree.Node:
        if isinstance(function, tree.Name) and function.name == "dateTime":
            function = tree.Name("now", function.position)
        return super().call(function)

    def _member(self, source: tree.Node) -> tree.Node:
        position = self.cursor.token.start
        name = self.cursor.property_name(PROPERTIES_WITH_SPACES)
        of_execution = isinstance(source, tree.Name) and source.name == "execution"
        if not self.cursor.accept("("):
            return _of_execution(name, [], position) if of_execution else tree.Path(source, name)
        arguments: list[tree.Node] = []
        while not self.cursor.accept(")"):
            if arguments:
                self.cursor.expect(",")
            arguments.append(self.expression())
        return _of_execution(name, arguments, position) if of_execution else _method(source, name, arguments, position)


def _truth(node: tree.Node) -> tree.Node:
    """Null and whatever is not true count as false."""
    plain = isinstance(node, tree.Logic) or (isinstance(node, tree.Comparison) and node.lenient)
    return node if plain else tree.Comparison("=", node, _TRUE, lenient=True)


def _of_execution(name: str, arguments: list[tree.Node], position: int) -> tree.Node:
    if name in _CASE and not arguments:
        return tree.Path(tree.Name("case", position), _CASE[name])
    if name not in _EXECUTION:
        raise FeelSyntaxError(unknown("property of execution", name, (*_EXECUTION, *_CASE)), position)
    if len(arguments) != 1 or not isinstance(arguments[0], tree.Literal) or not isinstance(arguments[0].value, str):
        raise FeelSyntaxError(f"'execution.{name}' takes the name of a variable in quotes", position)
    variable = tree.Name(arguments[0].value, position)
    return tree.Comparison("!=", variable, tree.Literal(None), lenient=True) if name == "hasVariable" else variable


def _method(source: tree.Node, name: str, arguments: list[tree.Node], position: int) -> tree.Node:
    if name in _ITSELF and not arguments:
        return source
    if name in DURATIONS and len(arguments) == 1:
        sign, duration = DURATIONS[name]
        return tree.Arithmetic(sign, source, tree.Arithmetic("*", tree.AtLiteral(duration, position), arguments[0]))
    if (name, len(arguments)) not in METHODS:
        raise FeelSyntaxError(unknown("method", name, _METHODS) + f" that takes {len(arguments)} arguments", position)
    return tree.Method(name, (source, *arguments))
