"""Events that catch: on the way, beside an activity, and at the start of an event sub-process.

A boundary event is a token of its own beside its host; so is the start of an event sub-process, which watches the level
it stands in. The library wraps both in splits and joins that break inside loops and ignore `isInterrupting`.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, IntermediateCatchEvent, StartEvent

from engine.bpmn.activities import keep_all
from engine.bpmn.nodes import place, resume
from engine.bpmn.waiting import Waiting
from engine.bpmn.workflow import Token


class Catch(Waiting, IntermediateCatchEvent):
    """An intermediate catch event or receive task; behind an event-based gateway it races with its neighbours.

    A case may have begun here (fact `begun`): then what it would wait for has already happened.
    """

    def work(self, token: Token) -> bool | None:
        return True if token.facts.pop("begun", None) else super().work(token)

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
        self.repeats = not element.interrupting

    def enter(self, token: Token) -> None:
        """Nothing has happened yet."""

    def record_cancelled(self, token: Token) -> None:
        """Nothing has happened."""

    def fire(self, token: Token, values: Mapping[str, Any]) -> None:
        if self.repeats:
            self._fire_beside(token, values)
        else:
            self._interrupt(token, values)

    def _interrupt(self, token: Token, values: Mapping[str, Any]) -> None:
        host = token.case.tokens[token.facts.pop("host")]
        keep_all(token, values)
        self.stop_waiting(token)
        self.record(token, "entered")
        host.cancel()
        token.complete()
        if "heals" in host.facts:
            resume(host, host.facts["heals"])

    def _fire_beside(self, token: Token, values: Mapping[str, Any]) -> None:
        keep_all(token, values)
        flows = self.pick(token)
        self.record(token, "entered")
        self.record(token, "left")
        for flow in flows:
            self.follow(token, flow)
        if not self.rearm(token):
            self.stop_waiting(token)
            token.case.forget(token)


class Watcher(Waiting, StartEvent):
    """The start event of an event sub-process: watches the level that holds the sub-process."""

    watches = True

    def __init__(self, wf_spec: Any, name: str, *, element: Any, handler: str, **arguments: Any) -> None:
        super().__init__(wf_spec, name, element=element, **arguments)
        self.handler = handler
        self.repeats = not element.interrupting

    def enter(self, token: Token) -> None:
        """Nothing has happened yet."""

    def record_cancelled(self, token: Token) -> None:
        """Nothing has happened."""

    def fire(self, token: Token, values: Mapping[str, Any]) -> None:
        case, level = token.case, token.workflow
        keep_all(token, values)
        if not self.repeats:
            self.stop_waiting(token)
            for other in level.live():
                # What was completed can still be undone by the sub-process that takes over.
                if other is not token and other.id in case.tokens and not other.sleeps:
                    other.cancel()
        case.spawn(level, place(self.handler), token.scope)
        if self.repeats:
            if self.rearm(token):
                return
            self.stop_waiting(token)
        case.forget(token)
