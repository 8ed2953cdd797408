"""Types of FEEL: what is an instance of one, and what a value becomes where a type is expected."""

from datetime import date

from engine.feel import temporal, tree
from engine.feel.limits import Run
from engine.feel.values import Function, Range, Value, kind

REFUSED = object()
"""Answer of `coerced` for a value that does not fit; null is a value of every type and cannot say that."""

_NAMES = {
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "dateTime": "date and time",
}


def is_instance(value: Value, wanted: tree.TypeName, run: Run) -> bool:
    """`value instance of wanted`: null alone is an instance of Null only; inside lists and contexts it fits."""
    if value is None:
        return wanted.name == "Null"
    return _conforms(value, wanted, run)


def coerced(value: Value, wanted: tree.TypeName, run: Run) -> Value:
    """The value as a parameter of this type takes it: a list of one stands for its item, an item for a list of
    one, a date for its midnight; REFUSED when it does not fit."""
    if _conforms(value, wanted, run):
        return value
    if wanted.name == "list" and kind(value) != "list":
        return [value] if not wanted.arguments or _conforms(value, wanted.arguments[0], run) else REFUSED
    if kind(value) == "list" and len(value) == 1 and wanted.name != "list":
        return coerced(value[0], wanted, run)
    if wanted.name == "date and time" and type(value) is date:
        return temporal.midnight(value, run.env.zone)
    return REFUSED


def _conforms(value: Value, wanted: tree.TypeName, run: Run) -> bool:
    run.charge(1)
    if wanted.named is not None:
        return wanted.named.conforms(value, run)
    name = _NAMES.get(wanted.name, wanted.name)
    if value is None or name == "Any":
        return True
    return kind(value) == name and _parts_conform(value, name, wanted, run)


def _parts_conform(value: Value, name: str, wanted: tree.TypeName, run: Run) -> bool:
    match name:
        case "list" if wanted.arguments:
            return all(_conforms(item, wanted.arguments[0], run) for item in value)
        case "range" if wanted.arguments:
            return _range_of(value, wanted.arguments[0], run)
        case "context":
            return all(field in value and _conforms(value[field], inner, run) for field, inner in wanted.fields)
        case "function" if wanted.arguments:
            return _takes(value, wanted.arguments)
    return True


def _range_of(interval: Range, wanted: tree.TypeName, run: Run) -> bool:
    return _conforms(interval.start, wanted, run) and _conforms(interval.end, wanted, run)


def _takes(function: Function, wanted: tuple[tree.TypeName, ...]) -> bool:
    return len(function.parameters) == len(wanted) and all(
        declared is None or "Any" in (declared.name, asked.name) or declared.name == asked.name
        for declared, asked in zip(function.types, wanted, strict=False)
    )
