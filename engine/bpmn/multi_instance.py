"""Activities that repeat: parallel and sequential multi-instance, standard loop.

The loop is one token that waits; each item is a token of its own beside it. An item of a multi-instance has its own
scope: what its task submits stays there until `outputElement` gathers it, in the order of the items.
"""

import re
from bisect import insort
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)

from engine.bpmn.facets import Loop
from engine.bpmn.nodes import Node, evaluate, holds, place
from engine.bpmn.workflow import Stuck, Token

MOST_ITEMS = 5_000
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


class Repeated(Node):
    """What all repetitions share: items are tokens that name this one as their loop."""

    @property
    def loop(self) -> Loop:
        loop = self.element.loop
        if loop is None:
            raise Stuck("活动不重复。 The activity does not repeat.")
        return loop

    def begin_item(self, token: Token, scope: str, **facts: Any) -> None:
        token.case.spawn(token.workflow, place(self.element.id, item=True), scope, loop=token.id, **facts)

    def returned(self, token: Token, item: Token) -> None:
        """An item is done. Evaluates first and changes afterwards, so that it may be tried again."""
        raise NotImplementedError

    def stop_waiting(self, token: Token) -> None:
        """Cancelled as a whole: its completed items cannot be undone any more."""
        for item in token.workflow.live():
            if item.facts.get("whole") == token.id:
                item.cancel()

    def cancel_items(self, token: Token) -> None:
        for item in token.workflow.live():
            if item.facts.get("loop") == token.id and item.id in token.case.tokens:
                item.cancel()

    def close(self, token: Token) -> None:
        self.cancel_items(token)
        for scope in token.facts.get("scopes", ()):
            token.case.variables.drop(scope)
        super().close(token)


