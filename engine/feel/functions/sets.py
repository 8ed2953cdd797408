"""Functions of lists that ask which of their items are the same."""

from decimal import Decimal

from engine.feel.functions.lists import concatenate
from engine.feel.functions.registry import environmental
from engine.feel.limits import Run
from engine.feel.values import Value, equal, kind

_HASHED = frozenset({bool, int, Decimal, str})


@environmental("distinct values(list: list)")
def distinct_values(run: Run, items: list[Value]) -> list[Value]:
    return [items[places[0]] for places in _places(run, items)]


@environmental("duplicate values(list: list)")
def duplicate_values(run: Run, items: list[Value]) -> list[Value]:
    """Every value that the list holds more than once, where it first stands."""
    return [items[places[0]] for places in _places(run, items) if len(places) > 1]


@environmental("union(list...: list)")
def union(run: Run, lists: list[list[Value]]) -> list[Value]:
    return distinct_values(run, concatenate(lists))


def _places(run: Run, items: list[Value]) -> list[list[int]]:
    """For every value the places where it stands."""
    found: list[list[int]] = []
    hashed: dict[tuple[str, Value], list[int]] = {}
    others: list[list[int]] = []
    for place, item in enumerate(items):
        if type(item) in _HASHED:
            places = hashed.setdefault((kind(item), item), [])
        else:
            run.charge(1 + len(others) // 10)
            same = (each for each in others if equal(item, items[each[0]], run) is True)
            places = next(same, [])
            if not places:
                others.append(places)
        if not places:
            found.append(places)
        places.append(place)
    return found
