"""What a page shows of a form: every field with its name, texts, state and errors, ready for the templates."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any, Protocol

from engine.domain.rejection import FieldError
from engine.forms.coercion import search_text
from engine.forms.fields import (
    CHOICE_TYPES,
    GROUP,
    LIST,
    MANY_CHOICES_TYPES,
    NEW_ROW,
    Field,
    path_of,
    row_path,
)
from engine.forms.schema import Choice, Form
from web.forms.messages import error_text, word

# Above this a person types to find a choice.
SHORT_LIST = 15
_TICKED = frozenset({"true", "on", "1", "yes"})


class UploadedFile(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Option:
    value: str
    label: str
    hint: str
    chosen: bool
    id: str


@dataclass(frozen=True, kw_only=True)
class AttachedFile:
    id: str
    name: str
    size: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """`kind` names the macro that draws it; `text` is the value as an input shows it, `shown` as people read it.

    `filled`: there is a value (or a member of the group has one), be it empty.
    """

    kind: str
    path: str
    label: str
    description: str = ""
    required: bool = False
    hidden: bool = False
    filled: bool = True
    depends_on: str = ""
    errors: tuple[str, ...] = ()
    text: str = ""
    shown: str = ""
    checked: bool = False
    options: tuple[Option, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    files: tuple[AttachedFile, ...] = ()
    parts: "tuple[Part, ...]" = ()
    rows: "tuple[tuple[Part, ...], ...]" = ()
    new_row: "tuple[Part, ...]" = ()

    @property
    def id(self) -> str:
        return f"field-{self.path}"

    @property
    def described_by(self) -> str:
        ids = [f"{self.id}-hint"] if self.description else []
        return " ".join([*ids, f"{self.id}-error"] if self.errors else ids)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Everything that drawing needs beside the form; `labels` translates: (key, text of the form) to text."""

    values: Mapping[str, Any]
    errors: Mapping[str, Sequence[FieldError]]
    choices: Mapping[str, Sequence[Choice]]
    labels: Callable[[str, str], str]
    language: str
    zone: tzinfo
    hidden: Collection[str]
    files: Mapping[str, UploadedFile]
    file_url: Callable[[str], str]
    readonly: bool

    def parts(self, form: Form) -> tuple[Part, ...]:
        return self._level(form.fields, self.values, prefix="", names=())

    def _level(
        self, fields: Sequence[Field], values: Mapping[str, Any], *, prefix: str, names: tuple[str, ...]
    ) -> tuple[Part, ...]:
        return tuple(self._part(item, values, prefix=prefix, names=names) for item in fields if item.type != "html")

    def _part(self, item: Field, values: Mapping[str, Any], *, prefix: str, names: tuple[str, ...]) -> Part:
        path = path_of(prefix, item.key)
        value = values.get(item.key)
        options = self._options(item, value, path, names)
        inner = self._level(item.fields, values, prefix=prefix, names=names) if item.type == GROUP else ()
        return Part(
            kind=self._kind(item, options),
            path=path,
            label=self._label(item, names),
            description=self._translated(item, names, "description", item.description) if item.description else "",
            required=item.required,
            hidden=path in self.hidden,
            filled=item.key in values or any(part.filled for part in inner),
            depends_on=" ".join(sorted(item.hide.names)) if item.hide is not None else "",
            errors=tuple(error_text(error, self.language) for error in self.errors.get(path, ())),
            text=self._text(item, value, options),
            shown=self._shown(item, value, options),
            checked=value is True or (isinstance(value, str) and value.strip().lower() in _TICKED),
            options=options,
            attributes=_attributes(item),
            files=self._files(value) if item.type == "filepicker" else (),
            parts=inner,
            rows=self._rows(item, value, path, names),
            new_row=self._row(item, {}, path, NEW_ROW, names) if item.type == LIST else (),
        )

    def _kind(self, item: Field, options: Sequence[Option]) -> str:
        if item.locked and not self.readonly and item.type != LIST:
            return "locked"
        if item.type == "select" and len(options) > SHORT_LIST:
            return "search"
        if item.locked and item.type == LIST:
            return "locked_list"
        return "checklist" if item.type == "taglist" else item.type

    def _label(self, item: Field, names: tuple[str, ...]) -> str:
        return self._translated(item, names, "", item.label) if item.label else item.key.removeprefix("@")

    def _translated(self, item: Field, names: tuple[str, ...], part: str, text: str) -> str:
        """Columns of a list are looked up as "list.column" and, failing that, as "column"."""
        key = item.key.removeprefix("@")
        tail = f".{part}" if part else ""
        plain = self.labels(key + tail, text)
        return self.labels(".".join((*names, key)) + tail, plain) if names else plain

    def _options(self, item: Field, value: Any, path: str, names: tuple[str, ...]) -> tuple[Option, ...]:
        if item.type not in CHOICE_TYPES:
            return ()
        fixed = [(choice, self._translated(item, names, choice.value, choice.label)) for choice in item.options]
        offered = self.choices.get(item.source.key, ()) if item.source is not None else ()
        chosen = _as_list(value)
        return tuple(
            Option(
                value=choice.value,
                label=label,
                hint=choice.hint,
                chosen=choice.value in chosen,
                id=f"field-{path}-{number}",
            )
            for number, (choice, label) in enumerate([*fixed, *((choice, choice.label) for choice in offered)])
        )

    def _rows(self, item: Field, value: Any, path: str, names: tuple[str, ...]) -> tuple[tuple[Part, ...], ...]:
        if item.type != LIST:
            return ()
        rows = [row if isinstance(row, Mapping) else {} for row in value] if isinstance(value, (list, tuple)) else []
        if not self.readonly and not item.locked:
            rows += [{}] * (max(item.min_rows, int(item.required)) - len(rows))
        return tuple(self._row(item, row, path, index, names) for index, row in enumerate(rows))

    def _row(
        self, item: Field, row: Mapping[str, Any], path: str, index: int | str, names: tuple[str, ...]
    ) -> tuple[Part, ...]:
        return self._level(item.fields, row, prefix=row_path(path, index), names=(*names, item.key))

    def _files(self, value: Any) -> tuple[AttachedFile, ...]:
        found = [(file_id, self.files.get(file_id)) for file_id in _as_list(value) if file_id]
        return tuple(
            AttachedFile(
                id=file_id,
                name=file.name if file is not None else file_id,
                size=_size(file.size) if file is not None else "",
                url=self.file_url(file_id),
            )
            for file_id, file in found
        )

    def _text(self, item: Field, value: Any, options: Sequence[Option]) -> str:
        if item.type == "select" and len(options) > SHORT_LIST:
            return next((search_text(option.value, option.label) for option in options if option.chosen), _plain(value))
        return self._moment(value).replace(" ", "T") if isinstance(value, (date, time)) else _plain(value)

    def _shown(self, item: Field, value: Any, options: Sequence[Option]) -> str:
        if item.type in CHOICE_TYPES:
            labels = {option.value: option.label for option in options}
            between = ", " if self.language.startswith("en") else "、"
            return between.join(labels.get(one, one) for one in _as_list(value))
        if item.type == "checkbox" and value is not None:
            return word("yes" if value is True else "no", self.language)
        return self._moment(value) if isinstance(value, (date, time)) else _plain(value)

    def _moment(self, value: date | time) -> str:
        if isinstance(value, datetime):
            return f"{value.astimezone(self.zone) if value.tzinfo else value:%Y-%m-%d %H:%M}"
        return value.isoformat() if isinstance(value, date) else f"{value:%H:%M}"


def _attributes(item: Field) -> dict[str, str]:
    """HTML attributes of the control; limits the browser can hold are a help, the server decides."""
    found = {"maxlength": item.max_length, "accept": item.accept}
    if item.type in MANY_CHOICES_TYPES:
        found = {}
    if item.type == "filepicker" and not item.multiple:
        found["data-single"] = "true"
    if item.type == LIST:
        found = {"data-min": item.min_rows, "data-max": item.max_rows}
    if item.type == "datetime":
        found = {"type": "datetime-local" if item.subtype == "datetime" else item.subtype}
    return {name: str(value) for name, value in found.items() if value not in (None, "")}


def _as_list(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(one) for one in value]
    return [] if value in (None, "") else [str(value)]


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _size(size: int) -> str:
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{max(1, round(size / 1024))} KB"