class MultiInstance(Repeated):
    """Facts: `n` items, `done` their indexes, `scopes` of items that have not begun (sequential).

    Results are gathered in a scope of the token's own: a second token in the same activity has results of its own.
    """

    def work(self, token: Token) -> bool | None:
        case, loop = token.case, self.loop
        items = self._items(token)
        if loop.output_collection:
            case.variables.open(f"gathered{token.id}", token.scope, isolated=True)
            case.variables.assign(token.scope, loop.output_collection, [])
        if not items:
            return True
        token.facts.update(n=len(items), done=[])
        scopes = [self._open(token, index, item) for index, item in enumerate(items)]
        first = 1 if loop.kind == "sequential" else len(scopes)
        if scopes[first:]:
            token.facts["scopes"] = scopes[first:]
        for index, scope in enumerate(scopes[:first]):
            self.begin_item(token, scope, own=1, index=index)
        return None

    def returned(self, token: Token, item: Token) -> None:
        case, loop, facts = token.case, self.loop, token.facts
        index, done = item.facts["index"], [*facts["done"]]
        insort(done, index)
        local = dict(self._counts(token, len(done)), loopCounter=index)
        if loop.output_collection:
            gathered = [*(case.variables.get(_gathering(token), loop.output_collection) or [])]
            gathered.insert(done.index(index), evaluate(item, loop.output_element, local))
            local[loop.output_collection] = gathered
        finished = len(done) == facts["n"] or holds(item, loop.completion, local)
        if loop.output_collection:
            case.variables.put(_gathering(token), loop.output_collection, local[loop.output_collection])
            case.variables.assign(token.scope, loop.output_collection, local[loop.output_collection])
        else:
            self._hand_over(token, item)
        facts["done"] = done
        if finished:
            # The item leaves by itself; the rest goes at once, for another one could be done in this very step.
            item.facts.pop("loop")
            self.cancel_items(token)
            case.queue_completion(token)
        elif facts.get("scopes"):
            scope, *rest = facts["scopes"]
            facts["scopes"] = rest
            self.begin_item(token, scope, own=1, index=len(done))

    def lost(self, token: Token) -> None:
        """Items were cancelled by hand: those that are left count as all there are."""
        facts = token.facts
        running = sum(other.facts.get("loop") == token.id for other in token.workflow.live())
        facts["n"] = len(facts["done"]) + running + len(facts.get("scopes", ()))
        if not running:
            scope, *facts["scopes"] = facts["scopes"]
            self.begin_item(token, scope, own=1, index=token.case.variables.get(scope, "loopCounter"))

    def close(self, token: Token) -> None:
        token.case.variables.drop(f"gathered{token.id}")
        super().close(token)

    def _items(self, token: Token) -> list[Any]:
        loop = self.loop
        if loop.collection is not None:
            items = evaluate(token, loop.collection)
            if not isinstance(items, (list, tuple)):
                raise Stuck("多实例的集合不是列表。 The collection is no list.")
            items = list(items)
        else:
            count = evaluate(token, loop.cardinality)
            count = int(count) if isinstance(count, str) and _NUMBER.fullmatch(count) else count
            if not isinstance(count, (int, Decimal)) or isinstance(count, bool) or count < 0 or count != int(count):
                raise Stuck("多实例的次数不是自然数。 The cardinality is no natural number.")
            items = [None] * min(int(count), MOST_ITEMS + 1)
        if len(items) > MOST_ITEMS:
            raise Stuck(f"多实例超过 {MOST_ITEMS} 项。 Too many items.")
        return items

    def _open(self, token: Token, index: int, item: Any) -> str:
        variables = token.case.variables
        scope = variables.open(f"item{token.case.new_number()}", token.scope, isolated=False)
        if self.loop.element_variable:
            variables.put(scope, self.loop.element_variable, item)
        variables.put(scope, "loopCounter", index)
        return scope

    def _hand_over(self, token: Token, item: Token) -> None:
        """Nothing gathers the results: what the item wrote goes on to the scope around it, the last one's stays.

        While they run the items do not see each other's values; Camunda 7 lets them overwrite each other.
        """
        variables = token.case.variables
        for name, value in variables.own(item.scope).items():
            if name not in {self.loop.element_variable, "loopCounter"}:
                variables.assign(token.scope, name, value)

    def counts(self, token: Token) -> Mapping[str, Any]:
        return self._counts(token, len(token.facts["done"]))

    def _counts(self, token: Token, done: int) -> Mapping[str, Any]:
        count = token.facts["n"]
        active = 1 if self.loop.kind == "sequential" and done < count else count - done
        return {
            "nrOfInstances": count,
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": active if done < count else 0,
        }


class ParallelMultiInstance(MultiInstance, ParallelMultiInstanceTask):
    """All items at once."""


class SequentialMultiInstance(MultiInstance, SequentialMultiInstanceTask):
    """One item after the other."""


class StandardLoop(Repeated, StandardLoopTask):
    """Again while the condition holds; facts: `round` counts from 0. No scope of its own."""

    def work(self, token: Token) -> bool | None:
        count = token.facts.setdefault("round", 0)
        if self.loop.test_before and not self._again(token, count):
            return True
        self.begin_item(token, token.scope)
        return None

    def returned(self, token: Token, item: Token) -> None:
        count = token.facts["round"] + 1
        again = self._again(token, count)
        token.facts["round"] = count
        if again:
            self.begin_item(token, token.scope)
        else:
            item.facts.pop("loop")
            token.case.queue_completion(token)

    def counts(self, token: Token) -> Mapping[str, Any]:
        return {"loopCounter": token.facts["round"]}

    def _again(self, token: Token, count: int) -> bool:
        loop = self.loop
        if loop.maximum is not None and count >= loop.maximum:
            return False
        return loop.condition is None or holds(token, loop.condition, {"loopCounter": count})


def _gathering(token: Token) -> str:
    # Activities that began under the first release gather in the variable itself.
    scope = f"gathered{token.id}"
    return scope if scope in token.case.variables.parents else token.scope
