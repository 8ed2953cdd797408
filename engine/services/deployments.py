"""Deploy a set of files: checked whole, then one new immutable set; running cases stay on theirs."""

from collections.abc import Mapping

from engine.config import ANY
from engine.domain.actor import Actor
from engine.domain.identity import new_id
from engine.domain.rejection import Problem
from engine.services import start_timers
from engine.services.job_effects import START_LINKED_CASE
from engine.services.packages import ANY_TOPIC, DeployedSet, compile_set, lint_files
from engine.services.runtime import Runtime
from engine.store import deployments
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work


def compile_files(runtime: Runtime, files: Mapping[str, bytes]) -> DeployedSet:
    """What these files would be when deployed here. Raises ProblemsFound."""
    config = runtime.config
    return compile_set(files, groups=config.groups, topics=_served(runtime), policies=config.policies)


def lint(runtime: Runtime, files: Mapping[str, bytes]) -> list[Problem]:
    """Every error and warning of these files as one set, deployed here."""
    config = runtime.config
    return lint_files(files, groups=config.groups, topics=_served(runtime), policies=config.policies, whole=True)


def _served(runtime: Runtime) -> frozenset[str]:
    served = frozenset(runtime.delegates) | {START_LINKED_CASE} | runtime.config.external_topics
    return ANY_TOPIC if ANY in served else served


def deploy(runtime: Runtime, files: Mapping[str, bytes], *, actor: Actor, comment: str) -> dict[str, int]:
    """Deploy all files as one set; returns process id to definition id. Raises ProblemsFound, nothing changed then.

    Every process of the set gets a new version: a changed form or decision changes the process that uses it.
    """
    deployed = compile_files(runtime, files)
    with unit_of_work(runtime.database) as uow:
        return _insert(runtime, uow, files, deployed, actor=actor, comment=comment)


def seed(runtime: Runtime, files: Mapping[str, bytes], *, actor: Actor, comment: str) -> bool:
    """Deploy a set that was never deployed; False when it was, so that a restart undoes nothing."""
    with read_only(runtime.database) as uow:
        if deployments.was_deployed(uow, deployments.digest_of(files)):
            return False
    deploy(runtime, files, actor=actor, comment=comment)
    return True


def latest_files(runtime: Runtime) -> dict[str, bytes]:
    """Every file of the newest set."""
    with read_only(runtime.database) as uow:
        latest = deployments.latest(uow)
        return {} if latest is None else deployments.files(uow, latest)


def process_names(runtime: Runtime) -> dict[str, str]:
    """Process id to the name of its newest version."""
    with read_only(runtime.database) as uow:
        return {row.key: row.name for row in deployments.latest_of_all(uow)}


def element_names(runtime: Runtime) -> dict[str, str]:
    """Element id to what the newest diagrams call it, over all processes; elements without a name are left out."""
    with read_only(runtime.database) as uow:
        found = runtime.packages.latest_of_all(uow)
    return {id_: element.name for bound in found for id_, element in bound.definition.elements.items() if element.name}


def _insert(
    runtime: Runtime,
    uow: UnitOfWork,
    files: Mapping[str, bytes],
    deployed: DeployedSet,
    *,
    actor: Actor,
    comment: str,
) -> dict[str, int]:
    now = runtime.clock.now()
    deployment_id = new_id(now)
    deployments.insert(uow, id_=deployment_id, files=files, by=actor.person_id, comment=comment, at=now)
    found: dict[str, int] = {}
    for key, definition in sorted(deployed.package.definitions.items()):
        found[key] = new_id(now)
        deployments.insert_definition(
            uow,
            id_=found[key],
            deployment_id=deployment_id,
            key=key,
            name=definition.name or key,
            file=definition.file,
        )
        start_timers.follow(runtime, uow, found[key], definition)
    runtime.packages.put(deployment_id, deployed)
    return found
