"""Draw a form as HTML: to fill in, or read-only for the case page and for print."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from engine.domain.rejection import FieldError
from engine.forms.schema import Choice, Form
from web.forms.messages import error_text, word
from web.forms.parts import Drawing, Part, UploadedFile

# The zone that config.yaml names unless an office says otherwise.
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")

_TEMPLATES = Environment(
    loader=PackageLoader("web.forms"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def as_written(key: str, text: str) -> str:
    """Labels of a Chinese page: the texts of the form itself."""
    del key
    return text


def draw(
    form: Form,
    *,
    values: Mapping[str, Any],
    errors: Mapping[str, Sequence[FieldError]],
    choices: Mapping[str, Sequence[Choice]],
    labels: Callable[[str, str], str] = as_written,
    readonly: bool = False,
    hidden: Collection[str] = (),
    files: Mapping[str, UploadedFile] | None = None,
    file_url: Callable[[str], str] = "/files/{}".format,
    upload_url: str = "/files",
    language: str = "zh",
    zone: tzinfo = OFFICE_ZONE,
) -> Markup:
    """The fields without the <form> around them.

    `values` are typed or as posted; apply `Form.with_defaults` for a form that nobody has touched. `choices`: key of a
    Source to what it offers. `hidden`: paths that `visible_fields` calls invisible. Read-only leaves out what is absent
    from `values`.
    """
    drawing = Drawing(
        values=values,
        errors=errors,
        choices=choices,
        labels=labels,
        language=language,
        zone=zone,
        hidden=frozenset(hidden),
        files=files or {},
        file_url=file_url,
        readonly=readonly,
    )
    parts = drawing.parts(form)

    def texts(name: str, **params: object) -> str:
        return word(name, language, **params)

    if readonly:
        return Markup(_TEMPLATES.get_template("forms/facts.html").render(parts=parts, word=texts))  # noqa: S704 -- autoescaped
    summary = _summary(parts, errors, language)
    page = _TEMPLATES.get_template("forms/form.html")
    return Markup(page.render(parts=parts, summary=summary, word=texts, upload_url=upload_url))  # noqa: S704 -- autoescaped


def _summary(
    parts: Iterable[Part], errors: Mapping[str, Sequence[FieldError]], language: str
) -> list[tuple[str | None, str]]:
    """Where each error is (None: at no field of this form) and what it says, in the order of the form."""
    found: list[tuple[str | None, str]] = []
    drawn = set()
    for part, label in _labelled(parts, "", language):
        drawn.add(part.path)
        found.extend((part.id, word("message", language, label=label, text=text)) for text in part.errors)
    for path, several in errors.items():
        if path not in drawn:
            texts = [error_text(error, language) for error in several]
            found.extend((None, word("message", language, label=path, text=text) if path else text) for text in texts)
    return found


def _labelled(parts: Iterable[Part], around: str, language: str) -> Iterator[tuple[Part, str]]:
    """Every part with a label that says in which row of which list it stands."""
    for part in parts:
        label = around.format(label=part.label) if around else part.label
        yield part, label
        yield from _labelled(part.parts, around, language)
        for number, row in enumerate(part.rows, start=1):
            within = word("in_row", language, list=_literal(label), row=number, label="{label}")
            yield from _labelled(row, within, language)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
