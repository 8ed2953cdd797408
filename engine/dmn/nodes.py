"""Nodes of a decision requirements graph: input data, decisions, knowledge models and decision services."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.dmn.evaluation import DecisionError, Evaluation, Outcome, fitted
from engine.dmn.names import Names
from engine.dmn.types import ANY, MISMATCH, Type
from engine.feel import Environment, FeelError
from engine.feel.limits import CALL_DEPTH, check_result
from engine.feel.scope import Evaluate, Scope
from engine.feel.values import Function, Value, kind


@dataclass(frozen=True, kw_only=True)
class Variable:
    name: str
    type: Type = ANY


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A node that another one may read, under its own name or, with the name of an import, as `prefix.name`."""

    node: "Node"
    prefix: str = ""


@dataclass(kw_only=True, eq=False)
class InputData:
    """What the decision is told."""

    id: str
    name: str
    type: Type = ANY

    def value(self, evaluation: Evaluation) -> Value:
        return fitted(evaluation.inputs.get(self.name), self.type, evaluation, self.name)


@dataclass(kw_only=True, eq=False)
class Decision:
    """A decision of a .dmn file; `logic` is None where it could not be compiled. Immutable once it is linked.

    `outputs`: the names of the columns of its table, otherwise none.
    """

    id: str
    name: str
    file: str
    type: Type = ANY
    requirements: list[Requirement] = field(default_factory=list)
    logic: Evaluate | None = None
    outputs: tuple[str, ...] = ()

    def output_names(self) -> list[str]:
        """The columns of a table; other logic has one output, called like the decision."""
        return list(self.outputs) or [self.id]

    def decide(self, context: Mapping[str, Value], environment: Environment) -> Value:
        """The result for the variables of a case, which the logic may read without requiring them.

        Raises DecisionError when rules contradict the hit policy or a value is not of its type, FeelError at a limit.
        """
        return _sound(self.evaluate(context, environment, around=context))

    def evaluate(
        self, inputs: Mapping[str, Value], environment: Environment, *, around: Mapping[str, Value] | None = None
    ) -> Outcome:
        """The result as the standard has it: null where something is wrong, which `problems` tells.

        `inputs`: values of input data by name; `around`: variables that may be read without being required.
        Raises FeelError at a limit.
        """
        return _evaluated(self.value, Evaluation(environment, inputs, around))

    def value(self, evaluation: Evaluation) -> Value:
        return evaluation.once(self, lambda: self._decided(evaluation))

    def _decided(self, evaluation: Evaluation) -> Value:
        if self.logic is None:
            return None
        evaluation.charge(1)
        result = self.logic(Scope(frame(self.requirements, evaluation), None, evaluation))
        return fitted(result, self.type, evaluation, self.name)

    def __repr__(self) -> str:
        return f"Decision({self.id!r})"


@dataclass(kw_only=True, eq=False)
class Knowledge:
    """A business knowledge model: a function that knows its parameters, the knowledge that it requires and itself."""

    id: str
    name: str
    type: Type = ANY
    parameters: tuple[Variable, ...] = ()
    requirements: list[Requirement] = field(default_factory=list)
    body: Evaluate | None = None

    def value(self, evaluation: Evaluation) -> Value:
        return evaluation.once(self, self._function)

    def evaluate(self, inputs: Mapping[str, Value], environment: Environment) -> Outcome:
        """The result for parameters by name; one that is missing is null. Raises FeelError at a limit."""

        def compute(evaluation: Evaluation) -> Value:
            return self._function().call(evaluation, *(inputs.get(each.name) for each in self.parameters))

        return _evaluated(compute, Evaluation(environment, inputs, None))

    def _function(self) -> Function:
        def known(evaluation: Evaluation) -> Mapping[str, Value]:
            return Names({self.name: self.value(evaluation)}, frame(self.requirements, evaluation, closed=True))

        return function(self.name, self.parameters, self.body, known, self.type.returned())


