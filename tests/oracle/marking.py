"""Where the tokens of a process stand: a tree of levels and tokens that can be copied and compared."""

from collections.abc import Iterator
from typing import Any

from tests.oracle.model import Block, Node

Values = dict[str, Any]


class Level:
    """A process, sub-process or called process that runs, inside the token `host`.

    `armed`: starts of event sub-processes that wait, and how often they may still fire (0: without end).
    `hit`: those of them that a signal has reached and that have not reacted yet.
    """

    __slots__ = ("armed", "block", "hit", "host", "tokens", "variables")

    def __init__(self, block: Block, host: "Token | None", variables: Values | None) -> None:
        self.block = block
        self.host = host
        self.variables = variables
        self.tokens: list[Token] = []
        self.armed: dict[str, int] = {}
        self.hit: set[str] = set()

    def copy(self, host: "Token | None") -> "Level":
        new = Level(self.block, host, None if self.variables is None else dict(self.variables))
        new.tokens = [token.copy(new, None) for token in self.tokens]
        new.armed, new.hit = dict(self.armed), set(self.hit)
        return new

    def key(self) -> tuple[Any, ...]:
        return (_sorted(self.variables), _sorted(self.armed), tuple(sorted(self.hit)), _keys(self.tokens))


class Token:
    """Stands at a node. `state`: come (before it), wait, join (before a gateway that joins), done, or stuck.

    An item of a repeated activity is a token in the `items` of the token of the whole.
    """

    __slots__ = (
        "armed", "dead", "gathered", "hit", "index", "inside", "items", "level", "node", "phase", "rounds", "state",
        "variables", "via", "whole",
    )  # fmt: skip

    def __init__(self, node: Node, level: Level, state: str = "come", via: str = "") -> None:
        self.node = node
        self.level = level
        self.state = state
        self.via = via
        self.phase = ""  # of a stuck token: the state it goes back to
        self.armed: dict[str, int] = {}
        self.hit: set[str] = set()
        self.inside: Level | None = None
        self.items: list[Token] = []
        self.whole: Token | None = None
        self.index = 0
        self.rounds = 0  # items begun
        self.gathered: dict[int, Any] = {}  # index of an item that is done to its result
        self.variables: Values | None = None
        self.dead = False

    def copy(self, level: Level, whole: "Token | None") -> "Token":
        new = Token(self.node, level, self.state, self.via)
        new.phase, new.index, new.rounds, new.dead, new.whole = self.phase, self.index, self.rounds, self.dead, whole
        new.armed, new.hit, new.gathered = dict(self.armed), set(self.hit), dict(self.gathered)
        new.variables = None if self.variables is None else dict(self.variables)
        new.inside = None if self.inside is None else self.inside.copy(new)
        new.items = [item.copy(level, new) for item in self.items]
        return new

    def key(self) -> tuple[Any, ...]:
        return (
            self.node.id,
            self.state,
            self.via,
            self.phase,
            self.dead,
            self.index,
            self.rounds,
            _sorted(self.armed),
            tuple(sorted(self.hit)),
            _sorted(self.gathered),
            _sorted(self.variables),
            () if self.inside is None else self.inside.key(),
            _keys(self.items),
        )

    def scopes(self) -> Iterator[Values]:
        """Where names are looked up, nearest first."""
        if self.variables is not None:
            yield self.variables
        if self.whole is not None:
            yield from self.whole.scopes()
        else:
            yield from scopes(self.level)

    def value(self, name: str) -> Any:
        return next((scope[name] for scope in self.scopes() if name in scope), None)


def scopes(level: Level) -> Iterator[Values]:
    """Where names are looked up from a level; a called process sees nothing of its caller."""
    if level.variables is not None:
        yield level.variables
    elif level.host is not None:
        yield from level.host.scopes()


def assign(found: Iterator[Values], name: str, value: Any) -> None:
    """Give the value to the nearest scope that has the name, else to the nearest scope."""
    every = list(found)
    next((scope for scope in every if name in scope), every[0])[name] = value


def tokens(level: Level) -> Iterator[Token]:
    """Every token of a level and inside it, in the same order for a copy."""
    for token in level.tokens:
        yield from _with_inside(token)


def levels(root: Level) -> Iterator[Level]:
    yield root
    for token in tokens(root):
        if token.inside is not None:
            yield token.inside


def _with_inside(token: Token) -> Iterator[Token]:
    yield token
    for item in token.items:
        yield from _with_inside(item)
    if token.inside is not None:
        yield from tokens(token.inside)


def _sorted(values: dict[Any, Any] | None) -> tuple[Any, ...]:
    return tuple(sorted(values.items())) if values else ()


def _keys(found: list[Token]) -> tuple[Any, ...]:
    keys = [token.key() for token in found]
    return tuple(sorted(keys, key=repr) if len(keys) > 1 else keys)
