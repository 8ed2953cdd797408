"""The test kit: play a process as its designer imagines it, on the real services, with a clock that the test moves.

    scenario = Scenario(["request.bpmn", "letter.form"])
    scenario.start("request", {"amount": 120})
    scenario.complete("check", {"approved": True})
    scenario.advance("P3D")
    assert scenario.active() == ["remind"]

Everything runs as in production: one transaction a step, jobs, timers, history. Only persons are not asked: whoever
completes a task may do so, unless `assignee` names him and the diagram separates his duties.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.bpmn.timers import schedule
from engine.bpmn.workflow import Stuck
from engine.domain.actor import Actor
from engine.domain.rejection import Invalid, NotFound
from engine.domain.step import Step
from engine.scenarios.given import named_files, typed
from engine.scenarios.stage import DIRECTOR, Stage
from engine.scenarios.standing import path_of, start_event
from engine.services import cases, jobs, messages, signals, user_tasks
from engine.services.stepping import Locked
from engine.store import cases as case_rows
from engine.store import incidents
from engine.store import jobs as job_rows
from engine.store import variables as variable_rows
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork, unit_of_work

__all__ = ["Incident", "OpenTask", "Scenario"]


@dataclass(frozen=True, kw_only=True)
class OpenTask:
    """A user task that waits; `variables` is what its form would see."""

    element_id: str
    name: str
    assignee: str | None
    candidate_groups: tuple[str, ...]
    variables: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Where a case is stuck and why."""

    element_id: str
    message: str


