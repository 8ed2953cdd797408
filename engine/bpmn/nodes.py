"""What all elements share: a token enters, does its work or waits, and leaves along the flows that hold.

Each class here and in the modules beside it stands on the library's class of the same element and replaces how that
class predicts, copies data and evaluates text. An object of these classes belongs to a definition, is shared by all its
cases and threads, and holds no state of a case.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ManualTask, NoneTask, StartEvent
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from engine.bpmn.diagram import Element, Flow
from engine.bpmn.local_scope import drop_local, give_back, open_local
from engine.bpmn.workflow import WAITS, Stuck, Token
from engine.feel import Expression

# A detail of history: this token is one item of a repeated activity, not the activity as a whole.
ITEM = "item"


def kept_place(element_id: str) -> str:
    """The name of the place of a completed sub-process that can be undone."""
    return f"={element_id}/kept"


def place(element_id: str, *, item: bool = False) -> str:
    """The name of an element's spec; no XML id can look like it, nor like the library's own specs."""
    return f"={element_id}/item" if item else f"={element_id}"


def part_place(element_id: str, index: int) -> str:
    """The name of one of several triggers of an event."""
    return f"={element_id}/{index}"


def hide_library_event(arguments: dict[str, Any]) -> None:
    """Our events wait by token number; the library's event machinery sees a none event and stays out."""
    arguments.setdefault("event_definition", NoneEventDefinition())