@dataclass(kw_only=True, eq=False)
class Service:
    """A decision service: input data, then input decisions are its parameters; output decisions are its result."""

    id: str
    name: str
    file: str
    type: Type = ANY
    input_data: list[Requirement] = field(default_factory=list)
    input_decisions: list[Requirement] = field(default_factory=list)
    output_decisions: list[Requirement] = field(default_factory=list)

    @property
    def parameters(self) -> tuple[Variable, ...]:
        return tuple(
            Variable(name=each.node.name, type=each.node.type) for each in (*self.input_data, *self.input_decisions)
        )

    def output_names(self) -> list[str]:
        """The names of its output decisions, or its own where it has only one."""
        names = [each.node.name for each in self.output_decisions]
        return names if len(names) > 1 else [self.id]

    def decide(self, context: Mapping[str, Value], environment: Environment) -> Value:
        """Like that of a decision; the service reads only the variables that it has as parameters."""
        return _sound(self.evaluate(context, environment))

    def evaluate(self, inputs: Mapping[str, Value], environment: Environment) -> Outcome:
        """The result for parameters by name; one that is missing is null. Raises FeelError at a limit."""

        def compute(evaluation: Evaluation) -> Value:
            given = {
                each.name: fitted(inputs.get(each.name), each.type, evaluation, each.name) for each in self.parameters
            }
            return self.result(given, evaluation)

        return _evaluated(compute, Evaluation(environment, inputs, None))

    def value(self, evaluation: Evaluation) -> Value:
        return function(self.name, self.parameters, self._called, lambda _: {}, ANY)

    def _called(self, scope: Scope) -> Value:
        run = scope.run
        return self.result(scope.values, run) if isinstance(run, Evaluation) else None

    def result(self, given: Mapping[str, Value], evaluation: Evaluation) -> Value:
        """The value of the only output decision, or a context of all."""
        preset = {id(each.node): given.get(each.node.name) for each in self.input_decisions}
        return evaluation.within(given, preset, lambda: self._outputs(evaluation))

    def _outputs(self, evaluation: Evaluation) -> Value:
        values = {each.node.name: each.node.value(evaluation) for each in self.output_decisions}
        result = next(iter(values.values())) if len(values) == 1 else values
        return fitted(result, self.type.returned(), evaluation, self.name)

    def __repr__(self) -> str:
        return f"Service({self.id!r})"


Node: TypeAlias = InputData | Decision | Knowledge | Service
Decidable: TypeAlias = Decision | Service


def frame(requirements: list[Requirement], evaluation: Evaluation, *, closed: bool = False) -> Mapping[str, Value]:
    """The values that logic sees by name. `closed`: nothing but what it requires."""
    required: dict[str, Value] = {}
    for requirement in requirements:
        level = required
        if requirement.prefix:
            level = required.setdefault(requirement.prefix, {})
        level[requirement.node.name] = requirement.node.value(evaluation)
    if closed or evaluation.around is None:
        return required
    known: dict[str, Value] = {}
    for requirement in requirements:
        if isinstance(requirement.node, Decision) and not requirement.prefix:
            known |= _also(requirement.node, required[requirement.node.name])
    return Names(known | required, evaluation.around)


def _also(decision: Decision, result: Value) -> dict[str, Value]:
    """Diagrams of Camunda 7 read a required decision by its id, and the columns of its table by their names."""
    columns = {output: result.get(output) if kind(result) == "context" else result for output in decision.outputs}
    return {**columns, decision.id: result}


def function(
    name: str,
    parameters: tuple[Variable, ...],
    body: Evaluate | None,
    around: Callable[[Evaluation], Mapping[str, Value]],
    wanted: Type,
) -> Function:
    """A function of FEEL; null when the number or the types of the arguments are wrong."""

    def call(run: Evaluation, *arguments: Value) -> Value:
        if body is None or len(arguments) != len(parameters):
            return None
        given: dict[str, Value] = {}
        for parameter, argument in zip(parameters, arguments, strict=True):
            given[parameter.name] = parameter.type.coerced(argument, run)
            if given[parameter.name] is MISMATCH:
                return None
        run.charge(2)
        run.calls += 1
        if run.calls > CALL_DEPTH:
            raise FeelError(f"Functions call each other more than {CALL_DEPTH} levels deep.")
        result = body(Scope(Names(given, around(run)), None, run))
        run.calls -= 1
        return fitted(result, wanted, run, name)

    return Function(tuple(parameter.name for parameter in parameters), call)


def _evaluated(compute: Callable[[Evaluation], Value], evaluation: Evaluation) -> Outcome:
    try:
        value = compute(evaluation)
    except RecursionError as error:
        raise FeelError("The decision nests too deep.") from error
    check_result(value)
    return Outcome(value=value, problems=tuple(evaluation.problems))


def _sound(outcome: Outcome) -> Value:
    if outcome.problems:
        raise DecisionError(outcome.problems[0])
    pending = [outcome.value]
    while pending:
        part = pending.pop()
        if kind(part) in ("function", "range"):
            raise DecisionError("结果里有函数或区间，案件不能保存。 A case cannot keep a function or an interval.")
        pending += part if kind(part) == "list" else part.values() if kind(part) == "context" else ()
    return outcome.value