class Scenario:
    """A set of files, deployed, and the cases that were started from it.

    `files`: paths or contents of .bpmn, .dmn and .form files. `now`: an aware moment, whose zone becomes that of the
    office; without it the present in Asia/Shanghai. Raises ProblemsFound with every problem of the files. A call that
    is refused raises a Rejection and changes nothing.
    """

    def __init__(
        self,
        files: Iterable[str | Path | bytes] | str | Path | bytes,
        *,
        database_url: str = "sqlite://",
        now: datetime | None = None,
    ) -> None:
        given = [files] if isinstance(files, (str, Path, bytes)) else files
        self._stage = Stage(named_files(given), database_url=database_url, now=now)
        self._main: int | None = None

    def close(self) -> None:
        """Let go of the database; one in memory goes by itself."""
        self._stage.close()

    # -- commands

    def start(
        self,
        process_id: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        message: str | None = None,
        signal: str | None = None,
        business_key: str | None = None,
    ) -> int:
        """Start a case at the none start event, or at that of a message or signal; returns the id of the case.

        Without `process_id`: the only process that has such a start and that no other process calls. Raises NotFound,
        Conflict when several fit.
        """
        kind, event = ("message", message) if message else ("signal", signal) if signal else ("none", "")
        with self._stage.reading() as uow:
            bounds = [self._stage.runtime.packages.bound(uow, number) for number in self._stage.definitions.values()]
        process_id, start = start_event(bounds, process_id, kind, event or "")
        note = NewEntry(what="begun", element_id=start.id, name=start.name, actor=DIRECTOR.person_id)
        self._main = cases.begin(
            self._stage.runtime,
            process_id,
            start.id,
            typed(variables),
            actor=DIRECTOR,
            note=note,
            business_key=business_key,
        )
        self._stage.run_due()
        return self._main

    def complete(
        self, element_id: str, variables: Mapping[str, Any] | None = None, *, assignee: str | None = None
    ) -> None:
        """Complete the oldest open task of the element; with `assignee` his, or a free one in his name.

        Raises NotFound, Forbidden, Invalid.
        """
        task = self._stage.task(element_id, assignee)
        # Unnamed persons do one element each, so that separated duties do not stand in the way.
        person = assignee or task.assignee or next(iter(task.candidate_users), f"scenario:{element_id}")
        actor = Actor(person_id=person, name=person)
        user_tasks.complete_with(self._stage.runtime, task.id, typed(variables), actor=actor)
        self._stage.run_due()

    def advance(self, duration: str | timedelta) -> None:
        """Move the clock by an ISO 8601 duration; what falls due on the way runs at its own time. Raises Invalid."""
        until = self._after(duration)
        self._stage.run_due()
        while True:
            due = jobs.next_due(self._stage.runtime)
            if due is None or due > until:
                break
            self._stage.clock.move_to(max(due, self._stage.clock.now()))
            self._stage.run_due()
        self._stage.clock.move_to(until)

    def fire_timer(self, element_id: str) -> None:
        """Make the timer of this element due now, the first if there are several. Raises NotFound."""
        with unit_of_work(self._stage.runtime.database) as uow:
            known = set(self._stage.known(uow))
            for timer in job_rows.timers_at(uow, element_id):
                if timer.case_id in known or timer.definition_id in self._stage.definitions.values():
                    job_rows.make_due(uow, timer.id, now=self._stage.clock.now())
                    break
            else:
                raise NotFound(f"Element '{element_id}' has no timer.", object="timer", id=element_id)
        self._stage.run_due()

    def message(
        self,
        name: str,
        variables: Mapping[str, Any] | None = None,
        *,
        at: str | None = None,
        business_key: str | None = None,
    ) -> None:
        """Send a message: to the case that waits for it (`at` this element, with this business or correlation key),
        else to a start event, else it is kept until a case waits for it.

        Raises Conflict when several cases wait and nothing tells them apart.
        """
        is_number = business_key is not None and self._stage.numbered(business_key)
        messages.correlate(
            self._stage.runtime,
            name,
            typed(variables),
            business_key=business_key if is_number else None,
            key=None if is_number else business_key,
            element_id=at,
            actor=DIRECTOR,
        )
        self._stage.run_due()

    def signal(self, name: str, variables: Mapping[str, Any] | None = None) -> None:
        """Broadcast a signal to every case that waits for it and every start event of its name."""
        signals.broadcast(self._stage.runtime, name, typed(variables), actor=DIRECTOR)
        self._stage.run_due()

    def trigger(self, element_id: str, variables: Mapping[str, Any] | None = None) -> None:
        """Let a receive task, a message catch or the outside work of a service task go on. Raises NotFound."""
        case_id, token = self._stage.waiting(element_id)
        values = typed(variables)

        def act(locked: Locked) -> Step:
            execution, env, implicit = locked.execution, self._stage.runtime.environment(), locked.implicit()
            if locked.bound.definition.elements[element_id].topic is not None:
                return execution.finish_service(token, values, env=env, implicit=implicit)
            return execution.trigger(token, values, env=env, implicit=implicit)

        self._stage.step(case_id, NewEntry(what="triggered", element_id=element_id, token=token), act)

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Write variables of the case that was started last; conditions that become true fire."""
        values = typed(variables)
        with self._stage.reading() as uow:
            case_id = self._case_id(uow)
        self._stage.step(
            case_id,
            NewEntry(what="variables", data={"values": values}),
            lambda locked: locked.execution.set_variables(
                values, env=self._stage.runtime.environment(), implicit=locked.implicit()
            ),
        )

    # -- what stands

    def active(self) -> list[str]:
        """The elements of all open user tasks, called processes included, one entry for each task, sorted."""
        with self._stage.reading() as uow:
            return sorted(task.element_id for task in self._stage.open(uow))

    def tasks(self) -> list[OpenTask]:
        """The open tasks, oldest first."""
        with self._stage.reading() as uow:
            return [
                OpenTask(
                    element_id=task.element_id,
                    name=task.name,
                    assignee=task.assignee,
                    candidate_groups=task.candidate_groups,
                    variables=user_tasks.variables_of(self._stage.runtime, uow, task),
                )
                for task in self._stage.open(uow)
            ]

    @property
    def ended(self) -> bool:
        """Whether cases were started and all of them have ended."""
        with self._stage.reading() as uow:
            states = [case_rows.get(uow, case_id).state for case_id in self._stage.known(uow)]
        return bool(states) and all(state != "active" for state in states)

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the case that was started last; kept when it has ended."""
        with self._stage.reading() as uow:
            rows = variable_rows.of_case(uow, self._case_id(uow))
        return {name: value for (scope, name), value in rows.items() if scope == ""}

    @property
    def path(self) -> list[str]:
        """The elements entered, in order; those of every case one after the other. A repeated activity is listed once
        for each repetition.
        """
        with self._stage.reading() as uow:
            return [element for case_id in self._stage.known(uow) for element in path_of(uow, case_id)]

    @property
    def incidents(self) -> list[Incident]:
        """What is stuck and has not been mended, oldest first."""
        with self._stage.reading() as uow:
            return [
                Incident(element_id=row.element_id, message=row.message)
                for case_id in self._stage.known(uow)
                for row in incidents.of_case(uow, case_id)
            ]

    # -- inside

    def _case_id(self, uow: UnitOfWork) -> int:
        if self._main is not None:
            return self._main
        known = self._stage.known(uow)
        if not known:
            raise NotFound("No case was started.", object="case")
        return known[-1]

    def _after(self, duration: str | timedelta) -> datetime:
        if isinstance(duration, timedelta):
            return self._stage.clock.now() + duration
        try:
            return schedule("duration", duration, self._stage.runtime.environment()).due
        except Stuck as stuck:
            raise Invalid(f"'{duration}' is no ISO 8601 duration: {stuck}") from stuck
