"""Play the same actions on the engine and on the token game, and compare what can be seen after each."""

from collections import Counter
from dataclasses import replace
from typing import Any

from engine.bpmn.deployment import read
from engine.bpmn.workflow import RunsForEver
from tests.oracle.actions import Action, TooMany, after, begin, seen
from tests.oracle.marking import Level
from tests.oracle.model import Block, Node
from tests.oracle.picture import CODES, picture
from tests.oracle.sketch import Chance
from tests.unit.bpmn.running import Case

MOST_MARKINGS = 60
COMMANDS = {
    "task": "complete",
    "service": "finish_service",
    "timer": "fire_timer",
    "message": "correlate",
    "signal": "signal",
}


class Player:
    """A case on the engine, seen as the token game sees its own."""

    def __init__(self, block: Block, values: dict[str, Any], *, keep: bool = False) -> None:
        self.nodes: dict[str, Node] = {node.id: node for node in block.all_nodes()}
        package = read({"p.bpmn": picture(block)}, form_ids=(), groups=None, topics=("work",))
        self.case = Case(package.definitions["p"], block.first.id, values)
        self.case.keep = keep
        self._incidents: dict[int, tuple[str, str]] = {}
        self._learn()

    def aim(self, action: Action, which: int) -> tuple[Action, int]:
        """One of the tokens that the action fits, counted by `which`; the action says what can be known of it."""
        found = self._tokens(action)
        token = found[which % len(found)]
        if action.kind != "task":
            return action, token
        seen = self.case.execution().variables(self.case.tasks[token].scope)
        return replace(action, counter=int(seen.get("loopCounter", -1))), token

    def do(self, action: Action, token: int) -> None:
        if action.kind in {"service", "fail", "timer"}:
            due = self.case.jobs.pop(token).due_at
            self.case.now = max(self.case.now, due or self.case.now)
        if action.kind == "fail":
            self.case._do("fail_service", token, action.code)
        elif action.kind in {"retry", "timer"}:
            self._incidents.pop(token, None)
            self.case._do(COMMANDS.get(action.kind, action.kind), token)
        else:
            self.case._do(COMMANDS[action.kind], token, action.values)
        self._learn()

    def _tokens(self, action: Action) -> list[int]:
        case = self.case
        if action.kind == "task":
            return sorted(token for token, task in case.tasks.items() if task.element_id == action.element)
        if action.kind in {"message", "signal"}:
            return sorted(token for token, row in case.subscriptions.items() if row.element_id == action.element)
        if action.kind == "retry":
            return sorted(token for token, row in self._incidents.items() if row == ("stuck", action.element))
        return sorted(token for token, job in case.jobs.items() if job.element_id == action.element)

    def actions(self) -> list[tuple[str, str]]:
        """Kinds and elements of what may happen next."""
        waiting = [key for key, _ in self.seen()[2] if key[0] not in {"join", "dead"}]
        return [("retry", name) if kind == "stuck" else (kind, name) for kind, name in waiting]

    def _learn(self) -> None:
        places = self.case.execution().places()
        for raised in self.case.last.incidents:
            kind = "dead" if raised.message.startswith("汇聚网关") else "stuck"
            self._incidents[raised.token] = (kind, raised.element_id)
        self._incidents = {token: incident for token, incident in self._incidents.items() if token in places}

    def seen(self) -> tuple[object, ...]:
        case = self.case
        variables = tuple(sorted((name, _plain(value)) for name, value in case.variables.items()))
        if case.ended:
            return (True, variables, ())
        waiting = Counter(("task", task.element_id) for task in case.tasks.values())
        waiting.update((job.kind, job.element_id) for job in case.jobs.values())
        waiting.update((row.kind, row.element_id) for row in case.subscriptions.values())
        waiting.update(self._incidents.values())
        for token, name in case.execution().places().items():
            if token not in self._incidents and self.nodes[name].kind in {"parallel", "inclusive"}:
                waiting["join", name] += 1
        return (False, variables, tuple(sorted(waiting.items())))


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else int(value)


class Figures(Counter[str]):
    """What was played: cases, steps, cases given up because too much may happen."""


def play(block: Block, chance: Chance, figures: Figures, *, steps: int = 12) -> None:
    """Raises AssertionError with the actions and what each side shows when the two differ."""
    values = {"x": chance.number(3), "n1": 0, "n2": 0}
    story: list[Action] = []
    figures["cases"] += 1
    try:
        markings = begin(block, values)
        player = Player(block, values, keep=chance.number(3) == 3)
        markings = agreeing(markings, player, story)
        for _ in range(steps):
            choices = player.actions()
            if not choices:
                break
            kind, element = choices[chance.number(len(choices) - 1)]
            action, token = player.aim(_drawn(kind, element, chance), chance.number(3))
            story.append(action)
            markings = after(markings, action)
            player.do(action, token)
            markings = agreeing(markings, player, story)
            figures["steps"] += 1
        figures["ended"] += player.case.ended
        figures["dead"] += any(kind == "dead" for (kind, _), _ in player.seen()[2])
    except TooMany:
        figures["given up"] += 1
    except RunsForEver:
        assert not markings, (story, "the engine does not come to rest")
        figures["endless"] += 1


def _drawn(kind: str, element: str, chance: Chance) -> Action:
    if kind == "service" and chance.number(2) == 2:
        return Action(kind="fail", element=element, code=CODES[chance.number(1)])
    x = chance.number(4) - 1 if kind in {"task", "service", "message", "signal"} else -1
    return Action(kind=kind, element=element, x=None if x < 0 else x)


def agreeing(markings: list[Level], player: Player, story: list[Action]) -> list[Level]:
    """The markings that look as the engine does."""
    shown = player.seen()
    left = [marking for marking in markings if seen(marking) == shown]
    if not left:
        raise AssertionError(
            f"after {story}\nthe engine shows {shown}\nthe game allows "
            + "\n  or ".join(sorted({str(seen(marking)) for marking in markings}) or ["nothing"])
        )
    if len(left) > MOST_MARKINGS:
        raise TooMany
    return left
