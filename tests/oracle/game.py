"""The token game of BPMN 2.0.2, written from the standard: which moves a marking has and where they lead.

Tokens move one at a time in any order, so that what one action leads to is a set of markings. Where the standard leaves
room, these readings are taken:

* An inclusive join is looked at when nothing else moves (clause 13.4.2 says when it may go on, not when it must), and
  tokens in activities count as tokens that will leave by any flow, through their boundary events too.
* A token that can leave by no flow stays where it is until someone tries again; so does an error that nobody catches.
* A level whose tokens all wait at joins can never go on: its joins are dead.
* An error or escalation goes outwards level by level; on each the boundary events of the activity come before the
  event sub-processes, those that name its code before those that take any.
* A signal reaches what waits at that moment, in any order.
* Values of an action belong to the scope where it happens: an item of a multi-instance, a called process, the case.
"""

from collections.abc import Iterator

from tests.oracle.joins import may_join
from tests.oracle.marking import Level, Token, Values, assign, scopes, tokens
from tests.oracle.model import Block, Node


def opened(block: Block, host: Token | None, variables: Values | None) -> Level:
    """A level that begins."""
    level = Level(block, host, variables)
    for handler in block.handlers:
        start = handler.inside.first
        level.armed[start.id] = _times(start)
    level.tokens.append(Token(block.first, level))
    return level


def _times(node: Node) -> int:
    return node.event.times if node.event.kind == "timer" else 0


# -- the moves of a token


def enter(token: Token) -> None:
    node = token.node
    if token.whole is None:
        token.armed = {event.id: _times(event) for event in token.level.block.boundaries[node.id]}
        if node.loop is not None:
            begin_items(token)
            return
    work(token)


def work(token: Token) -> None:
    """What the node does with a token that has come."""
    node, level = token.node, token.level
    token.state = "wait"
    if node.kind in {"sub", "call"}:
        variables = None
        if node.kind == "call":
            variables = {name: value for scope in reversed(list(token.scopes())) for name, value in scope.items()}
        token.inside = opened(node.inside, token, variables)
    elif node.kind in {"parallel", "inclusive"} and len(level.block.incoming[node.id]) > 1:
        token.state = "join"
    elif node.kind == "script":
        if node.counts:
            assign(token.scopes(), node.counts, token.value(node.counts) + 1)
        else:
            assign(token.scopes(), "x", node.gives)
        token.state = "done"
    elif node.kind in {"throw", "end"} and node.event is not None:
        throw(token)
    elif node.kind not in {"user", "service", "receive", "catch", "race"}:
        token.state = "done"


def leave(token: Token) -> None:
    if token.whole is not None:
        returned(token.whole, token)
        return
    chosen = pick(token)
    outgoing = token.level.block.outgoing[token.node.id]
    if outgoing and not chosen:
        token.state, token.phase = "stuck", "done"
        return
    token.level.tokens.remove(token)
    token.level.tokens.extend(Token(token.level.block.nodes[flow.target], token.level, via=flow.id) for flow in chosen)


def pick(token: Token) -> list:
    """The flows that a token leaves by."""
    outgoing = token.level.block.outgoing[token.node.id]
    chosen = [
        flow
        for flow in outgoing
        if not flow.default and (flow.condition is None or flow.condition.holds(token.value(flow.condition.name)))
    ]
    chosen = chosen or [flow for flow in outgoing if flow.default]
    return chosen[:1] if token.node.kind == "exclusive" else chosen


def join(token: Token) -> None:
    """One token of each flow that has brought one goes on as one."""
    seen: set[str] = set()
    for other in list(token.level.tokens):
        if other.node is token.node and other.state == "join" and other.via not in seen:
            seen.add(other.via)
            token.level.tokens.remove(other)
    token.level.tokens.append(Token(token.node, token.level, "done"))


def close(token: Token) -> None:
    """The inside has ended."""
    if token.node.kind == "call":
        assign(token.scopes(), "x", token.inside.variables["x"])
    token.inside, token.state = None, "done"


# -- repetition


def begin_items(token: Token) -> None:
    loop = token.node.loop
    token.state = "wait"
    if loop.gather:
        assign(token.scopes(), f"r_{token.node.id}", ())
    if loop.kind == "standard":
        if loop.test_before and not goes_on(token):
            token.state = "done"
        else:
            begin_item(token)
    elif loop.count == 0:
        token.state = "done"
    else:
        for _ in range(loop.count if loop.kind == "parallel" else 1):
            begin_item(token)


def begin_item(token: Token) -> None:
    item = Token(token.node, token.level)
    item.whole, item.index = token, token.rounds
    if token.node.loop.kind != "standard":
        item.variables = {"loopCounter": token.rounds}
    token.rounds += 1
    token.items.append(item)


def goes_on(token: Token) -> bool:
    """Whether a standard loop has another round."""
    loop = token.node.loop
    if token.rounds >= loop.count:
        return False
    until = loop.until
    return until is None or until.holds(token.rounds if until.name == "loopCounter" else token.value(until.name))


def returned(token: Token, item: Token) -> None:
    """An item is done."""
    loop = token.node.loop
    token.items.remove(item)
    if loop.kind == "standard":
        if goes_on(token):
            begin_item(token)
        else:
            token.state = "done"
        return
    token.gathered[item.index] = item.value("x")
    if loop.gather:
        assign(token.scopes(), f"r_{token.node.id}", tuple(x for _, x in sorted(token.gathered.items())))
    counts = {"nrOfCompletedInstances": len(token.gathered)}
    until = loop.until
    if len(token.gathered) == loop.count or (
        until is not None and until.holds(counts.get(until.name, item.value(until.name)))
    ):
        token.items.clear()
        token.state = "done"
    elif loop.kind == "sequential":
        begin_item(token)


# -- events


def throw(token: Token) -> None:
    event = token.node.event
    token.state = "done"
    if event.kind == "terminate":
        token.level.tokens = [token]
        token.level.armed.clear()
    elif event.kind == "signal":
        announce(token, event.name)
    else:
        caught = propagate(token, event.kind, event.name, at_token=False)
        if not caught and event.kind == "error":
            token.state, token.phase = "stuck", "work"


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


def levels(root: Level) -> Iterator[Level]:
    yield root
    for token in tokens(root):
        if token.inside is not None:
            yield token.inside


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


def move(token: Token) -> None:
    """The one thing that the token can do by itself; see `can_move`."""
    if token.state == "come":
        enter(token)
    elif token.state == "done":
        leave(token)
    elif token.state == "join":
        join(token)
    else:
        close(token)


def can_move(token: Token) -> bool:
    """Whether the token can move whatever the rest of the case does."""
    if token.state in {"come", "done"}:
        return True
    if token.state == "join":
        arrived = {t.via for t in token.level.tokens if t.node is token.node and t.state == "join"}
        return len(arrived) == len(token.level.block.incoming[token.node.id])
    return token.inside is not None and not token.inside.tokens


def may_go_on(token: Token) -> bool:
    """Whether the token is at an inclusive join that no other token can reach any more."""
    return token.state == "join" and token.node.kind == "inclusive" and may_join(token)
