"""Call built-in functions and functions that are values."""

import difflib
from collections.abc import Mapping, Sequence

from engine.feel.errors import FeelSyntaxError
from engine.feel.functions import BUILTINS, Builtin
from engine.feel.functions.registry import MISSING
from engine.feel.scope import Evaluate, Scope
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


def of_builtin(name: str, positional: Sequence[Evaluate], named: Mapping[str, Evaluate], position: int) -> Evaluate:
    """The call of the first signature that takes the arguments. Raises FeelSyntaxError when none can."""
    arguments = (*positional, *named.values())
    candidates: list[tuple[Builtin, tuple[int, ...]]] = []
    for each in BUILTINS[name]:
        order = each.order(len(positional), list(named))
        if order is not None:
            candidates.append((each, order))
    if not candidates:
        raise FeelSyntaxError(f"'{name}' does not take these arguments", position)

    def call(scope: Scope) -> Value:
        run = scope.run
        values = [argument(scope) for argument in arguments]
        for function, order in candidates:
            accepted = function.accept([MISSING if place < 0 else values[place] for place in order], run)
            if accepted is not None:
                result = function.call(run, *accepted)
                run.charge_for(result)
                return result
        return None

    return call


def unknown(name: str) -> str:
    """Complaint about a name, with the nearest one that exists."""
    near = difflib.get_close_matches(name, BUILTINS, n=1)
    return f"There is no function '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")
