"""Functions of contexts."""

from engine.feel.functions.registry import builtin, environmental
from engine.feel.limits import Run
from engine.feel.values import Value, from_outside, kind


@environmental("get value(m: context, key: string)")
def get_value(run: Run, m: dict[str, Value], key: str) -> Value:
    return from_outside(m.get(key), run)


@environmental("get value(m: context, keys: list)")
def get_path(run: Run, m: dict[str, Value], keys: list[Value]) -> Value:
    value: Value = m
    for key in keys:
        value = value.get(key) if kind(value) == "context" and isinstance(key, str) else None
    return from_outside(value, run)


@builtin("get entries(m: context)")
def get_entries(m: dict[str, Value]) -> list[Value]:
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context put(context: context, key: string, value: any)")
def context_put(context: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def context_put_path(context: dict[str, Value], keys: list[Value], value: Value) -> dict[str, Value] | None:
    if not keys or not all(isinstance(key, str) for key in keys):
        return None
    result = top = dict(context)
    for key in keys[:-1]:
        inner = top.get(key, {})
        if kind(inner) != "context":
            return None
        top[key] = dict(inner)
        top = top[key]
    top[keys[-1]] = value
    return result


@builtin("context merge(contexts: list)")
def context_merge(contexts: list[Value]) -> dict[str, Value] | None:
    if not all(kind(each) == "context" for each in contexts):
        return None
    return {name: value for each in contexts for name, value in each.items()}


@builtin("context(entries: list)")
def context_of(entries: list[Value]) -> dict[str, Value] | None:
    result: dict[str, Value] = {}
    for entry in entries:
        if kind(entry) != "context" or not isinstance(entry.get("key"), str) or "value" not in entry:
            return None
        if entry["key"] in result:
            return None
        result[entry["key"]] = entry["value"]
    return result
