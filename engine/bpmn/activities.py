"""Activities: user, script, business rule and service tasks, sub-processes and called processes."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    CallActivity,
    NoneTask,
    ScriptTask,
    ServiceTask,
    SubWorkflowTask,
    UserTask,
)

from engine.bpmn.decision_results import shaped
from engine.bpmn.facets import Call
from engine.bpmn.local_scope import drop_kept
from engine.bpmn.nodes import Node, evaluate, holds, kept_place
from engine.bpmn.seats import spawn_at
from engine.bpmn.timers import due_at
from engine.bpmn.workflow import Stuck, Token
from engine.dmn.nodes import Decidable
from engine.domain.step import JobSet, TaskOpened

MOST_CALLS = 50
LONGEST_PERSON = 64
_PRIORITY = re.compile(r"-?\d{1,9}(\.\d+)?", re.ASCII)


class User(Node, UserTask):
    """Waits for a person."""

    def work(self, token: Token) -> bool | None:
        token.case.recorder.task_opened(self.opened(token))
        return None

    def stop_waiting(self, token: Token) -> None:
        token.case.recorder.task_closed(token.id, "cancelled")

    def opened(self, token: Token) -> TaskOpened:
        """The task as it opens now: to whom, until when. Raises Stuck, FeelError."""
        info, wanted = self.element.info, self.element.assignment
        if wanted is None:
            raise Stuck("任务没有办理设定。 The task has no assignment.")
        priority = evaluate(token, wanted.priority)
        return TaskOpened(
            token=token.id,
            element_id=info.id,
            process_id=info.process_id,
            name=info.name or info.id,
            scope=token.scope,
            assignee=_one(evaluate(token, wanted.assignee)),
            candidate_users=_several(evaluate(token, wanted.users)),
            candidate_groups=_several(evaluate(token, wanted.groups)),
            form_ref=info.form_ref,
            due_at=due_at(evaluate(token, wanted.due), token.case.environment()),
            priority=_priority(priority),
            lane=info.lane,
            articles=info.articles,
        )


class Script(Node, ScriptTask):
    """FEEL assignments, one after the other."""

    def __init__(self, wf_spec: Any, name: str, **arguments: Any) -> None:
        super().__init__(wf_spec, name, script="", **arguments)

    def work(self, token: Token) -> bool | None:
        script = self.element.script
        if script is not None:
            assign_all(token, script(token.case.view(token), token.case.environment()))
        return True


class Computation(Node, NoneTask):
    """Gives the value of one expression to one variable."""

    def work(self, token: Token) -> bool | None:
        formula = self.element.formula
        if formula is not None:
            assign_all(token, {formula.result: evaluate(token, formula.expression)})
        return True


class BusinessRule(Node, NoneTask):
    """Asks a decision table."""

    def __init__(self, wf_spec: Any, name: str, *, decision: Decidable, **arguments: Any) -> None:
        super().__init__(wf_spec, name, **arguments)
        self.decision = decision

    def work(self, token: Token) -> bool | None:
        rule = self.element.rule
        result = self.decision.decide(token.case.view(token), token.case.environment())
        if rule is not None and rule.shape is not None:
            result = shaped(result, rule.shape, self.decision.output_names())
        if rule is not None and rule.result:
            token.case.variables.assign(token.scope, rule.result, result)
        elif isinstance(result, dict):
            assign_all(token, result)
        else:
            token.case.variables.assign(token.scope, self.decision.id, result)
        return True


class Service(Node, ServiceTask):
    """Waits for work done outside the case; a send task and a message end are the same."""

    def work(self, token: Token) -> bool | None:
        work = self.element.work
        if work is None:
            raise Stuck("服务任务没有主题。 The service task has no topic.")
        token.case.recorder.job_set(
            JobSet(token=token.id, kind="service", element_id=self.element.id, topic=work.topic)
        )
        return None

    def stop_waiting(self, token: Token) -> None:
        token.case.recorder.job_cleared(token.id)

    def inputs(self, token: Token) -> dict[str, Any]:
        """What the delegate is given."""
        variables = token.case.variables
        if self.mappings is None or not self.mappings.inputs:
            return variables.visible(token.scope)
        return {name: variables.get(token.scope, name) for name in self.mappings.inputs}

    def take(self, token: Token, outputs: Mapping[str, Any]) -> str | None:
        """Give the delegate's answer to the case. Returns the code of the error that it means, if any."""
        keep_all(token, outputs)
        errors = () if self.element.work is None else self.element.work.errors
        return next((code for condition, code in errors if holds(token, condition)), None)


