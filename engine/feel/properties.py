"""Entries and properties of values, and their types."""

from engine.feel import temporal, tree
from engine.feel.limits import Run
from engine.feel.values import Value, from_outside, kind


def entry_of(value: Value, name: str, run: Run) -> Value:
    found = kind(value)
    if found == "context":
        return from_outside(value.get(name), run)
    if found == "list":
        run.charge(1 + len(value))
        return [entry_of(item, name, run) for item in value]
    part = temporal.PARTS.get(found, {}).get(name)
    return None if part is None else part(value)


def is_instance(value: Value, wanted: tree.TypeName) -> bool:
    if wanted.name == "Any":
        return value is not None
    found = kind(value)
    if found != ("null" if wanted.name == "Null" else wanted.name):
        return False
    if found == "list" and wanted.arguments:
        return all(is_instance(item, wanted.arguments[0]) for item in value)
    return all(name in value and is_instance(value[name], inner) for name, inner in wanted.fields)
