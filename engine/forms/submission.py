"""Check a submission against its form and give the values that a case takes from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from engine.domain.rejection import FieldError
from engine.feel import Environment, FeelError
from engine.forms.coercion import Coerced, coerce, is_empty, refused
from engine.forms.decoding import OVERFLOW, PAIR_LIMIT, decode
from engine.forms.fields import CHOICE_TYPES, GROUP, LIST, Field, Source, everywhere, flattened, path_of, row_path
from engine.forms.schema import Form
from engine.forms.visibility import visibility

__all__ = ["Submission", "choice_sources", "decode", "validate", "visible_fields"]

# Rows of all lists of one submission together: lists within lists multiply.
_ROWS_IN_ALL = 1_000
_UNKNOWN_SHOWN = 20

Choices = Mapping[str, Collection[str]]


@dataclass(frozen=True, kw_only=True)
class Submission:
    """`values` holds every visible field that may be changed, empty ones as None; `errors` is by field path."""

    values: dict[str, Any]
    errors: dict[str, list[FieldError]]
    file_ids: list[str] = field(default_factory=list)


def choice_sources(form: Form) -> list[Source]:
    """Each source of choices of the form once."""
    found = {item.source.key: item.source for item in everywhere(form.fields) if item.source is not None}
    return list(found.values())


def validate(form: Form, raw: Any, *, context: Mapping[str, Any], env: Environment, choices: Choices) -> Submission:
    """Coerce, check and prune a submission. `choices`: key of a Source to the values it offers. Never raises.

    A hidden field is dropped whatever it holds, a locked field keeps the value of the case.
    """
    reading = _Reading(context=context, env=env, choices=choices)
    typed = reading.level(form.fields, raw, "")
    shown = visibility(form.fields, reading.scope(form, typed), context=context, env=env)
    pruning = _Pruning(shown=shown, found=reading.errors)
    values = pruning.level(form.fields, typed, "")
    return Submission(
        values=values, errors={**reading.misplaced, **pruning.errors}, file_ids=list(dict.fromkeys(pruning.file_ids))
    )


def visible_fields(form: Form, raw: Any, *, context: Mapping[str, Any], env: Environment) -> dict[str, bool]:
    """Path to visible for what has been filled in so far, typed or as posted. Never raises.

    Holds every field, group ("@id") and column of every row, and the columns of a new row ("list[__index__].x").
    """
    reading = _Reading(context=context, env=env, choices=None)
    typed = reading.level(form.fields, raw, "")
    return visibility(form.fields, reading.scope(form, typed), context=context, env=env)


class _Reading:
    """Gives every field its typed value, and notes what does not fit. `choices` None: any choice is fine."""

    def __init__(self, *, context: Mapping[str, Any], env: Environment, choices: Choices | None) -> None:
        self.context = context
        self.env = env
        self.choices = choices
        self.errors: dict[str, FieldError] = {}
        self.misplaced: dict[str, list[FieldError]] = {}
        self.rows = 0

    def scope(self, form: Form, typed: Mapping[str, Any]) -> dict[str, Any]:
        """What conditions see: locked fields show the case's value, whatever was posted in their name."""
        locked = {item.key: self.context.get(item.key) for item in flattened(form.fields) if item.locked}
        return {**typed, **locked}

    def level(self, fields: Sequence[Field], raw: Any, prefix: str) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            self._misplace(prefix, "not_an_object")
            return {}
        known = {item.key: item for item in flattened(fields) if item.holds_value}
        for name in raw:
            if name == OVERFLOW:
                self._misplace("", "too_many", limit=PAIR_LIMIT)
            elif name not in known:
                self._misplace(path_of(prefix, _printable(name)), "unknown_field")
        return {key: self._value(item, raw.get(key), path_of(prefix, key)) for key, item in known.items()}

    def _value(self, item: Field, raw: Any, path: str) -> Any:
        if item.type == LIST:
            return self._rows(item, raw, path)
        result = coerce(item, raw, zone=self.env.zone, allowed=self._allowed(item))
        if result.error is None:
            result = self._within(item, result)
        if result.error is not None:
            self.errors[path] = result.error
        return result.value

    def _allowed(self, item: Field) -> Collection[str] | None:
        if item.type not in CHOICE_TYPES or (self.choices is None and item.source is not None):
            return None
        fixed = {option.value for option in item.options}
        return fixed.union((self.choices or {}).get(item.source.key, ())) if item.source is not None else fixed

    def _within(self, item: Field, result: Coerced) -> Coerced:
        """The bounds of a date, which may depend on the case ("not after today")."""
        for bound, is_outside, key in ((item.not_before, _before, "too_early"), (item.not_after, _after, "too_late")):
            limit = self._limit(bound)
            if is_outside(self._comparable(result.value, limit), limit):
                return refused(key, limit=limit)
        return result

    def _comparable(self, value: Any, limit: Any) -> Any:
        """A moment is held against a limit of whole days by its day at the office."""
        of_days = isinstance(value, datetime) and type(limit) is date
        return value.astimezone(self.env.zone).date() if of_days else value

    def _limit(self, bound: Any) -> Any:
        if bound is None:
            return None
        try:
            return bound(self.context, self.env)
        except FeelError:
            return None

    def _rows(self, item: Field, raw: Any, path: str) -> list[dict[str, Any]]:
        if raw is None or raw == "":
            return []
        if not isinstance(raw, (list, tuple)):
            self.errors[path] = FieldError(key="form.not_a_list")
            return []
        self.rows += len(raw)
        if len(raw) > item.max_rows or self.rows > _ROWS_IN_ALL:
            self.errors[path] = FieldError(key="form.too_many", params={"limit": item.max_rows})
            return []
        return [self.level(item.fields, row, row_path(path, index)) for index, row in enumerate(raw)]

    def _misplace(self, path: str, key: str, **params: object) -> None:
        if len(self.misplaced) < _UNKNOWN_SHOWN:
            self.misplaced.setdefault(path, []).append(FieldError(key=f"form.{key}", params=params))


