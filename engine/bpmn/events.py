"""Events: timers, messages, signals, errors, escalations, terminate; each waits and fires by its token's number.

A boundary event is a token of its own beside its host; so is the start of an event sub-process, which watches the level
it stands in. The library wraps both in splits and joins that break inside loops and ignore `isInterrupting`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    StartEvent,
)

from engine.bpmn.activities import Service, keep_all
from engine.bpmn.diagram import Trigger
from engine.bpmn.nodes import Node, evaluate, hide_library_event, place
from engine.bpmn.timers import next_firing, parse_cycle, schedule
from engine.bpmn.workflow import WAITS, Stuck, Token
from engine.domain.step import JobSet, Subscription


class Waiting(Node):
    """An element whose token waits for its trigger."""

    def __init__(self, wf_spec: Any, name: str, **arguments: Any) -> None:
        hide_library_event(arguments)
        super().__init__(wf_spec, name, **arguments)

    @property
    def trigger(self) -> Trigger:
        trigger = self.element.trigger
        if trigger is None:
            raise Stuck("事件没有触发条件。 The event has no trigger.")
        return trigger

    def work(self, token: Token) -> bool | None:
        trigger, case = self.trigger, token.case
        if trigger.kind == "timer":
            value = evaluate(token, trigger.time)
            planned = schedule(trigger.timer, value, case.environment())
            if trigger.timer == "cycle":
                token.facts["cycle"] = [value, planned.base.isoformat(), 0]
                if planned.cycle is not None and planned.cycle.count == 0:
                    return None  # R0: never
            self._set_job(token, planned.due)
        elif trigger.kind == "message":
            key = evaluate(token, trigger.key)
            case.recorder.subscribed(
                Subscription(
                    token=token.id,
                    name=trigger.name,
                    element_id=self.element.id,
                    key=None if key is None else str(key),
                )
            )
        return None

    def stop_waiting(self, token: Token) -> None:
        if self.trigger.kind == "timer":
            token.case.recorder.job_cleared(token.id)
        elif self.trigger.kind == "message":
            token.case.recorder.unsubscribed(token.id)

    def fire(self, token: Token, values: Mapping[str, Any]) -> None:
        """The trigger has happened."""
        keep_all(token, values)
        self.stop_waiting(token)
        token.complete()

    def rearm(self, token: Token) -> bool:
        """Wait for the next time; False when there is none."""
        if self.trigger.kind != "timer":
            return True
        if self.trigger.timer != "cycle":
            return False
        environment = token.case.environment()
        text, base, fired = token.facts["cycle"]
        cycle = parse_cycle(text, environment.zone)
        due = next_firing(cycle, datetime.fromisoformat(base), fired + 1, environment.zone)
        token.facts["cycle"] = [text, base, fired + 1]
        if due is not None:
            self._set_job(token, due)
        return due is not None

    def _set_job(self, token: Token, due: datetime) -> None:
        token.case.recorder.job_set(
            JobSet(token=token.id, kind="timer", element_id=self.element.id, due_at=due, rule=self.trigger.rule)
        )


class Catch(Waiting, IntermediateCatchEvent):
    """An intermediate catch event or receive task; behind an event-based gateway it races with its neighbours."""

    def leave(self, token: Token) -> None:
        race = token.facts.pop("race", None)
        if race is not None:
            for other in token.workflow.live():
                if other.facts.get("race") == race:
                    other.cancel()
        super().leave(token)


class Boundary(Waiting, BoundaryEvent):
    """Stands beside its host; history knows it only when it fires."""

    def __init__(self, wf_spec: Any, name: str, *, element: Any, **arguments: Any) -> None:
        super().__init__(wf_spec, name, element=element, cancel_activity=element.interrupting, **arguments)

    def enter(self, token: Token) -> None:
        """Nothing has happened yet."""

    def record_cancelled(self, token: Token) -> None:
        """Nothing has happened."""

    def fire(self, token: Token, values: Mapping[str, Any]) -> None:
        if self.element.interrupting:
            self._interrupt(token, values)
        else:
            self._fire_beside(token, values)

    def _interrupt(self, token: Token, values: Mapping[str, Any]) -> None:
        host = token.case.tokens[token.facts.pop("host")]
        keep_all(token, values)
        self.stop_waiting(token)
        self.record(token, "entered")
        host.cancel()
        token.complete()

    def _fire_beside(self, token: Token, values: Mapping[str, Any]) -> None:
        keep_all(token, values)
        flows = self.pick(token)
        self.record(token, "entered")
        self.record(token, "left")
        for flow in flows:
            self.follow(token, flow)
        if not self.rearm(token):
            token.case.recorder.job_cleared(token.id)
            token.case.forget(token)


class Watcher(Waiting, StartEvent):
    """The start event of an event sub-process: watches the level that holds the sub-process."""

    watches = True

    def __init__(self, wf_spec: Any, name: str, *, handler: str, **arguments: Any) -> None:
        super().__init__(wf_spec, name, **arguments)
        self.handler = handler

    def enter(self, token: Token) -> None:
        """Nothing has happened yet."""

    def record_cancelled(self, token: Token) -> None:
        """Nothing has happened."""

    def fire(self, token: Token, values: Mapping[str, Any]) -> None:
        case, level = token.case, token.workflow
        keep_all(token, values)
        if self.element.interrupting:
            self.stop_waiting(token)
            for other in level.live():
                if other is not token and other.id in case.tokens:
                    other.cancel()
        case.spawn(level, place(self.handler), token.scope)
        if self.element.interrupting or not self.rearm(token):
            if not self.element.interrupting:
                case.recorder.job_cleared(token.id)
            case.forget(token)


class Throw(Node, IntermediateThrowEvent):
    """A signal or escalation thrown on the way; a none throw only marks a place."""

    def __init__(self, wf_spec: Any, name: str, **arguments: Any) -> None:
        hide_library_event(arguments)
        super().__init__(wf_spec, name, **arguments)

    def work(self, token: Token) -> bool | None:
        _throw(token, self.element.trigger)
        return True


class End(Throw, EndEvent):
    """An end that throws, or terminates its level."""

    def work(self, token: Token) -> bool | None:
        trigger = self.element.trigger
        if trigger is not None and trigger.kind == "terminate":
            for other in token.workflow.live():
                if other is not token and other.id in token.case.tokens:
                    other.cancel()
            return True
        _throw(token, trigger)
        return True


class MessageThrow(Service):
    """A message end or throw event: work for the outside like a service task."""


def throw_error(token: Token, code: str | None, *, at_token: bool) -> None:
    """Give an error to the nearest boundary or event sub-process that takes it. Raises Stuck when none does."""
    for catcher in _catchers(token, "error", at_token=at_token):
        wanted = catcher.task_spec.trigger.code
        if wanted is None or wanted == code:
            fire(catcher, {})
            return
    raise Stuck(f"错误 {code or '-'} 没有被处理。 The error is not caught.")


def fire(token: Token, values: Mapping[str, Any]) -> None:
    """Let the trigger of a waiting token happen."""
    token.case.move(token, lambda: token.task_spec.fire(token, values))


def _throw(token: Token, trigger: Trigger | None) -> None:
    if trigger is None:
        return
    if trigger.kind == "error":
        throw_error(token, trigger.code, at_token=False)
    elif trigger.kind == "escalation":
        for catcher in _catchers(token, "escalation", at_token=False):
            if catcher.task_spec.trigger.code in {None, trigger.code}:
                fire(catcher, {})
                return
    elif trigger.kind == "signal":
        for other in list(token.case.tokens.values()):
            if _waits_for(other, "signal") and other.task_spec.trigger.name == trigger.name:
                fire(other, {})


def _catchers(token: Token, kind: str, *, at_token: bool) -> Iterator[Token]:
    """What could take an error or escalation, nearest first; those that name a code before those that take any."""
    host = _whole(token) if at_token else None
    while True:
        level = token.workflow
        found = [
            other
            for other in level.live()
            if _waits_for(other, kind)
            and (other.task_spec.watches or (host is not None and other.facts.get("host") == host.id))
        ]
        found.sort(key=lambda other: (other.task_spec.watches, other.task_spec.trigger.code is None))
        yield from found
        if level.parent_task_id is None:
            return
        host = token = _whole(token.case.tokens[level.parent_task_id])


def _whole(token: Token) -> Token:
    """The repeated activity that this item belongs to; boundary events stand beside the whole."""
    return token.case.tokens[token.facts["loop"]] if "loop" in token.facts else token


def _waits_for(token: Token, kind: str) -> bool:
    spec = token.task_spec
    return isinstance(spec, Waiting) and spec.trigger.kind == kind and token._state == WAITS
