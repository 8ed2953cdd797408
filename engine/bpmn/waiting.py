"""What waits for a trigger: timers, messages, signals, conditions, several at once; each by its token's number.

An event with several triggers is one token that waits and one more for each trigger (a part), so that every job and
subscription still has a token of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import IntermediateCatchEvent

from engine.bpmn.activities import keep_all
from engine.bpmn.facets import Trigger
from engine.bpmn.nodes import Node, evaluate, hide_library_event, holds, part_place
from engine.bpmn.timers import next_firing, parse_cycle, schedule
from engine.bpmn.workflow import WAITS, Stuck, Token
from engine.domain.step import JobSet, Subscription


class Waiting(Node):
    """An element whose token waits for its trigger. `repeats`: it may happen again and again."""

    repeats = False

    def __init__(self, wf_spec: Any, name: str, *, element: Any, **arguments: Any) -> None:
        hide_library_event(arguments)
        super().__init__(wf_spec, name, element=element, **arguments)
        self.conditional = element.trigger is not None and element.trigger.kind == "condition"

    @property
    def trigger(self) -> Trigger:
        trigger = self.element.trigger
        if trigger is None:
            raise Stuck("事件没有触发条件。 The event has no trigger.")
        return trigger

    def work(self, token: Token) -> bool | None:
        match self.trigger.kind:
            case "timer":
                self._start_clock(token)
            case "message" | "signal":
                self._subscribe(token)
            case "condition":
                self.check(token)
            case "several":
                self._spawn_parts(token)
        return None

    def stop_waiting(self, token: Token) -> None:
        match self.trigger.kind:
            case "timer":
                token.case.recorder.job_cleared(token.id)
            case "message" | "signal":
                token.case.recorder.unsubscribed(token.id)
            case "several":
                for other in parts_of(token):
                    other.cancel()

    def fire(self, token: Token, values: Mapping[str, Any]) -> None:
        """The trigger has happened."""
        keep_all(token, values)
        self.stop_waiting(token)
        token.complete()

    def check(self, token: Token) -> None:
        """A variable has changed, or the wait begins: a condition that has become true fires."""
        if not holds(token, self.trigger.condition):
            token.facts.pop("was", None)
        elif not token.facts.get("was"):
            token.facts["was"] = 1
            token.case.queue(token, partial(self.fire, token, {}))

    def rearm(self, token: Token) -> bool:
        """Wait for the next time; False when there is none."""
        trigger = self.trigger
        if trigger.kind == "several" and trigger.parallel:
            if any(part.kind == "timer" and part.timer != "cycle" for part in trigger.parts):
                return False
            self._spawn_parts(token)
        if trigger.kind != "timer":
            return True
        if trigger.timer != "cycle":
            return False
        environment = token.case.environment()
        text, base, fired = token.facts["cycle"]
        cycle = parse_cycle(text, environment.zone)
        due = next_firing(cycle, datetime.fromisoformat(base), fired + 1, environment.zone)
        token.facts["cycle"] = [text, base, fired + 1]
        if due is not None:
            self._set_job(token, due)
        return due is not None

    def event_name(self, token: Token) -> str:
        """The message or signal that the token waits for."""
        return str(token.facts.get("name", self.trigger.name))

    def _start_clock(self, token: Token) -> None:
        trigger = self.trigger
        value = evaluate(token, trigger.time)
        planned = schedule(trigger.timer, value, token.case.environment())
        if trigger.timer == "cycle":
            token.facts["cycle"] = [value, planned.base.isoformat(), 0]
            if planned.cycle is not None and planned.cycle.count == 0:
                return  # R0: never
        self._set_job(token, planned.due)

    def _set_job(self, token: Token, due: datetime) -> None:
        token.case.recorder.job_set(
            JobSet(token=token.id, kind="timer", element_id=self.element.id, due_at=due, rule=self.trigger.rule)
        )

    def _subscribe(self, token: Token) -> None:
        trigger = self.trigger
        if trigger.naming is not None:
            token.facts["name"] = named(token, trigger)
        key = evaluate(token, trigger.key)
        token.case.recorder.subscribed(
            Subscription(
                token=token.id,
                name=self.event_name(token),
                element_id=self.element.id,
                key=None if key is None else str(key),
                kind=trigger.kind,
            )
        )

    def _spawn_parts(self, token: Token) -> None:
        facts = {"host": token.facts["host"]} if "host" in token.facts else {}
        for index in range(len(self.trigger.parts)):
            name = part_place(self.element.id, index)
            token.case.spawn(token.workflow, name, token.scope, main=token.id, **facts)


class Part(Waiting, IntermediateCatchEvent):
    """One trigger of an event with several; history knows the event only."""

    def __init__(self, wf_spec: Any, name: str, *, element: Any, trigger: Trigger, watches: bool) -> None:
        super().__init__(wf_spec, name, element=element)
        self.mappings = None  # the event as a whole maps
        self.part = trigger
        self.watches = watches
        self.conditional = trigger.kind == "condition"

    @property
    def trigger(self) -> Trigger:
        return self.part

    def enter(self, token: Token) -> None:
        """Nothing has happened yet."""

    def record_cancelled(self, token: Token) -> None:
        """Nothing has happened."""

    def fire(self, token: Token, values: Mapping[str, Any]) -> None:
        main = token.case.tokens[token.facts["main"]]
        whole: Waiting = main.task_spec
        if whole.trigger.parallel:
            keep_all(main, values)
            self._end(token)
            if parts_of(main):
                return
        elif whole.repeats and not self.rearm(token):
            self._end(token)
        whole.fire(main, values)

    def _end(self, token: Token) -> None:
        self.stop_waiting(token)
        token.case.forget(token)


def parts_of(token: Token) -> list[Token]:
    """The live parts of an event with several triggers."""
    return [other for other in token.workflow.live() if other.facts.get("main") == token.id]


def named(token: Token, trigger: Trigger) -> str:
    """The name of a message or signal. Raises Stuck when its expression gives no text."""
    if trigger.naming is None:
        return trigger.name
    name = evaluate(token, trigger.naming)
    if not isinstance(name, str) or not name:
        raise Stuck(f"名称表达式没有给出文本。 The name of the {trigger.kind} is no text.")
    return name


def waits_for(token: Token, kind: str) -> bool:
    spec = token.task_spec
    return isinstance(spec, Waiting) and token._state == WAITS and spec.trigger.kind == kind