class _Pruning:
    """Keeps what is visible and may be changed, and the errors of exactly that."""

    def __init__(self, *, shown: Mapping[str, bool], found: Mapping[str, FieldError]) -> None:
        self.shown = shown
        self.found = found
        self.errors: dict[str, list[FieldError]] = {}
        self.file_ids: list[str] = []

    def level(self, fields: Sequence[Field], typed: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in fields:
            path = path_of(prefix, item.key)
            if not self.shown.get(path, True) or item.locked:
                continue
            if item.type == GROUP:
                values |= self.level(item.fields, typed, prefix)
            elif item.holds_value:
                values[item.key] = self._value(item, typed.get(item.key), path)
        return values

    def _value(self, item: Field, value: Any, path: str) -> Any:
        if path in self.found:
            self.errors[path] = [self.found[path]]
        elif item.required and is_empty(value):
            self.errors[path] = [FieldError(key="form.required")]
        elif item.type == LIST and len(value or ()) < item.min_rows:
            self.errors[path] = [FieldError(key="form.too_few", params={"limit": item.min_rows})]
        if item.type == "filepicker":
            self.file_ids.extend(value or ())
        if item.type != LIST:
            return value
        return [self.level(item.fields, row, row_path(path, index)) for index, row in enumerate(value or ())]


def _before(value: Any, limit: Any) -> bool:
    return _same_kind(value, limit) and bool(value < limit)


def _after(value: Any, limit: Any) -> bool:
    return _same_kind(value, limit) and bool(value > limit)


def _same_kind(value: Any, limit: Any) -> bool:
    """Dates compare with dates only; a date and a moment do not, nor do moments with and without a zone."""
    if type(value) is not type(limit) or not isinstance(value, (date, time)):
        return False
    return not isinstance(value, (datetime, time)) or (value.tzinfo is None) == (limit.tzinfo is None)


def _printable(name: object) -> str:
    """A name that a page and a log can show, whatever was sent."""
    short = str(name)[:60]
    return short if short.isidentifier() else short.encode("ascii", "backslashreplace").decode()