class Node(BpmnSpecMixin):
    """An element as it runs.

    `watches`: a token here does not keep its process alive. `conditional`: it looks at every change of a variable.
    `counted`: it is repeated or inside something that is, so expressions see the counters. `dormant`: it stands for
    something completed. `undone_by`: where the dormant token of this element stands.
    """

    watches = False
    conditional = False
    dormant = False
    counted = False

    def __init__(
        self,
        wf_spec: Any,
        name: str,
        *,
        element: Element,
        outgoing: Sequence[Flow] = (),
        incoming: Sequence[Flow] = (),
        boundaries: Sequence[str] = (),
        item: bool = False,
        undone_by: str | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(wf_spec, name, bpmn_name=element.info.name, lane=element.info.lane, **arguments)
        self.bpmn_id = element.id
        self.element = element
        self.outgoing = tuple(outgoing)
        self.incoming = tuple(incoming)
        self.boundaries = tuple(boundaries)
        self.item = item
        # The loop as a whole maps nothing, its items do.
        self.mappings = element.mappings if item or element.loop is None else None
        self.undone_by = undone_by

    # -- what a kind of element may say for itself

    def work(self, token: Token) -> bool | None:
        """True: the token goes on. None: it waits."""
        return True

    def released(self, token: Token) -> bool:
        """Asked of a waiting token when nothing moves any more: true lets it `proceed`."""
        return False

    def proceed(self, token: Token) -> None:
        """The wait of a released token is over."""
        token.complete()

    def collect(self, token: Token) -> None:
        """Take over results before the token leaves. May raise Stuck, then it is called again at the retry."""

    def pick(self, token: Token) -> list[Flow]:
        """The flows that the token leaves by. Raises Stuck when it may leave by none."""
        free = [flow for flow in self.outgoing if flow.condition is None and not flow.default]
        chosen = free + [flow for flow in self.outgoing if holds(token, flow.condition)]
        chosen = chosen or [flow for flow in self.outgoing if flow.default]
        if self.outgoing and not chosen:
            raise Stuck("没有一条流出的顺序流满足条件。 No outgoing flow can be taken.")
        return chosen

    def stop_waiting(self, token: Token) -> None:
        """The token is cancelled while it waits: withdraw what it waits for."""

    def close(self, token: Token) -> None:
        """The token is gone: clean up what belonged to it."""
        drop_local(token)
        if "own" in token.facts:
            token.case.variables.drop(token.scope)

    def counts(self, token: Token) -> Mapping[str, Any]:
        """The counters of a repeated activity."""
        return {}

    def counters(self, token: Token) -> Mapping[str, Any]:
        """The counters of the repeated activities around the token, the nearest first."""
        case, found = token.case, dict[str, Any]()
        while True:
            loop = case.tokens.get(token.facts.get("loop", 0))
            if loop is not None:
                index = {"loopCounter": token.facts["index"]} if "index" in token.facts else {}
                found = {**loop.task_spec.counts(loop), **index, **found}
            host = token.workflow.parent_task_id
            if host is None:
                return found
            token = case.tokens[host]

    # -- the life of a token

    def enter(self, token: Token) -> None:
        self.record(token, "entered")
        for name in self.boundaries:
            token.case.spawn(token.workflow, name, token.scope, host=token.id)

    def leave(self, token: Token) -> None:
        self.collect(token)
        if self.mappings is not None:
            give_back(token, self.mappings, keep=self.undone_by == kept_place(self.element.id))
        if self.item:
            self.record(token, "left")
            loop = token.case.tokens[token.facts["loop"]]
            loop.task_spec.returned(loop, token)
            if self.undone_by is not None:
                self.remember(token, whole=loop.id)
            self.close(token)
            return
        flows = self.pick(token)
        self.dismiss_boundaries(token)
        self.record(token, "left")
        if self.undone_by is not None:
            self.remember(token)
        self.close(token)
        for flow in flows:
            self.follow(token, flow)
        if "heals" in token.facts:
            resume(token, token.facts["heals"])

    def remember(self, token: Token, **facts: Any) -> Token | None:
        """Leave a dormant token, so that the activity can be undone; its own variables stay with it."""
        if token.facts.pop("own", None):
            facts["own"] = 1
        case, number = token.case, token.case.new_number()
        name = self.undone_by or ""
        return case.seat(token.workflow, name, token.scope, number=number, state=WAITS, facts=facts)

    def follow(self, token: Token, flow: Flow) -> None:
        case = token.case
        case.recorder.entry("taken", flow.id, token.id)
        target = place(flow.target)
        facts = {"via": flow.id} if token.workflow.spec.task_specs[target].joins else {}
        case.spawn(token.workflow, target, token.scope, **facts)

    def dismiss_boundaries(self, token: Token) -> None:
        if self.boundaries:
            for other in token.workflow.live():
                if other.facts.get("host") == token.id:
                    other.cancel()

    def record(self, token: Token, what: str) -> None:
        info = self.element.info
        detail = ITEM if self.item else ""
        token.case.recorder.entry(what, info.id, token.id, type=info.type, name=info.name, detail=detail)

    @property
    def joins(self) -> bool:
        return False

    # -- the library's hooks

    def test(self) -> None:
        """The diagram was checked at deployment."""

    def _predict_hook(self, my_task: Token) -> None:
        """No prediction: the library would unroll everything behind a join once for each branch."""

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.case.queue_run(my_task)

    def _run(self, my_task: Token) -> bool | None:
        # A token that was stuck has already entered; only its work is tried again.
        if my_task.facts.pop("stuck", None) is None:
            self.enter(my_task)
        if self.mappings is not None:
            open_local(my_task, self.mappings)
        return self.work(my_task)

    def _on_complete_hook(self, my_task: Token) -> None:
        my_task.facts.pop("stuck", None)
        self.leave(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        if my_task.waited:
            self.stop_waiting(my_task)
        self.dismiss_boundaries(my_task)
        self.close(my_task)
        self.record_cancelled(my_task)
        my_task.case.forget(my_task)

    def record_cancelled(self, token: Token) -> None:
        self.record(token, "cancelled")


class Start(Node, StartEvent):
    """A start event, reached when the process or sub-process begins."""

    def __init__(self, wf_spec: Any, name: str, **arguments: Any) -> None:
        hide_library_event(arguments)
        super().__init__(wf_spec, name, **arguments)

    def work(self, token: Token) -> bool | None:
        if self.element.initiator:
            starter = token.case.implicit.get("case", {}).get("starter")
            token.case.variables.assign(token.scope, self.element.initiator, starter)
        return True


class Manual(Node, ManualTask):
    """Done outside; the case passes and remembers that it did."""


class Undefined(Node, NoneTask):
    """A task without a type: the case passes and remembers that it did."""


def resume(token: Token, number: int) -> None:
    """What undid something is done: let the one go on that asked for it, if it still lives."""
    waiting = token.case.tokens.get(number)
    if waiting is not None:
        waiting.task_spec.resume(waiting)


def evaluate(token: Token, expression: Expression | None, local: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression at this token; None without an expression."""
    if expression is None:
        return None
    return expression(token.case.view(token, local), token.case.environment())


def holds(token: Token, expression: Expression | None, local: Mapping[str, Any] | None = None) -> bool:
    """A condition holds only when it is true; null is not."""
    return evaluate(token, expression, local) is True
