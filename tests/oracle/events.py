"""Events of the token game: who catches what is thrown, and what happens then."""

from collections.abc import Iterator

from tests.oracle.marking import Level, Token, Values, levels, scopes, tokens
from tests.oracle.model import Node


def times(node: Node) -> int:
    return node.event.times if node.event.kind == "timer" else 0


def propagate(token: Token, kind: str, code: str, *, at_token: bool) -> bool:
    """Give an error or escalation to the nearest event that takes it; whether there is one."""
    activity: Token | None = (token.whole or token) if at_token else None
    level: Level | None = token.level
    while level is not None:
        boundaries = level.block.boundaries[activity.node.id] if activity is not None else []
        for wanted in (code, ""):
            for node in boundaries:
                if node.id in activity.armed and (node.event.kind, node.event.name) == (kind, wanted):
                    fire_boundary(activity, node)
                    return True
        for wanted in (code, ""):
            for handler in level.block.handlers:
                start = handler.inside.first
                if start.id in level.armed and (start.event.kind, start.event.name) == (kind, wanted):
                    fire_handler(level, handler)
                    return True
        host = level.host
        activity = None if host is None else host.whole or host
        level = None if activity is None else activity.level
    return False


def announce(thrower: Token, name: str) -> None:
    """Mark everything that waits for the signal; each reacts in a move of its own, before anything else moves."""
    root = thrower.level
    while root.host is not None:
        root = root.host.level
    for level in levels(root):
        for handler in level.block.handlers:
            start = handler.inside.first
            if start.id in level.armed and start.event.kind == "signal" and start.event.name == name:
                level.hit.add(start.id)
    for token in tokens(root):
        for node in waiting_events(token):
            if node.event.kind == "signal" and node.event.name == name:
                token.hit.add(node.id)


def waiting_events(token: Token) -> Iterator[Node]:
    """The events that a token waits for, those beside its activity too."""
    block = token.level.block
    if token.node.kind == "race" and token.state == "wait":
        for flow in block.outgoing[token.node.id]:
            yield block.nodes[flow.target]
    elif token.state == "wait" and token.node.kind in {"catch", "receive"} and (token.whole or not token.node.loop):
        yield token.node
    for node_id in token.armed:
        yield block.nodes[node_id]


def happen(token: Token, node: Node, values: Values) -> None:
    """An event that the token waits for has happened."""
    if node.kind == "boundary":
        next(scopes(token.level)).update(values)
        fire_boundary(token, node)
    else:
        next(token.scopes()).update(values)
        token.node, token.state = node, "done"


def fire_boundary(activity: Token, node: Node) -> None:
    level = activity.level
    if node.interrupting:
        level.tokens.remove(activity)
    else:
        _count_down(activity.armed, node)
    level.tokens.append(Token(node, level, "done"))


def fire_handler(level: Level, handler: Node) -> None:
    start = handler.inside.first
    if start.interrupting:
        level.tokens.clear()
        level.armed.clear()
        level.hit.clear()
    else:
        _count_down(level.armed, start)
    level.tokens.append(Token(handler, level))


def _count_down(armed: dict[str, int], node: Node) -> None:
    if node.event.kind == "timer":
        armed[node.id] -= 1
        if armed[node.id] == 0:
            del armed[node.id]
