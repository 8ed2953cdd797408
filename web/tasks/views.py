"""One task: its form, what is known of its case, claim, give back and send."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.domain.rejection import Conflict, FieldError, Invalid
from engine.domain.views import TaskView
from engine.forms.submission import decode
from engine.services import case_reading, user_tasks
from web.current import actor, runtime
from web.diagram_state import traced
from web.errors import status_of
from web.filled_forms import drawn, submitted
from web.moments import machine_moment

tasks = Blueprint("tasks", __name__, template_folder="templates")


@tasks.get("/tasks/<int:task_id>")
def page(task_id: int) -> str:
    view = case_reading.task_view(runtime(), task_id, actor=actor())
    return _rendered(view, values=view.form_values, errors={}, hidden=view.hidden)


@tasks.post("/tasks/<int:task_id>")
def complete(task_id: int) -> Response:
    """Send the form. What does not fit is shown beside its fields with everything that was typed."""
    raw = _posted()
    version = request.form.get("_version", "")
    try:
        done = user_tasks.complete(
            runtime(),
            task_id,
            raw,
            actor=actor(),
            version=int(version) if version.isdecimal() and len(version) < 10 else None,
            key=request.form.get("_key", "")[:80] or secrets.token_urlsafe(16),
        )
    except Invalid as invalid:
        view = case_reading.task_view(runtime(), task_id, actor=actor())
        shown = user_tasks.visible(runtime(), task_id, raw, actor=actor())
        hidden = frozenset(path for path, is_visible in shown.items() if not is_visible)
        return make_response(_rendered(view, values=raw, errors=invalid.errors, hidden=hidden), status_of(invalid))
    except Conflict:
        # Somebody was first: the work of the second is kept all the same.
        user_tasks.save_draft(runtime(), task_id, raw, actor=actor())
        raise
    if done.next_task_id is not None:
        return redirect(url_for("tasks.page", task_id=done.next_task_id, said="completed_next"), 303)
    return redirect(url_for("inbox.page", said="completed"), 303)


@tasks.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> Response:
    user_tasks.claim(runtime(), task_id, actor=actor())
    return redirect(url_for("tasks.page", task_id=task_id, said="claimed"), 303)


@tasks.post("/tasks/<int:task_id>/release")
def release(task_id: int) -> Response:
    user_tasks.release(runtime(), task_id, actor=actor())
    return redirect(url_for("inbox.page", tab="groups", said="released"), 303)


@tasks.post("/tasks/<int:task_id>/draft")
def save_draft(task_id: int) -> Response:
    saved_at = user_tasks.save_draft(runtime(), task_id, _posted(), actor=actor())
    return make_response(jsonify(saved_at=machine_moment(saved_at)))


@tasks.post("/tasks/<int:task_id>/visible")
def visible(task_id: int) -> Response:
    """Which conditional parts of the form to show for what has been typed so far."""
    return make_response(jsonify(user_tasks.visible(runtime(), task_id, _posted(), actor=actor())))


def _posted() -> dict[str, Any]:
    return decode(request.form.items(multi=True))


def _rendered(
    view: TaskView,
    *,
    values: Mapping[str, Any],
    errors: Mapping[str, Sequence[FieldError]],
    hidden: frozenset[str],
) -> str:
    return render_template(
        "tasks/page.html",
        view=view,
        fields=drawn(
            view.form,
            values=values,
            errors=errors,
            choices=view.choices,
            hidden=hidden,
            files=view.files,
            readonly=not view.may_complete,
        ),
        values_shown=bool(values),
        submissions=submitted(view.submissions, definition_id=view.header.definition_id, files=view.files),
        diagram=traced(view.trace, view.submissions, focus=view.task.element_id),
        key=secrets.token_urlsafe(16),
        draft_saved_at="" if view.draft_saved_at is None else machine_moment(view.draft_saved_at),
    )
