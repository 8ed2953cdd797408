"""Gateways. Joins count tokens by the flow they came along, not the history of the task tree.

The library counts old arrivals again in later rounds of a loop; here an arrival waits as a live token and is used once.
"""

from functools import cached_property
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway

from engine.bpmn.diagram import Flow
from engine.bpmn.nodes import Node, hide_library_event, holds, place
from engine.bpmn.workflow import WAITS, Stuck, Token


class Exclusive(Node, ExclusiveGateway):
    """The first flow whose condition holds, else the default one."""

    def pick(self, token: Token) -> list[Flow]:
        for flow in self.outgoing:
            if not flow.default and (flow.condition is None or holds(token, flow.condition)):
                return [flow]
        chosen = [flow for flow in self.outgoing if flow.default]
        if self.outgoing and not chosen:
            raise Stuck("没有一条流出的顺序流满足条件。 No outgoing flow can be taken.")
        return chosen


class _Join(Node):
    """Waits for tokens of other incoming flows."""

    @property
    def joins(self) -> bool:
        return len(self.incoming) > 1

    def arrivals(self, token: Token) -> dict[str, Token]:
        """The oldest waiting token of each incoming flow, this one included."""
        found: dict[str, Token] = {}
        for other in token.workflow.live():
            if other.task_spec is self and (other is token or other._state == WAITS):
                found.setdefault(other.facts["via"], other)
        return found

    def consume(self, token: Token, arrived: dict[str, Token]) -> None:
        """Use up one arrival of each flow; `token` goes on for all of them."""
        # Two tokens may stand on the flow of `token`; the older one must go with this round.
        for other in arrived.values():
            if other is not token:
                if other.facts["via"] == token.facts["via"]:
                    continue
                self.record(other, "left")
                other.case.forget(other)


class Parallel(_Join, ParallelGateway):
    """Goes on when each incoming flow has brought a token."""

    def work(self, token: Token) -> bool | None:
        if not self.joins:
            return True
        arrived = self.arrivals(token)
        if len(arrived) < len(self.incoming):
            return None
        self.consume(token, arrived)
        return True


class Inclusive(_Join, InclusiveGateway):
    """Goes on when no other token can still reach a flow that has brought none (BPMN 2.0.2, table 13.3).

    A token in an activity may leave by its flows and by those boundary events that can still happen, so the join
    waits for a running activity whose timer, message or error leads here. It does not wait for a token that could as
    well come by a flow that has already brought one: such a token counts for the next round. Event sub-processes have
    no flows that lead out, so nothing comes from there.
    """

    def work(self, token: Token) -> bool | None:
        if not self.joins:
            return True
        arrived = self.arrivals(token)
        if len(arrived) < len(self.incoming) and not self._is_last(token, arrived):
            return None
        self.consume(token, arrived)
        return True

    def released(self, token: Token) -> bool:
        return self._is_last(token, self.arrivals(token))

    def proceed(self, token: Token) -> None:
        self.consume(token, self.arrivals(token))
        token.complete()

    def _is_last(self, token: Token, arrived: dict[str, Token]) -> bool:
        if token.case.moving():
            return False
        empty = {flow.id for flow in self.incoming} - arrived.keys()
        reached: dict[int, frozenset[str]] = {}
        for other in token.workflow.live():
            facts = other.facts
            waits_here = other.task_spec is self and (other is token or other._state == WAITS)
            # One that is stuck on its way out will go on some day, and may then come back.
            if waits_here or other.task_spec.watches or "main" in facts:
                continue
            # What waits behind an event-based gateway is one token of the standard, still at the gateway; so are an
            # activity, its items and its boundary events.
            one = facts.get("race") or facts.get("host") or facts.get("loop") or other.id
            reached[one] = reached.get(one, frozenset()) | self.reach.get(other.task_spec.element.id, frozenset())
        return not any(flows & empty and not flows & arrived.keys() for flows in reached.values())

    @cached_property
    def reach(self) -> dict[str, frozenset[str]]:
        """Element to the incoming flows that a token standing there can come along without passing this gateway.

        Boundary events of the element itself are left out: those that can still happen have tokens of their own.
        """
        by_flow: dict[str, list[str]] = {}
        beside: dict[str, str] = {}
        for node in self._wf_spec.task_specs.values():
            if isinstance(node, Node) and not node.item:
                for flow in node.outgoing:
                    by_flow.setdefault(flow.target, []).append(flow.source)
                if node.element.info.attached_to:
                    beside[node.element.id] = node.element.info.attached_to
        found: dict[str, set[str]] = {}
        for incoming in self.incoming:
            ahead = self._before(incoming.source, by_flow, beside)
            found.setdefault(incoming.source, set()).add(incoming.id)
            for element_id in ahead:
                for source in by_flow.get(element_id, ()):
                    found.setdefault(source, set()).add(incoming.id)
        return {element_id: frozenset(flows) for element_id, flows in found.items()}

    def _before(self, element_id: str, by_flow: dict[str, list[str]], beside: dict[str, str]) -> set[str]:
        """The element and all from which it can be reached without passing this gateway."""
        seen = {element_id}
        stack = [element_id]
        while stack:
            here = stack.pop()
            sources = [*by_flow.get(here, ()), *([beside[here]] if here in beside else [])]
            for source in sources:
                if source != self.element.id and source not in seen:
                    seen.add(source)
                    stack.append(source)
        return seen


class EventBased(Node, EventBasedGateway):
    """The first of the events behind it wins; each waits with a token of its own, so two timers keep their times.

    Where a case begins here, fact `begun` names the event that began it.
    """

    def __init__(self, wf_spec: Any, name: str, **arguments: Any) -> None:
        hide_library_event(arguments)
        super().__init__(wf_spec, name, **arguments)

    def pick(self, token: Token) -> list[Flow]:
        begun = token.facts.get("begun")
        if begun is None or self.element.race_for_all:
            return list(self.outgoing)
        return [flow for flow in self.outgoing if flow.target == begun]

    def follow(self, token: Token, flow: Flow) -> None:
        begun = token.facts.get("begun")
        facts = {"race": token.id} if begun is None else {"begun": 1} if flow.target == begun else {}
        token.case.recorder.entry("taken", flow.id, token.id)
        token.case.spawn(token.workflow, place(flow.target), token.scope, **facts)
