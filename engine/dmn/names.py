"""Names that logic sees, one level upon another; nothing is copied, since a case may hold large variables."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.feel.values import Value


class Names(Mapping[str, Value]):
    """`own` names hide those of `outer`."""

    __slots__ = ("outer", "own")

    def __init__(self, own: dict[str, Value], outer: Mapping[str, Value]) -> None:
        self.own = own
        self.outer = outer

    def __getitem__(self, name: str) -> Value:
        level: Mapping[str, Value] = self
        while isinstance(level, Names):
            if name in level.own:
                return level.own[name]
            level = level.outer
        return level[name]

    def get(self, name: str, default: Any = None) -> Any:
        level: Mapping[str, Value] = self
        while isinstance(level, Names):
            if name in level.own:
                return level.own[name]
            level = level.outer
        return level.get(name, default)

    def __contains__(self, name: object) -> bool:
        level: Mapping[str, Value] = self
        while isinstance(level, Names):
            if name in level.own:
                return True
            level = level.outer
        return name in level

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from (name for name in self.outer if name not in self.own)

    def __len__(self) -> int:
        return sum(1 for _ in self)
