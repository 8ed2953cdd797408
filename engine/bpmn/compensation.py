"""Compensation: undo what was completed, the last first, one after the other.

A completed activity that can be undone leaves a dormant token, which keeps no process alive; its number tells when the
activity was completed. A completed sub-process keeps its level with the dormant tokens inside. Who compensates wakes
the youngest of them, and when that work is done (fact `heals`) the next, until none is left.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, NoneTask

from engine.bpmn.local_scope import drop_kept
from engine.bpmn.nodes import Node, hide_library_event, place, resume
from engine.bpmn.throwing import End, Throw, fire
from engine.bpmn.waiting import waits_for
from engine.bpmn.workflow import Token


class _Dormant(Node):
    """A completed activity that can be undone. Fact `whole`: the repeated activity that it was an item of."""

    watches = True
    dormant = True

    def awake(self, token: Token, by: Token) -> None:
        """Undo the activity, then let `by` go on."""
        raise NotImplementedError

    def record_cancelled(self, token: Token) -> None:
        """Nothing has happened."""


class Undo(_Dormant, BoundaryEvent):
    """A compensation boundary event; the activity that it is associated with does the work."""

    def __init__(self, wf_spec: Any, name: str, *, handler: str, **arguments: Any) -> None:
        hide_library_event(arguments)
        super().__init__(wf_spec, name, cancel_activity=False, **arguments)
        self.handler = handler

    def awake(self, token: Token, by: Token) -> None:
        self.record(token, "entered")
        self.record(token, "left")
        own = {"own": 1} if token.facts.pop("own", None) else {}
        token.case.forget(token)
        token.case.spawn(token.workflow, place(self.handler), token.scope, heals=by.id, **own)


class Kept(_Dormant, NoneTask):
    """A completed sub-process whose completed activities can be undone, by its own handler when it has one."""

    def awake(self, token: Token, by: Token) -> None:
        token.facts["heals"] = by.id
        inside = token.case.subprocesses[token.id]
        if inside.spec.undoer:
            token.case.spawn(inside, inside.spec.undoer, token.facts.get("local", token.scope), heals=token.id)
        else:
            self.resume(token)

    def resume(self, token: Token) -> None:
        case = token.case
        inside = case.subprocesses[token.id]
        if inside.spec.undoer or not awake_next([inside], by=token):
            self.close(token)
            case.forget(token)
            resume(token, token.facts["heals"])

    def close(self, token: Token) -> None:
        for inner in token.case.subprocesses[token.id].live():
            if inner.id in token.case.tokens:
                inner.cancel()
        del token.case.subprocesses[token.id]
        drop_kept(token)
        super().close(token)


class Compensate(Throw):
    """A throw event that undoes what its scope has completed, or one activity of it, and waits until it is undone."""

    def work(self, token: Token) -> bool | None:
        token.facts["upto"] = token.case.last_number
        return None if self._next(token) else True

    def resume(self, token: Token) -> None:
        if not self._next(token):
            token.case.queue_completion(token)

    def _next(self, token: Token) -> bool:
        trigger = self.element.trigger
        activity = None if trigger is None else trigger.activity
        return awake_next(_visible(token), by=token, activity=activity, upto=token.facts["upto"])


class CompensateEnd(Compensate, End):
    """The same at the end of a path."""


class CancelEnd(CompensateEnd):
    """Ends a transaction: what runs inside stops, what was completed is undone, the cancel event beside it goes on."""

    def work(self, token: Token) -> bool | None:
        for other in token.workflow.live():
            if other is not token and other.id in token.case.tokens and not other.sleeps:
                other.cancel()
        return super().work(token)

    def leave(self, token: Token) -> None:
        case, host = token.case, token.workflow.parent_task_id
        self.record(token, "left")
        for other in case.tokens[host].workflow.live():
            if other.facts.get("host") == host and waits_for(other, "cancel"):
                case.forget(token)
                fire(other, {})
                return


def awake_next(levels: Iterable[Any], *, by: Token, activity: str | None = None, upto: int | None = None) -> bool:
    """Wake the youngest dormant token of these levels; False when there is none."""
    found = [
        token
        for level in levels
        for token in level.live()
        if token.sleeps
        and (upto is None or token.id <= upto)
        and (activity is None or activity in {token.task_spec.element.id, token.task_spec.element.info.attached_to})
        and token.facts.get("whole") not in token.case.tokens
    ]
    if not found:
        return False
    youngest = max(found, key=lambda token: token.id)
    youngest.task_spec.awake(youngest, by)
    return True


def _visible(token: Token) -> list[Any]:
    """The level of the token; from inside an event sub-process that which it belongs to, too."""
    levels = [token.workflow]
    while levels[-1].parent_task_id is not None:
        host = token.case.tokens[levels[-1].parent_task_id]
        if not host.task_spec.element.event_sub_process:
            break
        levels.append(host.workflow)
    return levels
