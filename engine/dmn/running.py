"""What boxed expressions do when they run: decide by a table, invoke, quantify, filter."""

from collections.abc import Mapping

from engine.dmn.decision_table import DecisionTable
from engine.dmn.evaluation import DecisionError, evaluation_of
from engine.dmn.names import Names
from engine.feel.scope import Evaluate, Scope
from engine.feel.values import Function, Value, kind

TURN = 3
"""Steps that a turn of a boxed loop costs besides its expression."""


def decided(table: DecisionTable) -> Evaluate:
    """A table that contradicts itself is null and told."""

    def run(scope: Scope) -> Value:
        try:
            return table.evaluate(scope)
        except DecisionError as error:
            evaluation_of(scope).complain(str(error))
            return None

    return run


def invoked(called: Evaluate, arguments: Mapping[str, Evaluate | None]) -> Evaluate:
    """The call of a function with arguments by name; null and told when the names are not its parameters."""

    def run(scope: Scope) -> Value:
        target = called(scope)
        if not isinstance(target, Function) or set(arguments) != set(target.parameters):
            evaluation_of(scope).complain(
                f"调用的参数不符: {', '.join(arguments)}。 The invocation does not fit what it calls."
            )
            return None
        values = {name: None if logic is None else logic(scope) for name, logic in arguments.items()}
        return target.call(scope.run, *(values[name] for name in target.parameters))

    return run


def quantified(answers: Evaluate, *, wanted: bool) -> Evaluate:
    """Unlike FEEL's, the boxed form is null as soon as an answer is no truth value."""

    def run(scope: Scope) -> bool | None:
        found = answers(scope)
        if found is None or not all(each is None or isinstance(each, bool) for each in found):
            return None
        if wanted in found:
            return wanted
        return None if None in found else not wanted

    return run


def filtered(source: Evaluate, condition: Evaluate) -> Evaluate:
    """The items that match; null when an answer is no truth value."""

    def run(scope: Scope) -> list[Value] | None:
        found = source(scope)
        kept: list[Value] = []
        for item in found if kind(found) == "list" else ([] if found is None else [found]):
            scope.run.charge(TURN)
            entries = item if kind(item) == "context" else {}
            answer = condition(Scope(Names({**entries, "item": item}, scope.values), None, scope.run))
            if answer is True:
                kept.append(item)
            elif answer is not None and answer is not False:
                return None
        return kept

    return run


def flat(logic: Evaluate) -> Evaluate:
    """Boxed logic reads its names in one level; a loop of FEEL puts a level around every turn."""

    def run(scope: Scope) -> Value:
        levels: list[Mapping[str, Value]] = []
        level = scope
        while level.outer is not None:
            levels.append(level.values)
            level = level.outer
        values = level.values
        for each in reversed(levels):
            values = Names(dict(each), values)
        return logic(Scope(values, None, scope.run))

    return run
