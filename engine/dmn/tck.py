"""Run test files of the DMN Technology Compatibility Kit against the models beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.dmn.evaluation import Outcome
from engine.dmn.model import Model
from engine.dmn.reading import read_models
from engine.dmn.tck_values import Unreadable, read_value, same, shown
from engine.domain.rejection import Problem
from engine.feel import Environment, FeelError
from engine.feel.values import Value, kind
from engine.xml import document as xml
from engine.xml.problems import Problems


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one test case; `reason` is empty when it passed. A file that cannot be read is a failed case."""

    folder: str
    file: str
    case: str
    reason: str = ""

    @property
    def passed(self) -> bool:
        return not self.reason


class _Unfit(Exception):
    """The test names something that the model does not have."""


def run_suite(directory: Path, environment: Environment) -> Iterator[Verdict]:
    """The verdicts of all test files below the directory, in order of their names. Nothing in a file raises."""
    for path in sorted(directory.rglob("*.xml")):
        folder = str(path.parent.relative_to(directory))
        try:
            root = _parsed(path)
        except _Unfit as error:
            yield Verdict(folder=folder, file=path.name, case="-", reason=str(error))
            continue
        if xml.tag(root) == "testCases":
            for case, reason in _run_file(path, root, environment):
                yield Verdict(folder=folder, file=path.name, case=case, reason=reason)


def _run_file(path: Path, root: xml.Node, environment: Environment) -> Iterator[tuple[str, str]]:
    name = xml.text(xml.first(root, "modelName"))
    try:
        model, problems = _model(path.parent, name)
    except _Unfit as error:
        yield "-", str(error)
        return
    for number, case in enumerate(xml.every(root, "testCase"), 1):
        reason = _run_case(case, model, environment)
        names = [each.get("name") for each in xml.every(case, "resultNode")]
        told = [problem.message for problem in problems if problem.element_name in names]
        yield case.get("id") or str(number), f"{reason} ({'; '.join(told)})" if reason and told else reason


def _run_case(case: xml.Node, model: Model, environment: Environment) -> str:
    """Why the case failed, or nothing."""
    try:
        inputs = {each.get("name") or "": read_value(each, environment) for each in xml.every(case, "inputNode")}
        failures = [_failure(case, result, model, inputs, environment) for result in xml.every(case, "resultNode")]
    except (Unreadable, _Unfit, FeelError) as error:
        return str(error) or type(error).__name__
    return "; ".join(filter(None, failures)) if failures else "The test case has no result."


def _failure(
    case: xml.Node, result: xml.Node, model: Model, inputs: Mapping[str, Value], environment: Environment
) -> str:
    name = result.get("name") or ""
    node = xml.first(result, "expected")
    expected = None if node is None else read_value(node, environment)
    try:
        outcome = _outcome(case, name, model, inputs, environment)
    except FeelError as error:
        # An evaluation that was stopped is an error, and the suite writes the result of an error as null.
        outcome = Outcome(value=None, problems=(str(error),))
    if same(expected, outcome.value, environment):
        return ""
    found = f"{name}: expected {shown(expected, environment)}, found {shown(outcome.value, environment)}"
    return f"{found} [{'; '.join(outcome.problems)}]" if outcome.problems else found


def _outcome(case: xml.Node, name: str, model: Model, inputs: Mapping[str, Value], environment: Environment) -> Outcome:
    sort, invocable = case.get("type") or "decision", case.get("invocableName") or name
    if sort == "bkm":
        knowledge = model.knowledge(invocable)
        if knowledge is None:
            raise _Unfit(f"The model has no business knowledge model '{invocable}'.")
        return knowledge.evaluate(inputs, environment)
    service = model.service(invocable)
    if sort == "decisionService":
        if service is None:
            raise _Unfit(f"The model has no decision service '{invocable}'.")
        return _output(service.evaluate(inputs, environment), name, many=len(service.output_decisions) > 1)
    decision = model.decision(name)
    if decision is not None:
        return decision.evaluate(inputs, environment)
    if service is None:
        raise _Unfit(f"The model has no decision '{name}'.")
    return service.evaluate(inputs, environment)


def _output(outcome: Outcome, name: str, *, many: bool) -> Outcome:
    """A service with several outputs is asked for one of them, or for all under its own name."""
    if many and kind(outcome.value) == "context" and name in outcome.value:
        return Outcome(value=outcome.value[name], problems=outcome.problems)
    return outcome


def _model(folder: Path, name: str) -> tuple[Model, list[Problem]]:
    """The model of that file, with the files of its folder to import from, and what is wrong in it. Raises _Unfit."""
    sources: list[tuple[xml.Node, Problems]] = []
    for path in sorted(folder.glob("*.dmn")):
        try:
            sources.append((_parsed(path), Problems(path.name)))
        except _Unfit:
            if path.name == name:
                raise
    found = next((model for model in read_models(sources) if model.file == name), None)
    if found is None:
        raise _Unfit(f"There is no model '{name}' beside the test.")
    return found, [problem for _, problems in sources if problems.file == name for problem in problems.found]


def _parsed(path: Path) -> xml.Node:
    try:
        return xml.parse(path.read_bytes(), file=path.name)
    except OSError as error:
        raise _Unfit(f"{path.name}: {error.strerror}") from error
    except xml.Refused as error:
        raise _Unfit(f"{path.name}: {error}") from error
