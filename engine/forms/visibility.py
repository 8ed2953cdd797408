"""Which fields a form shows, decided from the case and from what has been filled in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.feel import Environment, FeelError
from engine.forms.fields import GROUP, LIST, NEW_ROW, Field, path_of, row_path

# A condition may depend on a field that another condition hides; a circle of conditions ends here.
_ROUNDS = 6

Shown = tuple[str, Field, bool]


def visibility(
    fields: Sequence[Field], values: Mapping[str, Any], *, context: Mapping[str, Any], env: Environment
) -> dict[str, bool]:
    """Path to visible, for every field, group and column of every row, and for the row that could be added next.

    A hidden field answers nothing to the conditions of the others, whatever was filled in.
    """
    shown: dict[str, bool] = {}
    for _ in range(_ROUNDS):
        before = shown
        scope = {**context, **_answers(fields, values, before)}
        shown = {path: visible for path, _, visible in _walk(fields, "", scope, values, env, around=True)}
        if shown == before:
            break
    return shown


def _answers(fields: Sequence[Field], values: Mapping[str, Any], shown: Mapping[str, bool]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for field in fields:
        if field.type == GROUP:
            answers |= _answers(field.fields, values, shown)
        elif field.holds_value:
            answers[field.key] = values.get(field.key) if shown.get(field.key, True) else None
    return answers


def _walk(
    fields: Sequence[Field],
    prefix: str,
    scope: Mapping[str, Any],
    values: Mapping[str, Any],
    env: Environment,
    *,
    around: bool,
) -> Iterator[Shown]:
    for field in fields:
        path = path_of(prefix, field.key)
        visible = around and not _hides(field, scope, env)
        yield path, field, visible
        if field.type == GROUP:
            yield from _walk(field.fields, prefix, scope, values, env, around=visible)
        elif field.type == LIST:
            yield from _walk_rows(field, path, scope, values.get(field.key), env, around=visible)


def _walk_rows(
    field: Field, path: str, scope: Mapping[str, Any], rows: Any, env: Environment, *, around: bool
) -> Iterator[Shown]:
    filled: list[tuple[int | str, Any]] = list(enumerate(rows)) if isinstance(rows, list) else []
    for index, row in [*filled, (NEW_ROW, {})]:
        answers = row if isinstance(row, dict) else {}
        nothing = _answers(field.fields, {}, {})
        yield from _walk(
            field.fields, row_path(path, index), {**scope, **nothing, **answers}, answers, env, around=around
        )


def _hides(field: Field, scope: Mapping[str, Any], env: Environment) -> bool:
    """A condition that cannot be decided hides nothing: a question too many is better than one unasked."""
    if field.hide is None:
        return False
    try:
        return field.hide(scope, env) is True
    except FeelError:
        return False
