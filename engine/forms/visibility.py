"""Which fields a form shows, decided from the case and from what has been filled in."""

from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.feel import Environment, FeelError
from engine.forms.fields import GROUP, LIST, NEW_ROW, Field, path_of, row_path

# A condition may depend on a field that another condition hides; a circle of conditions ends here.
_ROUNDS = 6


def visibility(
    fields: Sequence[Field], values: Mapping[str, Any], *, context: Mapping[str, Any], env: Environment
) -> dict[str, bool]:
    """Path to visible, for every field, group and column of every row, and for the row that could be added next.

    A hidden field answers nothing to the conditions of the others, whatever was filled in.
    """
    shown: dict[str, bool] = {}
    for _ in range(_ROUNDS):
        this_round = _Round(before=shown, env=env)
        # Not merged into one dictionary: a case may hold much that no condition asks for. Nothing is ever written.
        around = cast("MutableMapping[str, Any]", context)
        scope = ChainMap(this_round.answers(fields, values, ""), around)
        shown = dict(this_round.walk(fields, "", scope, values, around=True))
        if shown == this_round.before:
            break
    return shown


@dataclass(frozen=True, kw_only=True)
class _Round:
    """One pass over the form with what the pass before it found visible."""

    before: Mapping[str, bool]
    env: Environment

    def answers(self, fields: Sequence[Field], values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in fields:
            if field.type == GROUP:
                found |= self.answers(field.fields, values, prefix)
            elif field.holds_value:
                visible = self.before.get(path_of(prefix, field.key), True)
                found[field.key] = values.get(field.key) if visible else None
        return found

    def walk(
        self, fields: Sequence[Field], prefix: str, scope: Mapping[str, Any], values: Mapping[str, Any], *, around: bool
    ) -> Iterator[tuple[str, bool]]:
        for field in fields:
            path = path_of(prefix, field.key)
            visible = around and not self._hides(field, scope)
            yield path, visible
            if field.type == GROUP:
                yield from self.walk(field.fields, prefix, scope, values, around=visible)
            elif field.type == LIST:
                yield from self._walk_rows(field, path, scope, values.get(field.key), around=visible)

    def _walk_rows(
        self, field: Field, path: str, scope: Mapping[str, Any], rows: Any, *, around: bool
    ) -> Iterator[tuple[str, bool]]:
        filled: list[tuple[int | str, Any]] = list(enumerate(rows)) if isinstance(rows, list) else []
        for index, found in [*filled, (NEW_ROW, {})]:
            # A locked list shows what the case holds under its name, which need not be rows.
            row = found if isinstance(found, dict) else {}
            prefix = row_path(path, index)
            inner = {**scope, **self.answers(field.fields, row, prefix)}
            yield from self.walk(field.fields, prefix, inner, row, around=around)

    def _hides(self, field: Field, scope: Mapping[str, Any]) -> bool:
        """A condition that cannot be decided hides nothing: a question too many is better than one unasked."""
        if field.hide is None:
            return False
        try:
            return field.hide(scope, self.env) is True
        except FeelError:
            return False
