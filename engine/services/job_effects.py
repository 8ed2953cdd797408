"""What a claimed job does, by its kind; each effect commits together with the end of its job."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from engine.domain.actor import SYSTEM
from engine.domain.message import Message
from engine.domain.step import Step
from engine.package import BpmnError, DelegateContext
from engine.services import signals, start_timers, stepping
from engine.services.cases import Link, start_linked
from engine.services.correlation import Correlation, correlate_in
from engine.services.runtime import Runtime
from engine.services.stepping import Done, Locked
from engine.store import cases, jobs
from engine.store.jobs import Job
from engine.store.unit_of_work import UnitOfWork, unit_of_work

LEASE = timedelta(seconds=60)
# A call that takes longer than this counts as hung: its lease runs out and another worker tries.
LONGEST_CALL = timedelta(hours=1)
START_LINKED_CASE = "start-linked-case"


class LeaseLost(Exception):
    """Another worker has taken the job over; nothing is written."""


def run(runtime: Runtime, job: Job) -> None:
    """Raises LeaseLost, and whatever keeps the effect from happening; nothing is written then."""
    _EFFECTS[job.kind](runtime, job)


def hold(runtime: Runtime, job: Job) -> bool:
    """Extend the lease; False when the job is another worker's by now."""
    with unit_of_work(runtime.database) as uow:
        return jobs.extend(uow, job, until=runtime.clock.now() + LEASE)


def go_on_without(runtime: Runtime, uow: UnitOfWork, job: Job) -> None:
    """The job has become an incident: what would have followed it all the same."""
    if job.kind == start_timers.KIND:
        start_timers.set_next(runtime, uow, job)
        # Tried again it starts the one case it stands for: the rounds after it go on by themselves.
        jobs.empty(uow, job)


def take(uow: UnitOfWork, job: Job) -> None:
    """End the job in the transaction of its effect. Raises LeaseLost."""
    if not jobs.finish(uow, job):
        raise LeaseLost(job.id)


def step(runtime: Runtime, job: Job, act: Callable[[Locked], Step]) -> None:
    """One step of the job's case, which ends the job. Raises LeaseLost, Conflict when the case is not active."""
    case_id = _case_of(job)

    def command() -> Done:
        with unit_of_work(runtime.database) as uow:
            locked = stepping.lock(runtime, uow, case_id)
            take(uow, job)
            done = stepping.write(runtime, locked, act(locked), actor=None, first_entries=[])
        stepping.keep(runtime, locked, done)
        return done

    stepping.retrying(command)


def _fire_timer(runtime: Runtime, job: Job) -> None:
    env = runtime.environment()
    step(runtime, job, lambda locked: locked.execution.fire_timer(job.token, env=env, implicit=locked.implicit()))


def _serve(runtime: Runtime, job: Job) -> None:
    """Call the delegate outside any transaction, then give its answer to the case."""
    inputs = _inputs(runtime, job)
    try:
        with _held(runtime, job):
            outputs = dict(_call(runtime, job, inputs))
    except BpmnError as error:
        code, text = error.code, str(error)
        env = runtime.environment()
        step(
            runtime,
            job,
            lambda locked: locked.execution.fail_service(job.token, code, text, env=env, implicit=locked.implicit()),
        )
        return
    env = runtime.environment()
    step(
        runtime,
        job,
        lambda locked: locked.execution.finish_service(job.token, outputs, env=env, implicit=locked.implicit()),
    )


def _inputs(runtime: Runtime, job: Job) -> dict[str, Any]:
    with unit_of_work(runtime.database) as uow:
        locked = stepping.lock(runtime, uow, _case_of(job))
        inputs = dict(locked.execution.service_inputs(job.token, env=runtime.environment(), implicit=locked.implicit()))
    stepping.keep_unchanged(runtime, locked)
    return inputs


@contextmanager
def _held(runtime: Runtime, job: Job) -> Iterator[None]:
    """Extend the lease for as long as a call takes, so that no other worker makes the same call meanwhile."""
    answered = threading.Event()
    pause = LEASE / 3

    def extend() -> None:
        for _ in range(LONGEST_CALL // pause):
            if answered.wait(pause.total_seconds()) or not hold(runtime, job):
                return

    extending = threading.Thread(target=extend, name=f"hold-job-{job.id}", daemon=True)
    extending.start()
    try:
        yield
    finally:
        answered.set()
        extending.join()


def _call(runtime: Runtime, job: Job, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    key = f"job-{job.id}"
    case_id = _case_of(job)
    if job.topic == START_LINKED_CASE:
        variables = inputs.get("variables")
        linked = start_linked(
            runtime,
            str(inputs.get("processId")),
            inputs.get("startEvent"),
            dict(variables) if isinstance(variables, dict) else {},
            link=Link(case_id=case_id, name=str(inputs.get("link") or job.element_id)),
            key=key,
        )
        return {"linkedCase": linked}
    delegate = runtime.delegates.get(job.topic or "")
    if delegate is None:
        raise LookupError(f"no delegate serves the topic '{job.topic}'")
    return delegate(inputs, DelegateContext(key=key, case_id=case_id, element_id=job.element_id))


def _deliver_message(runtime: Runtime, job: Job) -> None:
    """What a case threw goes to the case that waits for it, starts one, or is kept."""
    message = Message(**job.payload)

    def command() -> Correlation:
        with unit_of_work(runtime.database) as uow:
            take(uow, job)
            found = correlate_in(runtime, uow, message, actor=SYSTEM, time_to_live=None)
        if found.stepped is not None:
            stepping.keep(runtime, *found.stepped)
        return found

    stepping.retrying(command)


def _fan_out(runtime: Runtime, job: Job) -> None:
    with unit_of_work(runtime.database) as uow:
        take(uow, job)
        signals.fan_out(uow, job, now=runtime.clock.now())


def _deliver_signal(runtime: Runtime, job: Job) -> None:
    def command() -> None:
        with unit_of_work(runtime.database) as uow:
            case = cases.lock(uow, _case_of(job))
            take(uow, job)
            stepped = signals.deliver(runtime, uow, job, case)
        if stepped is not None:
            stepping.keep(runtime, *stepped)

    stepping.retrying(command)


def _start_by_signal(runtime: Runtime, job: Job) -> None:
    with unit_of_work(runtime.database) as uow:
        take(uow, job)
        stepped = signals.start(runtime, uow, job)
    stepping.keep(runtime, *stepped)


def _start_by_timer(runtime: Runtime, job: Job) -> None:
    with unit_of_work(runtime.database) as uow:
        take(uow, job)
        stepped = start_timers.start(runtime, uow, job)
    if stepped is not None:
        stepping.keep(runtime, *stepped)


def _case_of(job: Job) -> int:
    if job.case_id is None:
        raise LookupError(f"job {job.id} of kind '{job.kind}' has no case")
    return job.case_id


_EFFECTS: Mapping[str, Callable[[Runtime, Job], None]] = {
    "timer": _fire_timer,
    "service": _serve,
    "message": _deliver_message,
    "signal": _fan_out,
    signals.DELIVER: _deliver_signal,
    signals.START: _start_by_signal,
    start_timers.KIND: _start_by_timer,
}
