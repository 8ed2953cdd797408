"""Cases: the list, the file of one, and the start of a new one."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.domain.rejection import FieldError, Invalid
from engine.forms.submission import decode, visible_fields
from engine.services import case_reading, messages
from engine.services import cases as starting
from engine.services.cases import StartForm
from engine.services.messages import MessageForm
from web.current import actor, runtime
from web.diagram_state import frames, traced
from web.errors import status_of
from web.filled_forms import drawn, submitted

cases = Blueprint("cases", __name__, template_folder="templates")


@cases.get("/cases")
def listing() -> str:
    query = request.args.get("q", "")
    rows, after = case_reading.listing(runtime(), actor=actor(), query=query, after=request.args.get("after"))
    return render_template("cases/listing.html", rows=rows, after=after, query=query, continued="after" in request.args)


@cases.get("/cases/<int:case_id>")
def page(case_id: int) -> str:
    view = case_reading.case_view(runtime(), case_id, actor=actor())
    return render_template(
        "cases/page.html",
        view=view,
        submissions=submitted(view.submissions, definition_id=view.header.definition_id, files=view.files),
        diagram=traced(view.trace, view.submissions) | {"frames": frames(view.history)},
        offers=messages.offered(runtime(), case_id, actor=actor()),
    )


@cases.get("/cases/<int:case_id>/messages/<element_id>")
def message_page(case_id: int, element_id: str) -> str:
    found = messages.message_form(runtime(), case_id, element_id, actor=actor())
    return _message(found, values=found.form.with_defaults({}), errors={})


@cases.post("/cases/<int:case_id>/messages/<element_id>")
def send_message(case_id: int, element_id: str) -> Response:
    """Withdraw, ask for an extension, ask for a review: whatever the diagram lets the people of the case say."""
    raw = _posted()
    key = request.form.get("_key", "")[:80] or secrets.token_urlsafe(16)
    try:
        messages.send(runtime(), case_id, element_id, raw, actor=actor(), key=key)
    except Invalid as invalid:
        found = messages.message_form(runtime(), case_id, element_id, actor=actor())
        return make_response(_message(found, values=raw, errors=invalid.errors), status_of(invalid))
    return redirect(url_for("cases.page", case_id=case_id), 303)


def _message(found: MessageForm, *, values: Mapping[str, Any], errors: Mapping[str, Sequence[FieldError]]) -> str:
    return render_template(
        "cases/message.html",
        found=found,
        fields=drawn(found.form, values=values, errors=errors, choices=found.choices, hidden=frozenset()),
        key=secrets.token_urlsafe(16),
    )


@cases.get("/diagrams/<int:definition_id>.bpmn")
def diagram(definition_id: int) -> Response:
    """The drawing of one version of a process."""
    response = make_response(case_reading.diagram(runtime(), definition_id, actor=actor()))
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    # A version never changes; the browser may keep it, a shared cache may not.
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@cases.get("/start")
def startable() -> str:
    return render_template("cases/startable.html", startables=starting.startable(runtime(), actor=actor()))


@cases.get("/start/<process_id>/<start_event>")
def start_page(process_id: str, start_event: str) -> str:
    found = starting.start_form(runtime(), process_id, start_event, actor=actor())
    return _rendered(found, values=found.form.with_defaults({}), errors={})


@cases.post("/start/<process_id>/<start_event>")
def start(process_id: str, start_event: str) -> Response:
    """Start a case. What does not fit is shown beside its fields with everything that was typed."""
    raw = _posted()
    key = request.form.get("_key", "")[:80] or secrets.token_urlsafe(16)
    try:
        case_id = starting.start(runtime(), process_id, start_event, raw, actor=actor(), key=key)
    except Invalid as invalid:
        found = starting.start_form(runtime(), process_id, start_event, actor=actor())
        return make_response(_rendered(found, values=raw, errors=invalid.errors), status_of(invalid))
    return redirect(url_for("cases.page", case_id=case_id, said="started"), 303)


@cases.post("/start/<process_id>/<start_event>/visible")
def visible(process_id: str, start_event: str) -> Response:
    """Which conditional parts of the form to show for what has been typed so far."""
    found = starting.start_form(runtime(), process_id, start_event, actor=actor())
    return make_response(jsonify(_visible(found, _posted())))


def _posted() -> dict[str, Any]:
    return decode(request.form.items(multi=True))


def _visible(found: StartForm, values: Mapping[str, Any]) -> dict[str, bool]:
    return visible_fields(found.form, values, context={}, env=runtime().environment())


def _rendered(found: StartForm, *, values: Mapping[str, Any], errors: Mapping[str, Sequence[FieldError]]) -> str:
    shown = _visible(found, values)
    return render_template(
        "cases/start.html",
        startable=found.startable,
        fields=drawn(
            found.form,
            values=values,
            errors=errors,
            choices=found.choices,
            hidden=frozenset(path for path, is_visible in shown.items() if not is_visible),
        ),
        key=secrets.token_urlsafe(16),
    )
