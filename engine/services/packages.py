"""Deployed sets, compiled once and shared by all their cases."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.definition import Definition
from engine.bpmn.deployment import Package, lint, read
from engine.domain.rejection import NotFound, Problem, ProblemsFound
from engine.forms.schema import Form
from engine.store import deployments
from engine.store.unit_of_work import UnitOfWork

FORM_SUFFIX = ".form"


@dataclass(frozen=True, kw_only=True)
class DeployedSet:
    """One immutable set: `files` by name, compiled diagrams and decisions, parsed forms by id."""

    files: Mapping[str, bytes]
    package: Package
    forms: Mapping[str, Form]

    def form(self, form_ref: str) -> Form:
        """Raises NotFound."""
        if form_ref not in self.forms:
            raise NotFound(f"Form '{form_ref}' is not in this deployment.", object="form", id=form_ref)
        return self.forms[form_ref]


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A process definition as a case is pinned to it."""

    id: int
    deployment_id: int
    key: str
    version: int
    name: str
    file: str
    definition: Definition
    deployed: DeployedSet


def compile_set(
    files: Mapping[str, bytes],
    *,
    groups: Mapping[str, object],
    topics: frozenset[str],
    policies: Mapping[str, object],
) -> DeployedSet:
    """Read every file; raises ProblemsFound with all problems of all files."""
    forms, problems = _forms(files)
    diagrams = {name: content for name, content in files.items() if name.endswith((".bpmn", ".dmn"))}
    try:
        package = read(
            diagrams,
            form_ids=_keys(forms),
            groups=groups or None,
            topics=topics,
            policies=policies,
        )
    except ProblemsFound as found:
        raise ProblemsFound([*problems, *found.problems]) from found
    drawn, more = _forms({f"{form_id}{FORM_SUFFIX}": content for form_id, content in package.forms.items()})
    forms |= drawn
    problems += more
    if problems:
        raise ProblemsFound(problems)
    return DeployedSet(files=dict(files), package=package, forms=forms)


def lint_files(
    files: Mapping[str, bytes],
    *,
    groups: Mapping[str, object] | None = None,
    topics: frozenset[str] | None = None,
    policies: Mapping[str, object] | None = None,
    whole: bool = False,
) -> list[Problem]:
    """Every error and warning of every file; needs no database.

    `whole` False: the files may refer to forms, decisions and processes that stand elsewhere; that is only warned of.
    """
    forms, problems = _forms(files)
    diagrams = {name: content for name, content in files.items() if not name.endswith(FORM_SUFFIX)}
    found = lint(
        diagrams,
        form_ids=_keys(forms),
        groups=groups or None,
        topics=topics,
        policies=policies or {},
        whole=whole,
    )
    return [*problems, *found]


def _keys(forms: Mapping[str, Form]) -> dict[str, tuple[str, ...]]:
    return {form_id: form.keys for form_id, form in forms.items()}


def _forms(files: Mapping[str, bytes]) -> tuple[dict[str, Form], list[Problem]]:
    forms: dict[str, Form] = {}
    problems: list[Problem] = []
    for name, content in sorted(files.items()):
        if name.endswith(FORM_SUFFIX):
            try:
                form = Form.parse(content, file=name)
            except ProblemsFound as found:
                problems.extend(found.problems)
            else:
                forms[form.id] = form
    return forms, problems


class PackageCache:
    """Compiled sets by deployment id, and definitions by id; filled on first use, never changed after."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sets: dict[int, DeployedSet] = {}
        self._bound: dict[int, Bound] = {}

    def put(self, deployment_id: int, deployed: DeployedSet) -> None:
        self._sets[deployment_id] = deployed

    def bound(self, uow: UnitOfWork, definition_id: int) -> Bound:
        """Raises NotFound."""
        found = self._bound.get(definition_id)
        return found or self._bind(uow, deployments.definition(uow, definition_id))

    def latest(self, uow: UnitOfWork, key: str) -> Bound:
        """The newest version of a process. Raises NotFound."""
        row = deployments.latest_of(uow, key)
        return self._bound.get(row.id) or self._bind(uow, row)

    def latest_of_all(self, uow: UnitOfWork) -> list[Bound]:
        return [self._bound.get(row.id) or self._bind(uow, row) for row in deployments.latest_of_all(uow)]

    def _bind(self, uow: UnitOfWork, row: "deployments.DefinitionRecord") -> Bound:
        with self._lock:
            deployed = self._sets.get(row.deployment_id)
            if deployed is None:
                # What was deployed compiled then: groups and topics are not asked again.
                deployed = compile_set(
                    deployments.files(uow, row.deployment_id), groups={}, topics=ANY_TOPIC, policies={}
                )
                self._sets[row.deployment_id] = deployed
            bound = Bound(
                id=row.id,
                deployment_id=row.deployment_id,
                key=row.key,
                version=row.version,
                name=row.name,
                file=row.file,
                definition=deployed.package.definitions[row.key],
                deployed=deployed,
            )
            self._bound[row.id] = bound
        return bound


class _AnyTopic(frozenset[str]):
    """Holds every topic: a set that was deployed stays readable when a delegate has gone."""

    def __contains__(self, item: object) -> bool:
        return True


ANY_TOPIC: frozenset[str] = _AnyTopic({"*"})
