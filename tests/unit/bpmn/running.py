"""Run a case in tests, stored and restored between any two steps, with a clock that the test moves."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn.activities import Service, User
from engine.bpmn.definition import Definition
from engine.bpmn.interpreter import Execution, restore, start
from engine.bpmn.waiting import Waiting
from engine.bpmn.workflow import WAITS, CaseWorkflow, Token
from engine.domain.step import JobSet, Step, Subscription, TaskOpened
from engine.feel import Environment
from tests.unit.bpmn.drawing import package

MORNING = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


class Case:
    """What the store would hold of one case: state, variables, open tasks, jobs, subscriptions."""

    def __init__(self, definition: Definition, start_event: str, values: Mapping[str, Any]) -> None:
        self.definition = definition
        self.now = MORNING
        self.state = b""
        self.rows: dict[tuple[str, str], Any] = {}
        self.tasks: dict[int, TaskOpened] = {}
        self.jobs: dict[int, JobSet] = {}
        self.subscriptions: dict[int, Subscription] = {}
        self.steps: list[Step] = []
        self.keep = False  # true: the same execution goes on, as from the cache of a process
        execution, step = start(definition, start_event, values, env=self.env(), implicit=self.implicit())
        self._write(execution, step)

    def env(self) -> Environment:
        return Environment(now=self.now, zone=ZONE, calendar=None)

    def implicit(self) -> dict[str, Any]:
        return {"case": {"id": 1, "number": "N1", "starter": "alice"}}

    # -- commands

    def complete(self, name: str, **values: Any) -> Step:
        """Complete the (first) open task of this element."""
        return self._do("complete", self.token(name), values)

    def complete_token(self, token: int, **values: Any) -> Step:
        return self._do("complete", token, values)

    def fire(self, element_id: str) -> Step:
        """Fire the timer as the worker does: when it is due."""
        job = self.job(element_id)
        assert job.due_at is not None
        self.now = max(self.now, job.due_at)
        del self.jobs[job.token]
        return self._do("fire_timer", job.token)

    def send(self, name: str, **values: Any) -> Step:
        token = next(s.token for s in self.subscriptions.values() if (s.kind, s.name) == ("message", name))
        return self._do("correlate", token, values)

    def hear(self, name: str, **values: Any) -> Step:
        """A signal thrown outside the case."""
        token = next(s.token for s in self.subscriptions.values() if (s.kind, s.name) == ("signal", name))
        return self._do("signal", token, values)

    def trigger(self, element_id: str, **values: Any) -> Step:
        token = next(s.token for s in self.subscriptions.values() if s.element_id == element_id)
        return self._do("trigger", token, values)

    def set(self, **values: Any) -> Step:
        """Write variables of the case from outside."""
        execution = self.execution()
        step = execution.set_variables(values, env=self.env(), implicit=self.implicit())
        self._write(execution, step)
        return step

    def serve(self, element_id: str, **outputs: Any) -> Step:
        return self._do("finish_service", self.job(element_id).token, outputs)

    def fail(self, element_id: str, code: str | None) -> Step:
        """Fail the job as the worker does, which has ended it."""
        job = self.job(element_id)
        del self.jobs[job.token]
        return self._do("fail_service", job.token, code)

    def retry(self, token: int) -> Step:
        return self._do("retry", token)

    def act(self, action: Callable[[CaseWorkflow], None]) -> Step:
        """Change the case by hand."""
        execution = self.execution()
        step = execution.act(action, env=self.env(), implicit=self.implicit())
        self._write(execution, step)
        return step

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)

    # -- what stands

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def ended(self) -> bool:
        return self.last.ended

    @property
    def open(self) -> list[str]:
        """The elements of open tasks, in the order of the alphabet."""
        return sorted(task.element_id for task in self.tasks.values())

    @property
    def armed(self) -> dict[str, datetime | None]:
        return {job.element_id: job.due_at for job in self.jobs.values()}

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the case itself."""
        return {name: value for (scope, name), value in self.rows.items() if scope == ""}

    def token(self, element_id: str) -> int:
        return min(token for token, task in self.tasks.items() if task.element_id == element_id)

    def job(self, element_id: str) -> JobSet:
        return next(job for job in self.jobs.values() if job.element_id == element_id)

    def execution(self) -> Execution:
        if self.keep:
            return self._kept
        return restore(self.definition, self.state, lambda: dict(self.rows))

    def history(self, what: str) -> list[str]:
        return [entry.element_id for step in self.steps for entry in step.history if entry.what == what]

    @property
    def thrown(self) -> list[tuple[str, str]]:
        return [(thrown.kind, thrown.name) for step in self.steps for thrown in step.thrown]

    def incidents(self) -> list[tuple[int, str]]:
        return [(raised.token, raised.element_id) for raised in self.last.incidents]

    def _do(self, command: str, token: int, *given: Any) -> Step:
        execution = self.execution()
        step: Step = getattr(execution, command)(token, *given, env=self.env(), implicit=self.implicit())
        self._write(execution, step)
        return step

    def _write(self, execution: Execution, step: Step) -> None:
        for closed in step.tasks_closed:
            del self.tasks[closed.token]
        for token in step.jobs_cleared:
            self.jobs.pop(token, None)
        for token in step.unsubscribed:
            del self.subscriptions[token]
        self.tasks.update((task.token, task) for task in step.tasks_opened)
        self.jobs.update((job.token, job) for job in step.jobs_set)
        self.subscriptions.update((waiting.token, waiting) for waiting in step.subscribed)
        self.rows.update(step.variables)
        self.rows = {key: value for key, value in self.rows.items() if key[0] not in step.scopes_dropped}
        self.steps.append(step)
        self._kept = execution
        self.state = execution.state()
        self._agree(execution)
        if step.ended:
            assert (self.tasks, self.jobs, self.subscriptions) == ({}, {}, {})

    def _agree(self, execution: Execution) -> None:
        """What is open outside is what waits inside: nothing cancelled is left behind, nothing waits unseen."""
        waiting = {token: live for token, live in execution._case.tokens.items() if live._state == WAITS}
        kinds = {token: live.task_spec.trigger.kind for token, live in waiting.items() if _is(live, Waiting)}
        assert set(self.tasks) == {token for token, live in waiting.items() if _is(live, User)}
        assert set(self.subscriptions) == {token for token, kind in kinds.items() if kind in {"message", "signal"}}
        timers = {token for token, kind in kinds.items() if kind == "timer"}
        services = {token for token, live in waiting.items() if _is(live, Service)}
        assert set(self.jobs) <= timers | services
        assert services <= set(self.jobs)


def _is(token: Token, kind: type) -> bool:
    return isinstance(token.task_spec, kind)


def run(*inner: str, values: Mapping[str, Any] | None = None, at: str = "start", **options: Any) -> Case:
    """Start the process `p` of these elements at the start event `at`."""
    return Case(package(*inner, **options).definitions["p"], at, values or {})
