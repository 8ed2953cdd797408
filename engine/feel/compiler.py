"""Compile the tree of FEEL to closures."""

import operator
from collections.abc import Callable, Collection
from typing import Any

from engine.feel import comparisons, constants, invocation, iteration, limits, tree
from engine.feel.arithmetic import OPERATIONS, Operation, negate
from engine.feel.errors import FeelSyntaxError, unknown
from engine.feel.functions import BUILTINS
from engine.feel.limits import Run
from engine.feel.properties import entry_of
from engine.feel.scope import Evaluate, Scope, read_nested, read_variable
from engine.feel.tree_walk import cost, names_in
from engine.feel.types import is_instance
from engine.feel.values import FOREIGN, Range, Value, from_outside, is_number, member, ordered

ITEM = frozenset({"item"})
INPUT = "?"


class Compiler:
    """Compiles one expression; `names` collects the variables that it may read from the case.

    A name inside a filter can be an entry of the item or a variable; it counts as a variable.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        self.names: set[str] = set()
        self._known = known
        self._levels: list[frozenset[str]] = []
        self._depth = 0

    def compile(self, node: tree.Node) -> Evaluate:
        self._depth += 1
        if self._depth > limits.TREE_DEPTH:
            raise FeelSyntaxError("The expression nests too deep")
        evaluate = _COMPILERS[type(node)](self, node)
        self._depth -= 1
        return evaluate

    def inside(self, names: frozenset[str], node: tree.Node) -> Evaluate:
        """Compile a part that runs in a scope of its own with these names."""
        self._levels.append(names)
        evaluate = self.compile(node)
        self._levels.pop()
        return evaluate

    def is_local(self, name: str) -> bool:
        return any(name in level for level in self._levels)

    def literal(self, node: tree.Literal) -> Evaluate:
        value = node.value
        return lambda scope: value

    def at_literal(self, node: tree.AtLiteral) -> Evaluate:
        return constants.at(node.text)

    def name(self, node: tree.Name) -> Evaluate:
        if not self.is_local(node.name):
            self.names.add(node.name)
        return read_nested(node.name) if self._levels else read_variable(node.name)

    def path(self, node: tree.Path) -> Evaluate:
        source, name = self.compile(node.source), node.name

        def path(scope: Scope) -> Value:
            value = source(scope)
            if type(value) is dict:
                entry = value.get(name)
                return from_outside(entry, scope.run) if type(entry) in FOREIGN else entry
            return entry_of(value, name, scope.run)

        return path

    def filter(self, node: tree.Filter) -> Evaluate:
        source = self.compile(node.source)
        if isinstance(node.condition, tree.Literal) and is_number(node.condition.value):
            place = node.condition.value
            return lambda scope: iteration.item_at(source(scope), place)
        condition = self.inside(ITEM, node.condition)
        return iteration.filtered(source, condition, cost(node.condition))

    def negate(self, node: tree.Negate) -> Evaluate:
        operand = self.compile(node.operand)
        return lambda scope: negate(operand(scope))

    def arithmetic(self, node: tree.Arithmetic) -> Evaluate:
        """A long chain (a + b + c ...) hangs to the left and would nest as deep as it is long: it becomes a loop."""
        chain: list[tuple[Operation, Evaluate]] = []
        left: tree.Node = node
        while isinstance(left, tree.Arithmetic):
            chain.append((OPERATIONS[left.operator], self.compile(left.right)))
            left = left.left
        first = self.compile(left)
        if len(chain) == 1:
            operation, right = chain[0]
            return lambda scope: operation(first(scope), right(scope), scope.run)
        chain.reverse()

        def calculate(scope: Scope) -> Value:
            value = first(scope)
            for operation, operand in chain:
                value = operation(value, operand(scope), scope.run)
            return value

        return calculate

    def comparison(self, node: tree.Comparison) -> Evaluate:
        left = self.compile(node.left)
        if node.lenient:
            if isinstance(node.right, tree.Literal) and node.right.value is True:
                return comparisons.truth(left)
            return comparisons.lenient(node.operator, left, self.compile(node.right))
        if isinstance(node.right, tree.Literal):
            return comparisons.with_constant(node.operator, left, node.right.value)
        return comparisons.of_two(node.operator, left, self.compile(node.right))

    def logic(self, node: tree.Logic) -> Evaluate:
        operands = tuple(self.compile(operand) for operand in node.operands)
        return comparisons.conjunction(operands) if node.operator == "and" else comparisons.disjunction(operands)

    def between(self, node: tree.Between) -> Evaluate:
        value, low, high = self.compile(node.value), self.compile(node.low), self.compile(node.high)

        def between(scope: Scope) -> bool | None:
            middle = value(scope)
            return comparisons.both(ordered(operator.le, low(scope), middle), ordered(operator.le, middle, high(scope)))

        return between

    def contained(self, node: tree.In) -> Evaluate:
        value = self.compile(node.value)
        tests = tuple(self.test(test) for test in node.tests)

        def contained(scope: Scope) -> bool | None:
            found = value(scope)
            inner = Scope({INPUT: found}, scope, scope.run)
            answers = [test(found, inner) for test in tests]
            return True if True in answers else (None if None in answers else False)

        return contained

    def test(self, test: tree.Test) -> Callable[[Value, Scope], bool | None]:
        """A unary test of a value; its scope has the value as `?`."""
        if isinstance(test, tree.ComparisonTest):
            if isinstance(test.operand, tree.Literal):
                return comparisons.test_of_constant(test.operator, test.operand.value)
            operand = self.inside(frozenset({INPUT}), test.operand)
            compare = comparisons.COMPARE[test.operator]
            return lambda value, scope: compare(value, operand(scope), scope.run)
        quick = comparisons.constant_test(test.expression)
        if quick is not None:
            return quick
        around = self.names & {INPUT}
        self.names -= {INPUT}
        evaluate = self.inside(frozenset(), test.expression)
        asks = INPUT in self.names
        self.names = (self.names - {INPUT}) | around
        if asks:
            return lambda value, scope: evaluate(scope) is True
        if isinstance(test.expression, _CONDITIONS):
            return lambda value, scope: _satisfied(value, evaluate(scope), scope.run)
        return lambda value, scope: member(value, evaluate(scope), scope.run)

    def instance_of(self, node: tree.InstanceOf) -> Evaluate:
        value, wanted = self.compile(node.value), node.type
        return lambda scope: is_instance(value(scope), wanted, scope.run)

    def conditional(self, node: tree.If) -> Evaluate:
        condition, then, otherwise = self.compile(node.condition), self.compile(node.then), self.compile(node.otherwise)
        return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)

    def loop(self, node: tree.For) -> Evaluate:
        domains, names = self._domains(node.iterators)
        body = self.inside(names | {"partial"}, node.body)
        return iteration.mapped(domains, body, cost(node.body), partial="partial" in names_in(node.body))

    def quantified(self, node: tree.Quantified) -> Evaluate:
        domains, names = self._domains(node.iterators)
        condition = self.inside(names, node.condition)
        return iteration.quantified(domains, condition, cost(node.condition), wanted=node.quantifier == "some")

    def _domains(self, iterators: tuple[tree.Iterator, ...]) -> tuple[list[iteration.Domain], frozenset[str]]:
        """Later domains see the names of earlier ones."""
        names: frozenset[str] = frozenset()
        domains: list[iteration.Domain] = []
        for each in iterators:
            source = self.inside(names, each.source)
            end = self.inside(names, each.end) if each.end is not None else None
            domains.append(iteration.Domain(each.name, source, end))
            names |= {each.name}
        return domains, names

    def interval(self, node: tree.RangeLiteral) -> Evaluate:
        start, end = self.compile(node.start), self.compile(node.end)

        def interval(scope: Scope) -> Range:
            return Range(
                start=start(scope),
                end=end(scope),
                start_included=node.start_included,
                end_included=node.end_included,
                sign=node.sign,
            )

        return interval

    def sequence(self, node: tree.ListLiteral) -> Evaluate:
        items = tuple(self.compile(item) for item in node.items)
        return lambda scope: [item(scope) for item in items]

    def context(self, node: tree.ContextLiteral) -> Evaluate:
        """Entries see the entries before them; functions see themselves, through the scope they were made in."""
        entries: list[tuple[str, Evaluate]] = []
        names: frozenset[str] = frozenset()
        for name, entry in node.entries:
            names |= {name} if isinstance(entry, tree.FunctionLiteral) else frozenset()
            entries.append((name, self.inside(names, entry)))
            names |= {name}

        def context(scope: Scope) -> dict[str, Value]:
            values: dict[str, Value] = {}
            inner = Scope(values, scope, scope.run)
            for name, evaluate in entries:
                values[name] = evaluate(inner)
            return values

        return context

    def function(self, node: tree.FunctionLiteral) -> Evaluate:
        body = self.inside(frozenset(node.parameters), node.body)
        return invocation.function_of(node, body, cost(node.body))

    def call(self, node: tree.Call) -> Evaluate:
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        if not name or self.is_local(name):
            return self._call_value(node)
        if name not in BUILTINS and name not in self._known:
            raise FeelSyntaxError(unknown("function", name, BUILTINS), node.position)
        if name not in BUILTINS:
            return self._call_value(node)
        positional = [self.compile(argument) for argument in node.positional]
        named = {name: self.compile(argument) for name, argument in node.named}
        if name not in self._known:
            constant = constants.of_call(name, node)
            return constant or invocation.of_builtin(name, positional, named, node.position)
        return invocation.of_either(name, self.compile(node.function), self._call_value(node), positional, named)

    def method(self, node: tree.Method) -> Evaluate:
        return invocation.of_method(node.name, [self.compile(operand) for operand in node.operands])

    def _call_value(self, node: tree.Call) -> Evaluate:
        return invocation.of_value(
            self.compile(node.function),
            [self._argument(argument) for argument in node.positional],
            {name: self._argument(argument) for name, argument in node.named},
        )

    def _argument(self, node: tree.Node) -> Evaluate:
        """`apply(abs, -1)`: only as an argument a built-in function is a value; elsewhere its name is a variable."""
        evaluate = self.compile(node)
        return invocation.or_builtin(node.name, evaluate) if isinstance(node, tree.Name) else evaluate


def _satisfied(value: Value, answer: Value, run: Run) -> bool | None:
    """A condition in a cell of another type than boolean decides by itself."""
    return True if answer is True and type(value) is not bool else member(value, answer, run)


_CONDITIONS = (tree.Comparison, tree.Logic, tree.Between, tree.In, tree.InstanceOf, tree.Quantified, tree.Call)
_COMPILERS: dict[type, Callable[[Compiler, Any], Evaluate]] = {
    tree.Literal: Compiler.literal,
    tree.AtLiteral: Compiler.at_literal,
    tree.Name: Compiler.name,
    tree.Path: Compiler.path,
    tree.Filter: Compiler.filter,
    tree.Call: Compiler.call,
    tree.Method: Compiler.method,
    tree.Negate: Compiler.negate,
    tree.Arithmetic: Compiler.arithmetic,
    tree.Comparison: Compiler.comparison,
    tree.Logic: Compiler.logic,
    tree.Between: Compiler.between,
    tree.In: Compiler.contained,
    tree.InstanceOf: Compiler.instance_of,
    tree.If: Compiler.conditional,
    tree.For: Compiler.loop,
    tree.Quantified: Compiler.quantified,
    tree.RangeLiteral: Compiler.interval,
    tree.ListLiteral: Compiler.sequence,
    tree.ContextLiteral: Compiler.context,
    tree.FunctionLiteral: Compiler.function,
}
