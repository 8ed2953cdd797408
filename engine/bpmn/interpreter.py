"""Run a case: start it, give it what it waits for, and learn what happened as a Step.

An Execution is for one thread at a time. After a call that raised it is half-changed: drop it and restore.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.bpmn import codec
from engine.bpmn.activities import Service, User, keep_all
from engine.bpmn.definition import Definition
from engine.bpmn.recorder import Recorder
from engine.bpmn.scopes import CASE, Load, Variables, View
from engine.bpmn.throwing import throw_error
from engine.bpmn.waiting import Waiting
from engine.bpmn.workflow import READY, WAITS, CaseWorkflow, Token
from engine.domain.rejection import Conflict, NotFound
from engine.domain.step import Step
from engine.feel import Environment


class Execution:
    """A case as it stands. Each command returns what it did."""

    def __init__(self, definition: Definition, case: CaseWorkflow) -> None:
        self.definition = definition
        self._case = case

    def complete(self, token: int, values: Mapping[str, Any], *, env: Environment, implicit: Mapping[str, Any]) -> Step:
        """A person has done the user task. Raises Conflict when it does not wait (any more)."""
        task = self._waiting(token, User)

        def done() -> None:
            keep_all(task, values)
            self._case.recorder.task_closed(token, "completed")
            task.complete()

        return self._run(task, done, env, implicit)

    def fire_timer(self, token: int, *, env: Environment, implicit: Mapping[str, Any]) -> Step:
        """The timer at the token is due. Raises Conflict when none waits there."""
        return self._fire(token, "timer", {}, env, implicit)

    def correlate(
        self, token: int, values: Mapping[str, Any], *, env: Environment, implicit: Mapping[str, Any]
    ) -> Step:
        """The message that the token waits for has come. Raises Conflict when it does not wait."""
        return self._fire(token, "message", values, env, implicit)

    def signal(self, token: int, values: Mapping[str, Any], *, env: Environment, implicit: Mapping[str, Any]) -> Step:
        """The signal that the token waits for was thrown outside the case. Raises Conflict when it does not wait."""
        return self._fire(token, "signal", values, env, implicit)

    def trigger(self, token: int, values: Mapping[str, Any], *, env: Environment, implicit: Mapping[str, Any]) -> Step:
        """Let a receive task, or whatever waits for a message, go on without one. Raises Conflict as above."""
        return self._fire(token, "message", values, env, implicit)

    def set_variables(
        self, values: Mapping[str, Any], scope: str = CASE, *, env: Environment, implicit: Mapping[str, Any]
    ) -> Step:
        """Write variables of a scope; conditions that become true fire. Raises NotFound for a scope that is gone."""
        case = self._case
        if scope != CASE and scope not in case.variables.parents:
            raise NotFound(f"The case has no scope '{scope}'.", scope=scope)
        case.env, case.implicit, case.recorder = env, implicit, Recorder()
        for name, value in values.items():
            case.variables.put(scope, name, value)
        case.look()
        return self._finish()

    def finish_service(
        self, token: int, outputs: Mapping[str, Any], *, env: Environment, implicit: Mapping[str, Any]
    ) -> Step:
        """The work at the token was done outside. Raises Conflict when it does not wait."""
        task = self._waiting(token, Service)

        def done() -> None:
            code = task.task_spec.take(task, outputs)
            self._case.recorder.job_cleared(token)
            if code is None:
                task.complete()
            else:
                throw_error(task, code, at_token=True)

        return self._run(task, done, env, implicit)

    def fail_service(
        self,
        token: int,
        error_code: str | None,
        error_message: str = "",
        *,
        env: Environment,
        implicit: Mapping[str, Any],
    ) -> Step:
        """The work ended in a BPMN error. Uncaught, it is an incident at the token. Raises Conflict as above."""
        task = self._waiting(token, Service)
        return self._run(task, lambda: throw_error(task, error_code, error_message, at_token=True), env, implicit)

    def retry(self, token: int, *, env: Environment, implicit: Mapping[str, Any]) -> Step:
        """Try a token with an incident again where it stuck. Raises Conflict when it is not stuck."""
        task = self._token(token)
        if task._state != READY:
            raise Conflict(f"Token {token} is not stuck.", token=token)
        return self._run(task, task.complete if task.facts["stuck"] else task.run, env, implicit)

    def act(self, action: Callable[[CaseWorkflow], None], *, env: Environment, implicit: Mapping[str, Any]) -> Step:
        """Change the case by hand and let it settle; see seating and migration. What `action` raises goes through."""
        case = self._case
        case.env, case.implicit, case.recorder = env, implicit, Recorder()
        action(case)
        return self._finish()

    @property
    def case(self) -> CaseWorkflow:
        """For looking: whoever changes it goes through `act`."""
        return self._case

    def state(self) -> bytes:
        """What `restore` needs beside the variables."""
        return codec.encode(self._case)

    def variables(self, scope: str = CASE, implicit: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """What is seen from a scope, read as it is asked for."""
        return View(self._case.variables, scope, implicit or {})

    def service_inputs(self, token: int, *, env: Environment, implicit: Mapping[str, Any]) -> dict[str, Any]:
        """What the delegate of a waiting service task is given. Raises Conflict when it does not wait."""
        task = self._waiting(token, Service)
        self._case.env, self._case.implicit = env, implicit
        return dict(task.task_spec.inputs(task))

    def places(self) -> dict[int, str]:
        """Live tokens and the elements they stand on; what was completed and can be undone stands nowhere."""
        return {
            number: token.task_spec.element.id
            for number, token in sorted(self._case.tokens.items())
            if not token.task_spec.dormant
        }

    def stuck(self) -> frozenset[int]:
        """Tokens that wait for somebody to mend what stops them."""
        tokens = self._case.tokens.values()
        return frozenset(token.id for token in tokens if "stuck" in token.facts or token.facts.get("dead"))

    @property
    def ended(self) -> bool:
        return bool(self._case.completed)

    def begin(self, start_event: str, env: Environment, implicit: Mapping[str, Any]) -> Step:
        """The first step; see `start`."""
        case = self._case
        case.env, case.implicit = env, implicit
        for name in case.spec.watchers:
            case.spawn(case, name, CASE)
        for name, facts in case.spec.starts[start_event]:
            case.spawn(case, name, CASE, **facts)
        return self._finish()

    def _fire(
        self, token: int, kind: str, values: Mapping[str, Any], env: Environment, implicit: Mapping[str, Any]
    ) -> Step:
        task = self._waiting(token, Waiting)
        if task.task_spec.trigger.kind != kind:
            raise Conflict(f"Token {token} does not wait for a {kind}.", token=token)
        return self._run(task, lambda: task.task_spec.fire(task, values), env, implicit)

    def _token(self, number: int) -> Token:
        found = self._case.tokens.get(number)
        if found is None:
            raise Conflict(f"Token {number} is gone.", token=number)
        return found

    def _waiting(self, number: int, kind: type) -> Token:
        found = self._token(number)
        if found._state != WAITS or not isinstance(found.task_spec, kind):
            raise Conflict(f"Token {number} does not wait for this.", token=number)
        return found

    def _run(self, token: Token, action: Callable[[], Any], env: Environment, implicit: Mapping[str, Any]) -> Step:
        case = self._case
        case.env, case.implicit, case.recorder = env, implicit, Recorder()
        case.move(token, action)
        return self._finish()

    def _finish(self) -> Step:
        case = self._case
        case.settle()
        step = case.recorder.finish()
        step.variables, step.scopes_dropped = case.variables.take_changes()
        step.ended = self.ended
        if step.ended:
            case.recorder.entry("ended", self.definition.id, 0, name=self.definition.name)
        return step


def start(
    definition: Definition,
    start_event_id: str,
    variables: Mapping[str, Any],
    *,
    env: Environment,
    implicit: Mapping[str, Any],
) -> tuple[Execution, Step]:
    """Begin a case at a start event. Raises NotFound when the process has no such start."""
    if all(event.id != start_event_id for event in definition.start_events):
        raise NotFound(f"Process '{definition.id}' has no start '{start_event_id}'.", id=start_event_id)
    values = Variables()
    for name, value in variables.items():
        values.put(CASE, name, value)
    case = CaseWorkflow(definition.specs, definition.id, values)
    case.recorder.entry("started", definition.id, 0, name=definition.name)
    execution = Execution(definition, case)
    return execution, execution.begin(start_event_id, env, implicit)


def begin_again(definition: Definition, load_variables: Load, *, last_number: int) -> Execution:
    """An execution without tokens, for a case that had ended and begins again; `last_number`: its highest token."""
    case = CaseWorkflow(definition.specs, definition.id, Variables(load_variables))
    case.last_number = last_number
    return Execution(definition, case)


def restore(definition: Definition, state: bytes, load_variables: Load) -> Execution:
    """An execution as it was when `state` was taken; variables are loaded when first read. Raises UnknownState."""
    return Execution(definition, codec.decode(definition, state, load_variables))
