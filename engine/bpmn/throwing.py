"""Events that throw: messages, signals, errors, escalations, terminate; and who catches what is thrown."""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import EndEvent, IntermediateThrowEvent, NoneTask

from engine.bpmn.activities import Service
from engine.bpmn.facets import Trigger
from engine.bpmn.nodes import Node, evaluate, hide_library_event
from engine.bpmn.waiting import named, waits_for
from engine.bpmn.workflow import Stuck, Token
from engine.domain.step import Thrown


class Throw(Node, IntermediateThrowEvent):
    """Throws on the way; a none throw only marks a place."""

    def __init__(self, wf_spec: Any, name: str, **arguments: Any) -> None:
        hide_library_event(arguments)
        super().__init__(wf_spec, name, **arguments)

    def work(self, token: Token) -> bool | None:
        trigger = self.element.trigger
        if trigger is not None:
            for part in trigger.parts or (trigger,):
                _throw(token, part)
        return True


class End(Throw, EndEvent):
    """An end that throws, or terminates its level."""


class Send(Node, NoneTask):
    """A send task whose message other cases wait for."""

    def work(self, token: Token) -> bool | None:
        if self.element.trigger is None:
            raise Stuck("发送任务没有消息。 The send task has no message.")
        _throw(token, self.element.trigger)
        return True


class MessageThrow(Service):
    """A message end or throw event with a topic: work for the outside like a service task."""


def throw_error(token: Token, code: str | None, text: str = "", *, at_token: bool) -> None:
    """Give an error to the nearest boundary or event sub-process that takes it. Raises Stuck when none does."""
    if not _catch(token, "error", code, text, at_token=at_token):
        raise Stuck(f"错误 {code or '-'} 没有被处理。 The error is not caught. {text}".rstrip())


def fire(token: Token, values: Mapping[str, Any]) -> None:
    """Let the trigger of a waiting token happen."""
    token.case.move(token, lambda: token.task_spec.fire(token, values))


def _throw(token: Token, trigger: Trigger) -> None:
    match trigger.kind:
        case "error":
            throw_error(token, trigger.code, at_token=False)
        case "escalation":
            _catch(token, "escalation", trigger.code, "", at_token=False)
        case "signal" | "message":
            _send(token, trigger)
        case "terminate":
            for other in token.workflow.live():
                if other is not token and other.id in token.case.tokens and not other.sleeps:
                    other.cancel()


def _send(token: Token, trigger: Trigger) -> None:
    case, name, key = token.case, named(token, trigger), evaluate(token, trigger.key)
    values = {target: evaluate(token, value) for target, value in trigger.inputs.items()}
    mappings = token.task_spec.mappings
    if mappings is not None:
        values.update((target, case.variables.get(token.scope, target)) for target in mappings.inputs)
    case.recorder.thrown(
        Thrown(
            kind=trigger.kind,
            name=name,
            key=None if key is None else str(key),
            values=values,
            element_id=token.task_spec.element.id,
        )
    )
    if trigger.kind == "signal":
        for other in list(case.tokens.values()):
            if waits_for(other, "signal") and other.task_spec.event_name(other) == name:
                fire(other, values)


def _catch(token: Token, kind: str, code: str | None, text: str, *, at_token: bool) -> bool:
    """Whether somebody took the error or escalation."""
    for catcher in _catchers(token, kind, at_token=at_token):
        trigger = catcher.task_spec.trigger
        if trigger.code is None or trigger.code == code:
            kept = {trigger.code_variable: code, trigger.text_variable: text}
            fire(catcher, {name: value for name, value in kept.items() if name})
            return True
    return False


def _catchers(token: Token, kind: str, *, at_token: bool) -> Iterator[Token]:
    """What could take an error or escalation, nearest first; those that name a code before those that take any."""
    host = _whole(token) if at_token else None
    while True:
        level = token.workflow
        found = [
            other
            for other in level.live()
            if waits_for(other, kind)
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
