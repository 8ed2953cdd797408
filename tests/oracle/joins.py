"""When an inclusive join may go on (BPMN 2.0.2, table 13.3).

What an activity may leave by includes its boundary events, as far as they can still happen; the standard speaks of
sequence flows only.

At least one incoming flow has a token, and from every flow of the level that has a token: when a directed path leads
to an incoming flow without token and does not visit the gateway, then another such path leads to one with a token.
"""

from functools import cache

from tests.oracle.marking import Token
from tests.oracle.model import Block


def may_join(token: Token) -> bool:
    block, gateway = token.level.block, token.node
    at_join = [t for t in token.level.tokens if t.node is gateway and t.state == "join"]
    filled = {other.via for other in at_join}
    empty = {flow.id for flow in block.incoming[gateway.id]} - filled
    for other in token.level.tokens:
        if other in at_join:
            continue
        if other.state == "come":
            reached = {other.via} if other.node is gateway else reach(block, gateway.id, other.node.id)
        else:
            reached = reach(block, gateway.id, other.node.id, frozenset(other.armed))
        if reached & empty and not reached & filled:
            return False
    return True


@cache
def reach(block: Block, gateway: str, node: str, armed: frozenset[str] | None = None) -> frozenset[str]:
    """The incoming flows of the gateway that a token at the node can come along, not visiting the gateway before.

    `armed`: the boundary events of the node that can still happen, None: all.
    """
    found: set[str] = set()
    seen = {node}
    stack = [node]
    while stack:
        here = stack.pop()
        beside = [event.id for event in block.boundaries[here]]
        sources = [here, *(event for event in beside if here != node or armed is None or event in armed)]
        for flow in (flow for source in sources for flow in block.outgoing[source]):
            if flow.target == gateway:
                found.add(flow.id)
            elif flow.target not in seen:
                seen.add(flow.target)
                stack.append(flow.target)
    return frozenset(found)
