"""The variables of a case: values by scope and name, loaded when first read, changed ones remembered."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

CASE = ""
LOCAL = "local"
Key = tuple[str, str]
Load = Callable[[], dict[Key, Any]]


class Later:
    """A stored value, read when somebody asks for it: a large one costs nothing in a step that does not touch it."""

    def __init__(self, read: Callable[[], Any]) -> None:
        self.read = read


class Variables:
    """Scopes nest: case, called process (isolated: nothing outside is seen), item of a multi-instance, and the local
    scope of an activity with mapped inputs, which keeps nothing but these.

    `parents` maps a live scope to (parent, isolated); the case itself is not listed.
    """

    def __init__(self, load: Load | None = None, parents: dict[str, tuple[str, bool]] | None = None) -> None:
        self.parents = parents or {}
        self._load = load
        self._values: dict[Key, Any] = {}
        self._changed: dict[Key, None] = {}
        self._dropped: dict[str, None] = {}
        self._written: set[str] = set()

    def open(self, label: str, parent: str, *, isolated: bool) -> str:
        """The name of the new scope: it begins with that of the scope that is seen from it."""
        scope = label if isolated or parent == CASE else f"{parent}/{label}"
        self.parents[scope] = (parent, isolated)
        return scope

    def drop(self, scope: str) -> None:
        """Forget the scope, those inside it, and what they hold."""
        for inner in [name for name, (parent, _) in self.parents.items() if parent == scope]:
            self.drop(inner)
        if self.parents.pop(scope, None) is None:
            return
        self._dropped[scope] = None
        for key in [key for key in self._values if key[0] == scope]:
            del self._values[key]
        for key in [key for key in self._changed if key[0] == scope]:
            del self._changed[key]

    def chain(self, scope: str) -> Iterator[str]:
        """The scopes that are seen from `scope`, nearest first."""
        while scope != CASE:
            yield scope
            parent, isolated = self.parents[scope]
            if isolated:
                return
            scope = parent
        yield CASE

    def get(self, scope: str, name: str) -> Any:
        """The value seen from `scope`, None when there is none."""
        values = self._all()
        return next((self._value((at, name)) for at in self.chain(scope) if (at, name) in values), None)

    def has(self, scope: str, name: str) -> bool:
        values = self._all()
        return any((at, name) in values for at in self.chain(scope))

    def visible(self, scope: str) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        values = self._all()
        for at in reversed(list(self.chain(scope))):
            seen.update((name, self._value((owner, name))) for owner, name in values if owner == at)
        return seen

    def names(self) -> dict[str, list[str]]:
        """Scope to the names of what it holds."""
        found: dict[str, list[str]] = {}
        for owner, name in self._all():
            found.setdefault(owner, []).append(name)
        return found

    def own(self, scope: str) -> dict[str, Any]:
        """What the scope itself holds."""
        return {name: self._value((owner, name)) for owner, name in list(self._all()) if owner == scope}

    def assign(self, scope: str, name: str, value: Any) -> None:
        """Give the value to the nearest scope that has the name, else to the nearest scope that is not local."""
        if scope == CASE:
            self.put(CASE, name, value)  # nothing to look up: spares the load
            return
        values = self._all()
        owner = next((at for at in self.chain(scope) if (at, name) in values), None)
        self.put(self.home(scope, name) if owner is None else owner, name, value)

    def home(self, scope: str, name: str) -> str:
        """Where a value from outside belongs: a local scope takes it only if it has the name."""
        while scope.rpartition("/")[2].startswith(LOCAL) and not self.owns(scope, name):
            scope = self.parents[scope][0]
        return scope

    def owns(self, scope: str, name: str) -> bool:
        return (scope, name) in self._all()

    def put(self, scope: str, name: str, value: Any) -> None:
        self._values[scope, name] = value
        self._changed[scope, name] = None
        self._written.add(name)

    def take_changes(self) -> tuple[dict[Key, Any], list[str]]:
        """What changed since the last call: values, and scopes that are gone."""
        changed = {key: self._values[key] for key in self._changed}
        dropped = list(self._dropped)
        self._changed, self._dropped, self._written = {}, {}, set()
        return changed, dropped

    def _value(self, key: Key) -> Any:
        value = self._values[key]
        if isinstance(value, Later):
            value = self._values[key] = value.read()
        return value

    def take_written(self) -> set[str]:
        """The names that were written since the last call of this or of `take_changes`."""
        written, self._written = self._written, set()
        return written

    def _all(self) -> dict[Key, Any]:
        if self._load is not None:
            load, self._load = self._load, None
            # What was written before the first read is newer than what is stored; dropped scopes stay dropped.
            loaded = {key: value for key, value in load().items() if key[0] == CASE or key[0] in self.parents}
            self._values = loaded | self._values
        return self._values


class View(Mapping[str, Any]):
    """What an expression sees from a scope: local names first, then variables, then implicit ones such as `case`."""

    def __init__(
        self, variables: Variables, scope: str, implicit: Mapping[str, Any], local: Mapping[str, Any] | None = None
    ) -> None:
        self._variables = variables
        self._scope = scope
        self._implicit = implicit
        self._local = local or {}

    def __getitem__(self, name: str) -> Any:
        if name in self._local:
            return self._local[name]
        if self._variables.has(self._scope, name):
            return self._variables.get(self._scope, name)
        return self._implicit[name]

    def __contains__(self, name: object) -> bool:
        return name in self._local or name in self._implicit or self._variables.has(self._scope, str(name))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._local, *self._variables.visible(self._scope), *self._implicit]))

    def __len__(self) -> int:
        return sum(1 for _ in self)
