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
  An item whose results nothing gathers leaves its values to the scope around it when it is done.
"""

from tests.oracle.events import announce, propagate, times
from tests.oracle.joins import may_join
from tests.oracle.marking import Level, Token, Values, assign
from tests.oracle.model import Block, Flow


def opened(block: Block, host: Token | None, variables: Values | None) -> Level:
    """A level that begins."""
    level = Level(block, host, variables)
    for handler in block.handlers:
        start = handler.inside.first
        level.armed[start.id] = times(start)
    level.tokens.append(Token(block.first, level))
    return level


# -- the moves of a token


def enter(token: Token) -> None:
    node = token.node
    if token.whole is None:
        token.armed = {event.id: times(event) for event in token.level.block.boundaries[node.id]}
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


def pick(token: Token) -> list[Flow]:
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
    ended = len(token.gathered) == loop.count or (
        until is not None and until.holds(counts.get(until.name, item.value(until.name)))
    )
    if not loop.gather:
        for name, value in (item.variables or {}).items():
            if name != "loopCounter":
                assign(token.scopes(), name, value)
    if ended:
        token.items.clear()
        token.state = "done"
    elif loop.kind == "sequential":
        begin_item(token)


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
