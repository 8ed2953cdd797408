"""Read a set of diagrams and decisions into what the interpreter runs, or list every reason why it cannot."""

from collections.abc import Collection, Mapping
from typing import Any

from engine.bpmn import xml
from engine.bpmn.builder import BlockSpec, build
from engine.bpmn.definition import Definition, Package, StartEvent
from engine.bpmn.diagram import Element, ElementInfo, Process
from engine.bpmn.facets import Trigger
from engine.bpmn.lint import Known, check
from engine.bpmn.lint_hints import report
from engine.bpmn.lint_names import check_policies, check_variables, written_by
from engine.bpmn.lint_report import Report
from engine.bpmn.problems import Problems
from engine.bpmn.reading import read_diagram
from engine.dmn.nodes import Decidable
from engine.dmn.reading import read_models
from engine.domain.rejection import Problem, ProblemsFound

SUFFIXES = (".bpmn", ".dmn", ".xml")

__all__ = ["SUFFIXES", "Definition", "ElementInfo", "Package", "StartEvent", "lint", "read"]


def read(
    files: Mapping[str, bytes],
    *,
    form_ids: Collection[str],
    groups: Collection[str] | None,
    topics: Collection[str] = (),
    policies: Mapping[str, Any] | None = None,
) -> Package:
    """What the .bpmn and .dmn files define. Raises ProblemsFound with every error."""
    contents = _Contents(files)
    problems = contents.problems(form_ids, groups, topics, policies or {})
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ProblemsFound(errors)
    return contents.package()


def lint(
    files: Mapping[str, bytes],
    *,
    form_ids: Collection[str],
    groups: Collection[str] | None,
    topics: Collection[str] | None = (),
    policies: Mapping[str, Any] | None = None,
    whole: bool = True,
) -> list[Problem]:
    """The same rules as `read`, warnings included; nothing is built.

    `whole` False: the files are not all of a set, so what they refer to may stand elsewhere and is only warned of.
    """
    return _Contents(files).problems(form_ids, groups, topics, policies or {}, whole=whole)


class _Contents:
    """The files as read, with the problems met on the way."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.processes: dict[str, Process] = {}
        self._all: list[Process] = []
        self.decisions: dict[str, Decidable] = {}
        self._decision_files: list[tuple[xml.Node, Problems]] = []
        self._diagrams: list[Problems] = []
        self._found: list[Problem] = []
        for file, content in sorted(files.items()):
            if file.endswith(SUFFIXES):
                self._read(file, content)
        self._read_decisions()

    def problems(
        self,
        forms: Collection[str],
        groups: Collection[str] | None,
        topics: Collection[str] | None,
        policies: Mapping[str, Any],
        *,
        whole: bool = True,
    ) -> list[Problem]:
        known = Known(
            processes=self.processes,
            decisions=self.decisions,
            forms=forms,
            groups=groups,
            topics=topics,
            policies=policies,
            whole=whole,
        )
        found = [*self._found, *(problem for process in self._all for problem in check(process, known))]
        written = written_by(self._all, self.decisions, forms)
        for diagram in self._diagrams:
            found += check_variables(diagram, written)
            if policies:
                found += check_policies(diagram, policies)
        return report(found)

    def package(self) -> Package:
        specs: dict[str, BlockSpec] = {}
        for process in self.processes.values():
            specs.update(build(process, self.decisions))
        definitions = {process.id: self._definition(process, specs) for process in self.processes.values()}
        return Package(definitions=definitions, decisions=self.decisions, forms=self._forms())

    def _forms(self) -> dict[str, bytes]:
        elements = (
            element
            for process in self.processes.values()
            for block in process.blocks()
            for element in block.elements.values()
        )
        return {
            element.info.form_ref: element.own_form
            for element in elements
            if element.info.form_ref is not None and element.own_form is not None
        }

    def _read(self, file: str, content: bytes) -> None:
        problems = Problems(file)
        try:
            root = xml.parse(content, file=file)
        except xml.Refused as refused:
            self._found.append(refused.problem)
            return
        if file.endswith(".dmn"):
            self._decision_files.append((root, problems))
            return
        for process in read_diagram(root, problems):
            if process.id in self.processes:
                message = f"流程 '{process.id}' 重复。 The process exists twice."
                problems.found.append(Report(process).problem(None, "bpmn.same_process", message))
            self.processes[process.id] = process
            self._all.append(process)
        self._diagrams.append(problems)
        self._found.extend(problems.found)

    def _read_decisions(self) -> None:
        """All files together: they may import each other."""
        for model in read_models(self._decision_files):
            for decision in model.decidable():
                if decision.id in self.decisions:
                    problems = next(each for _, each in self._decision_files if each.file == model.file)
                    problems.error("dmn.same_id", f"决策 '{decision.id}' 重复。 The decision exists twice.")
                self.decisions[decision.id] = decision
        for _, problems in self._decision_files:
            self._found.extend(problems.found)

    def _definition(self, process: Process, specs: Mapping[str, BlockSpec]) -> Definition:
        return Definition(
            id=process.id,
            file=process.file,
            name=process.name,
            title=process.title,
            business_key=process.business_key,
            articles=process.articles,
            start_events=_start_events(process),
            elements=self._elements(process),
            specs=specs,
        )

    def _elements(self, process: Process) -> dict[str, ElementInfo]:
        """The elements of the process, then those of the processes it calls, near ones first."""
        found: dict[str, ElementInfo] = {}
        seen = {process.id}
        queue = [process]
        for reached in queue:
            for block in reached.blocks():
                for element in block.elements.values():
                    found.setdefault(element.id, element.info)
                    fresh = [called for called in self._called(element) if called.id not in seen]
                    seen.update(called.id for called in fresh)
                    queue.extend(fresh)
        return found

    def _called(self, element: Element) -> list[Process]:
        """What the element calls; a formula may choose any process."""
        if element.call is not None and element.call.choose is not None:
            return list(self.processes.values())
        called = self.processes.get(element.info.called_process or "")
        return [] if called is None else [called]


def _start_events(process: Process) -> list[StartEvent]:
    """Those that a person may use before those that wait for something."""
    block = process.block
    found = [_start_event(process, start, trigger) for start in block.starts() for trigger in _triggers(start)]
    for element in block.instantiating():
        targets = [block.elements[flow.target] for flow in block.outgoing(element.id)]
        for waiting in [element] if element.type == "receiveTask" else targets:
            found.extend(_start_event(process, waiting, trigger) for trigger in _triggers(waiting))
    if block.implicit_starts():
        found.append(
            StartEvent(id=process.id, name=process.name, groups=process.start_groups, users=process.start_users)
        )
    return sorted(found, key=lambda event: event.kind != "none")


def _triggers(element: Element) -> tuple[Trigger | None, ...]:
    return (element.trigger.parts if element.trigger is not None else ()) or (element.trigger,)


def _start_event(process: Process, element: Element, trigger: Trigger | None) -> StartEvent:
    return StartEvent(
        id=element.id,
        name=element.info.name or process.name,
        kind="none" if trigger is None else trigger.kind,
        event="" if trigger is None else trigger.name,
        timer=trigger if trigger is not None and trigger.kind == "timer" else None,
        form_ref=element.info.form_ref,
        groups=element.start_groups or process.start_groups,
        users=process.start_users,
    )