class SubProcess(Node, SubWorkflowTask):
    """An embedded sub-process: an inside of its own, but no scope of its own."""

    def work(self, token: Token) -> bool | None:
        self.begin(token, token.scope)
        return None

    def begin(self, token: Token, scope: str) -> None:
        case = token.case
        if token.id in case.subprocesses:
            return
        inside = case.enter(token)
        for name in inside.spec.watchers:
            case.spawn(inside, name, scope)
        seats = token.facts.pop("begin", None)
        if seats is not None:  # an operator sends the case into the middle of it
            spawn_at(case, inside, scope, seats)
            return
        for name in inside.spec.firsts:
            case.spawn(inside, name, scope)

    def remember(self, token: Token, **facts: Any) -> Token | None:
        case, inside = token.case, token.case.inside(token)
        if self.undone_by != kept_place(self.element.id):
            return super().remember(token, **facts)
        if inside is None or not (inside.spec.undoer or any(inner.task_spec.dormant for inner in inside.live())):
            return None
        if "local" in token.facts:
            facts["local"] = token.facts.pop("local")  # what is undone inside still sees it
        kept = super().remember(token, **facts)
        if kept is not None:
            del case.subprocesses[token.id]
            inside.parent_task_id = kept.id
            case.subprocesses[kept.id] = inside
        return kept

    def close(self, token: Token) -> None:
        drop_kept(token)
        inside = token.case.inside(token)
        if inside is not None:
            inside.completed = True
            for inner in inside.live():
                if inner.id in token.case.tokens:
                    inner.cancel()
            del token.case.subprocesses[token.id]
        super().close(token)


class CalledProcess(SubProcess, CallActivity):
    """A process called by another: a scope of its own that sees nothing of the caller's."""

    def work(self, token: Token) -> bool | None:
        case, call = token.case, self.element.call
        if call is None:
            raise Stuck("调用活动没有被调用的流程。 Nothing is called.")
        if _depth(token) > MOST_CALLS:
            raise Stuck(f"流程相互调用超过 {MOST_CALLS} 层。 Processes call each other without end.")
        if call.choose is not None:
            token.facts["called"] = self._chosen(token, evaluate(token, call.choose))
        given = self._everything(token, call) if call.everything_in else {}
        given.update((name, evaluate(token, expression)) for name, expression in call.inputs.items())
        scope = case.variables.open(_called(token), token.scope, isolated=True)
        for name, value in given.items():
            case.variables.put(scope, name, value)
        self.begin(token, scope)
        return None

    def _chosen(self, token: Token, process: Any) -> str:
        spec = token.case.subprocess_specs.get(process) if isinstance(process, str) and "/" not in process else None
        if spec is None or any(spec.task_specs[first].element.trigger is not None for first in spec.firsts):
            raise Stuck(f"流程 {process!r} 不在本次部署中，或不能被调用。 No such process can be called.")
        return str(process)

    def _everything(self, token: Token, call: Call) -> dict[str, Any]:
        variables = token.case.variables
        if not call.own_in:
            return variables.visible(token.scope)
        inputs = () if self.mappings is None else self.mappings.inputs
        return {name: variables.get(token.scope, name) for name in inputs}

    def collect(self, token: Token) -> None:
        case, call = token.case, self.element.call
        scope = _called(token)
        if call is None or scope not in case.variables.parents:
            return
        inside = case.variables.visible(scope)
        given = dict(inside) if call.everything_out else {}
        environment = case.environment()
        given.update(
            (name, expression({**case.implicit, **inside}, environment)) for name, expression in call.outputs.items()
        )
        for name in (call.own_out or frozenset()) & given.keys() if "outer" in token.facts else ():
            case.variables.put(token.scope, name, given.pop(name))
        assign_all(token, given)
        # Once only: when the token cannot leave, a later retry must not bring these values back over newer ones.
        case.variables.drop(scope)

    def close(self, token: Token) -> None:
        super().close(token)
        token.case.variables.drop(_called(token))


def assign_all(token: Token, values: Mapping[str, Any]) -> None:
    """Assign as a script does: to the nearest scope that has the name."""
    for name, value in values.items():
        token.case.variables.assign(token.scope, name, value)


def keep_all(token: Token, values: Mapping[str, Any]) -> None:
    """What comes from outside stays in the token's own scope: the votes of two members never meet."""
    variables = token.case.variables
    for name, value in values.items():
        variables.put(variables.home(token.scope, name), name, value)


def inner_scope(token: Token) -> str:
    """Where the variables of what runs inside this sub-process or called process live."""
    called = _called(token)
    return called if called in token.case.variables.parents else token.scope


def _called(token: Token) -> str:
    return f"call{token.id}"


def _depth(token: Token) -> int:
    depth, workflow = 0, token.workflow
    while workflow.parent_task_id is not None:
        depth, workflow = depth + 1, token.case.tokens[workflow.parent_task_id].workflow
    return depth


def _one(value: Any) -> str | None:
    return None if value is None or value == "" else _person(value)


def _several(value: Any) -> tuple[str, ...]:
    """A list, or text with commas."""
    parts = value if isinstance(value, (list, tuple)) else str(value or "").split(",")
    return tuple(_person(part) for part in parts if part is not None and str(part).strip())


def _person(value: Any) -> str:
    """The name of a person or group, which is stored as text of bounded length."""
    name = str(value).strip()
    if len(name) > LONGEST_PERSON:
        raise Stuck(f"办理人 {name[:80]!r} 太长，不是人或组的名称。 It is no name of a person or group.")
    return name


def _priority(value: Any) -> int:
    if value is None or value == "":
        return 50
    text = f"{value:f}" if isinstance(value, Decimal) else str(value).strip()
    if isinstance(value, (int, Decimal, str)) and not isinstance(value, bool) and _PRIORITY.fullmatch(text):
        return int(Decimal(text))
    raise Stuck(f"优先级 {text[:80]!r} 不是数。 The priority is no number.")
