"""Call built-in functions and functions that are values."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TypeAlias

from engine.feel import limits, tree
from engine.feel.errors import FeelError, FeelSyntaxError
from engine.feel.functions import BUILTINS, Builtin
from engine.feel.functions.registry import MISSING
from engine.feel.juel_methods import METHODS
from engine.feel.limits import Run
from engine.feel.scope import Evaluate, Scope
from engine.feel.types import REFUSED, coerced
from engine.feel.values import Function, Value


def of_value(function: Evaluate, arguments: Sequence[Evaluate], named: Mapping[str, Evaluate]) -> Evaluate:
    """The call of what `function` turns out to be; null when it is no function or takes other arguments."""

    def call(scope: Scope) -> Value:
        called = function(scope)
        if not isinstance(called, Function):
            return None
        if named:
            if set(named) != set(called.parameters):
                return None
            return called.call(scope.run, *(named[parameter](scope) for parameter in called.parameters))
        return called.call(scope.run, *(argument(scope) for argument in arguments))

    return call


def function_of(node: tree.FunctionLiteral, body: Evaluate, price: int) -> Evaluate:
    """The function that a literal makes where it stands; null for arguments that do not fit its parameters."""
    parameters = node.parameters
    types = node.types if any(node.types) else ()

    def function(scope: Scope) -> Function:
        def call(run: Run, *arguments: Value) -> Value:
            if len(arguments) != len(parameters):
                return None
            run.charge(price)
            if types:
                arguments = tuple(map(_typed, arguments, types, repeat(run)))
                if REFUSED in arguments:
                    return None
            run.calls += 1
            if run.calls > limits.CALL_DEPTH:
                raise FeelError(f"Functions call each other more than {limits.CALL_DEPTH} levels deep.")
            result = body(Scope(dict(zip(parameters, arguments, strict=True)), scope, run))
            run.calls -= 1
            return result

        return Function(parameters, call, types)

    return function


def _typed(value: Value, wanted: tree.TypeName | None, run: Run) -> Value:
    return value if wanted is None else coerced(value, wanted, run)


def or_builtin(name: str, read: Evaluate) -> Evaluate:
    """A built-in function as a value, unless a variable has its name."""
    if name not in BUILTINS:
        return read
    signature = BUILTINS[name][0]

    def call(run: Run, *arguments: Value) -> Value:
        return _first_that_takes(_candidates(name, len(arguments), ()), arguments, run)

    function = Function(tuple(parameter.name for parameter in signature.parameters), call)

    def value(scope: Scope) -> Value:
        found = read(scope)
        return function if found is None else found

    return value


def of_method(name: str, operands: Sequence[Evaluate]) -> Evaluate:
    method = METHODS[name, len(operands) - 1]

    def call(scope: Scope) -> Value:
        result = method(scope.run, *(operand(scope) for operand in operands))
        scope.run.charge_for(result)
        return result

    return call


def of_builtin(name: str, positional: Sequence[Evaluate], named: Mapping[str, Evaluate], position: int) -> Evaluate:
    """The call of the first signature that takes the arguments. Raises FeelSyntaxError when none can."""
    arguments = (*positional, *named.values())
    candidates = _candidates(name, len(positional), tuple(named))
    if not candidates:
        raise FeelSyntaxError(f"'{name}' does not take these arguments", position)

    def call(scope: Scope) -> Value:
        return _first_that_takes(candidates, [argument(scope) for argument in arguments], scope.run)

    return call


Candidates: TypeAlias = Sequence[tuple[Builtin, tuple[int, ...]]]


def of_either(
    name: str, read: Evaluate, of_variable: Evaluate, positional: Sequence[Evaluate], named: Mapping[str, Evaluate]
) -> Evaluate:
    """The call of a function that the context may bring under the name of a built-in one."""
    arguments = (*positional, *named.values())
    candidates = _candidates(name, len(positional), tuple(named))

    def call(scope: Scope) -> Value:
        if isinstance(read(scope), Function):
            return of_variable(scope)
        return _first_that_takes(candidates, [argument(scope) for argument in arguments], scope.run)

    return call


def _candidates(name: str, positional: int, named: Sequence[str]) -> Candidates:
    """The signatures that take so many arguments, and the place of the argument for each parameter."""
    orders = [(each, each.order(positional, named)) for each in BUILTINS[name]]
    found = [(each, order) for each, order in orders if order is not None]
    # after(point, range) and after(range, point) have the same names: what is written in their order comes first.
    return sorted(found, key=lambda candidate: candidate[1]) if named else found


def _first_that_takes(candidates: Candidates, values: Sequence[Value], run: Run) -> Value:
    for function, order in candidates:
        accepted = function.accept([MISSING if place < 0 else values[place] for place in order], run)
        if accepted is not None:
            try:
                result = function.call(run, *accepted)
            except OverflowError:  # a date outside of the years 1 to 9999
                return None
            run.charge_for(result)
            return result
    return None
