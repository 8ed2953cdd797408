"""What may happen to a process from outside, and every marking in which it may then come to rest."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle import events, game
from tests.oracle.marking import Level, Token, Values, levels, scopes, tokens
from tests.oracle.model import Block, Node

# Of states met on the way to rest, and of tokens; a process that goes beyond is not played on.
MOST_STATES = 400
MOST_TOKENS = 40
WAITS = {"user": "task", "service": "service", "receive": "message"}


class TooMany(Exception):
    """The process has more states or tokens than are worth following."""


@dataclass(frozen=True, order=True)
class Action:
    """`kind`: task, service, timer, message, signal, fail or retry. `x`: the value that comes with it.

    `counter`: of the item of a multi-instance where it happens; -1 in no item, None when that is not known.
    """

    kind: str
    element: str
    x: int | None = None
    code: str = ""
    counter: int | None = None

    @property
    def values(self) -> Values:
        return {} if self.x is None else {"x": self.x}


def begin(block: Block, variables: Values) -> list[Level]:
    """The markings in which a case that starts may rest."""
    return rests([game.opened(block, None, dict(variables))])


def after(markings: list[Level], action: Action) -> list[Level]:
    """The markings in which it may rest after the action; it may have happened at any place that fits."""
    changed = []
    for marking in markings:
        done = set()
        for index, (token, level, node) in enumerate(places(marking)):
            # Tokens that nothing tells apart need one try only.
            same = (id(level), node.id, () if token is None else (id(token.whole), token.key()))
            if same in done or not fits(action, token, node):
                continue
            done.add(same)
            copy = marking.copy(None)
            act(action, *list(places(copy))[index])
            changed.append(copy)
    return rests(changed)


def places(root: Level) -> Iterator[tuple[Token | None, Level, Node]]:
    """Where something may happen: a token and the event or activity there, or a level and a start that waits in it."""
    for level in levels(root):
        for handler in level.block.handlers:
            if handler.inside.first.id in level.armed:
                yield None, level, handler.inside.first
    for token in tokens(root):
        yield token, token.level, token.node
        for node in events.waiting_events(token):
            if node is not token.node:
                yield token, token.level, node


def fits(action: Action, token: Token | None, node: Node) -> bool:
    if node.id != action.element:
        return False
    if action.counter is not None and token is not None and token.value("loopCounter") not in _counters(action):
        return False
    return action.kind in waits_for(token, node)


def _counters(action: Action) -> set[int | None]:
    return {None} if action.counter == -1 else {action.counter}


def waits_for(token: Token | None, node: Node) -> set[str]:
    """The kinds of actions that are possible at a place."""
    if token is not None and token.state == "stuck" and node is token.node:
        return {"retry"}
    if token is None or node is not token.node or node.kind == "catch":
        return {node.event.kind} & {"timer", "message", "signal"}
    if token.state != "wait" or node.kind not in WAITS or (node.loop is not None and token.whole is None):
        return set()
    return {WAITS[node.kind], "fail"} if node.kind == "service" else {WAITS[node.kind]}


def act(action: Action, token: Token | None, level: Level, node: Node) -> None:
    if token is None:
        next(scopes(level)).update(action.values)
        events.fire_handler(level, next(handler for handler in level.block.handlers if handler.inside.first is node))
    elif action.kind == "retry":
        if token.phase == "done":
            token.state = "done"
        else:
            game.work(token)
    elif action.kind == "fail":
        if not events.propagate(token, "error", action.code, at_token=True):
            token.state, token.phase = "stuck", "work"
    elif action.kind in {"timer", "message", "signal"}:
        events.happen(token, node, action.values)
    else:
        next(token.scopes()).update(action.values)
        token.state = "done"


# -- coming to rest


def rests(markings: list[Level]) -> list[Level]:
    """Every marking at rest that the moves lead to; those given are changed. Raises TooMany."""
    found: dict[object, Level] = {}
    seen: set[object] = set()
    stack = list(markings)
    while stack:
        marking = stack.pop()
        _calm_down(marking)
        key = marking.key()
        if key in seen:
            continue
        seen.add(key)
        if len(seen) > MOST_STATES:
            raise TooMany
        following = followers(marking)
        if not following:
            _mark_dead(marking)
            found[marking.key()] = marking
        stack.extend(following)
    return list(found.values())


def _calm_down(marking: Level) -> None:
    """Make the moves that commute with all others at once."""
    if any(level.hit for level in levels(marking)) or any(token.hit for token in tokens(marking)):
        return
    for _ in range(MOST_STATES):
        every = list(tokens(marking))
        if len(every) > MOST_TOKENS:
            break
        calm = next((t for t in every if game.can_move(t) and _is_calm(marking.block, t)), None)
        if calm is None:
            return
        game.move(calm)
    raise TooMany


def followers(marking: Level) -> list[Level]:
    """The markings one move on."""
    reactions = list(_reactions(marking))
    if reactions:
        return reactions
    every = list(tokens(marking))
    able = [index for index, token in enumerate(every) if game.can_move(token)]
    if not able:
        able = [index for index, token in enumerate(every) if game.may_go_on(token)]
    return [_moved(marking, index) for index in able]


def _is_calm(root: Block, token: Token) -> bool:
    """Whether the move commutes with every other: nothing else can tell when it happens.

    A token that is taken away takes along all that it did, unless that reached beyond it.
    """
    node, block = token.node, token.level.block
    loop = node.loop
    if node.event is not None and node.kind in {"throw", "end"}:
        return False
    if node.kind == "script" and token.state == "come" and (root.takes_away or node.gives is not None):
        return False
    if loop is not None and (loop.gather or (loop.until is not None and token.state == "done")):
        return False
    if root.moves_data and (
        node.kind == "call" or loop is not None or any(f.condition for f in block.outgoing[node.id])
    ):
        return False
    return not (root.signals and block.awaits_signal(node.id))


def _moved(marking: Level, index: int) -> Level:
    copy = marking.copy(None)
    game.move(list(tokens(copy))[index])
    return copy


def _reactions(marking: Level) -> Iterator[Level]:
    """What a signal has reached reacts first, in any order."""
    hits = [(index, start) for index, level in enumerate(levels(marking)) for start in sorted(level.hit)]
    for index, start in hits:
        copy = marking.copy(None)
        level = list(levels(copy))[index]
        level.hit.discard(start)
        events.fire_handler(level, next(h for h in level.block.handlers if h.inside.first.id == start))
        yield copy
    for index, token in enumerate(tokens(marking)):
        for event in sorted(token.hit):
            copy = marking.copy(None)
            again = list(tokens(copy))[index]
            if again.node.kind == "race":
                again.hit.clear()
            again.hit.discard(event)
            events.happen(again, again.level.block.nodes[event], {})
            yield copy


def _mark_dead(marking: Level) -> None:
    for level in levels(marking):
        if level.tokens and all(token.state == "join" for token in level.tokens):
            for token in level.tokens:
                token.dead = True


# -- what can be seen


def seen(marking: Level) -> tuple[object, ...]:
    """Whether it has ended, its variables, and the multiset of what waits."""
    if not marking.tokens:
        return (True, tuple(sorted(marking.variables.items())), ())
    waiting: Counter[tuple[str, str]] = Counter()
    for token, _, node in places(marking):
        if token is not None and node is token.node:
            if token.state == "join":
                waiting["dead" if token.dead else "join", node.id] += 1
            if token.state == "stuck":
                waiting["stuck", node.id] += 1
        for kind in waits_for(token, node) - {"fail", "retry"}:
            waiting[kind, node.id] += 1
    return (False, tuple(sorted(marking.variables.items())), tuple(sorted(waiting.items())))
