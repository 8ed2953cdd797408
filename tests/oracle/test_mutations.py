"""The token game notices errors put into the engine on purpose: a test that cannot fail would prove nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.bpmn import activities, codec, events, joins, multi_instance, nodes, throwing, waiting, workflow
from engine.bpmn.scopes import CASE
from tests.oracle.drawn import notices

EXAMPLES = 1_000


def _join_by_token(join: Any, token: Any) -> dict[str, Any]:
    here = [other for other in token.workflow.live() if other.task_spec is join]
    return {str(other.id): other for other in here if other is token or other._state == workflow.WAITS}


def _keep_in_case(token: Any, values: Any) -> None:
    for name, value in values.items():
        token.case.variables.put(CASE, name, value)


def _all_but_the_last(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: original(*arguments)[:-1]


def _restored_without_facts(original: Callable[..., Any]) -> Callable[..., Any]:
    def level(number: int, here: Any) -> list[Any]:
        encoded: list[Any] = original(number, here)
        return [*encoded[:2], [row[:4] if "via" in (row[4:] or [{}])[0] else row for row in encoded[2]]]

    return level


def _in_the_order_of_completion(done: list[int], index: int) -> None:
    done.append(index)


Mutation = tuple[Any, str, Any]
MUTATIONS: dict[str, Mutation] = {
    "a parallel join counts tokens, not flows": (joins._Join, "arrivals", _join_by_token),
    "an inclusive join waits for nobody": (joins.Inclusive, "_is_last", lambda *_: True),
    "an inclusive join waits for every flow": (joins.Inclusive, "_is_last", lambda *_: False),
    "an exclusive gateway takes every flow that holds": (joins.Exclusive, "pick", nodes.Node.pick),
    "the losers of a race stay": (events.Catch, "leave", nodes.Node.leave),
    "boundary events outlive their activity": (nodes.Node, "dismiss_boundaries", lambda *_: None),
    "an interrupted sub-process goes on inside": (activities.SubProcess, "close", nodes.Node.close),
    "every boundary event interrupts": (events.Boundary, "_fire_beside", events.Boundary._interrupt),
    "a cycle never ends": (waiting.Waiting, "rearm", lambda *_: True),
    "nobody catches errors and escalations": (throwing, "_catchers", lambda *_, **__: iter(())),
    "terminate only ends its own token": (throwing.End, "work", lambda *_: True),
    "multi-instance leaves out the last item": (
        multi_instance.MultiInstance,
        "_items",
        _all_but_the_last(multi_instance.MultiInstance._items),
    ),
    "results come in the order of completion": (multi_instance, "insort", _in_the_order_of_completion),
    "a standard loop has one round": (multi_instance.StandardLoop, "_again", lambda *_: False),
    "what items submit lands in the case": (activities, "keep_all", _keep_in_case),
    "the results of a called process are lost": (activities.CalledProcess, "collect", lambda *_: None),
    "watchers keep their level alive": (
        workflow._Level,
        "idle",
        lambda self: all(task.id < 0 for task in self.tasks.values()),
    ),
    "a restored join forgets the flows of its tokens": (codec, "_level", _restored_without_facts(codec._level)),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_token_game_notices_that(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, replacement = MUTATIONS[name]
    if name == "what items submit lands in the case":
        monkeypatch.setattr("engine.bpmn.interpreter.keep_all", replacement)
    monkeypatch.setattr(owner, attribute, replacement)

    assert notices(EXAMPLES)
