"""Forms in the language of the reader: to fill in on a task or a start, read-only on a case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from engine.domain.rejection import FieldError, NotFound
from engine.domain.views import FileRow, HistoryRow
from engine.forms.schema import Choice, Form
from engine.forms.submission import choice_sources
from engine.services import case_reading, people
from web.current import runtime
from web.forms.drawing import draw
from web.language import label, language


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """One submission as the case page shows it."""

    row: HistoryRow
    drawn: Markup


def drawn(
    form: Form,
    *,
    values: Mapping[str, Any],
    choices: Mapping[str, Sequence[Choice]],
    errors: Mapping[str, Sequence[FieldError]] | None = None,
    hidden: Collection[str] = (),
    files: Sequence[FileRow] = (),
    readonly: bool = False,
) -> Markup:
    """The fields of a form; `values` hold the defaults when nobody has touched it, and only then."""
    return draw(
        form,
        values=values,
        errors=errors or {},
        choices=choices,
        labels=lambda key, text: label(f"{form.id}.{key}", text),
        readonly=readonly,
        hidden=hidden,
        files={file.file_id: file for file in files},
        file_url=lambda file_id: url_for("evidence.download", file_id=file_id),
        upload_url=url_for("evidence.upload"),
        language=language(),
        zone=runtime().config.zone,
    )


def submitted(rows: Sequence[HistoryRow], *, definition_id: int, files: Sequence[FileRow]) -> list[Submitted]:
    """Each submission drawn by the form that it was made with; one without a form shows nothing but its line."""
    return [Submitted(row=row, drawn=_drawn_row(row, definition_id, files)) for row in rows]


def _drawn_row(row: HistoryRow, definition_id: int, files: Sequence[FileRow]) -> Markup:
    form_ref = str(row.data.get("form") or "")
    if not form_ref:
        return Markup("")
    try:
        form = case_reading.form_of(runtime(), definition_id, form_ref)
    except NotFound:
        # A called process of another set may have brought it.
        return Markup("")
    values = row.data.get("values") or {}
    return drawn(form, values=values, choices=_names_of_choices(form), files=files, readonly=True)


def _names_of_choices(form: Form) -> dict[str, list[Choice]]:
    """What chosen people and catalogue rows are called, whether or not they could be chosen today."""
    found: dict[str, list[Choice]] = {}
    for source in choice_sources(form):
        kind, _, name = source.source.partition(":")
        if kind == "people":
            names = people.directory(runtime())
            found[source.key] = [Choice(value=person, label=text) for person, text in names.items()]
        elif kind == "catalogue":
            rows = runtime().catalogues.get(name, [])
            found[source.key] = [
                Choice(
                    value=str(row.get(source.value_key or "id", "")),
                    label=str(row.get(source.label_key or "name") or row.get("title") or ""),
                )
                for row in rows
            ]
    return found
