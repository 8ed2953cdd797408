"""One table from rejection to HTTP status, and the page that says what happened in the language of the reader."""

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from engine.domain.rejection import ProblemsFound, Rejection
from engine.services import people
from web.current import actor_or_none, runtime
from web.language import element_label, group_label, t, t_or
from web.moments import moment
from web.problems import as_json
from web.security import wants_json

logger = logging.getLogger(__name__)

STATUS: Mapping[str, int] = {
    "rejected": 409,
    "not_found": 404,
    "forbidden": 403,
    "conflict": 409,
    "stale_draft": 409,
    "already_claimed": 409,
    "already_completed": 409,
    "idempotency_mismatch": 422,
    "invalid": 422,
    "problems_found": 422,
    "file_too_large": 413,
    "file_unsupported": 415,
    "log_in_refused": 401,
    "log_in_delayed": 429,
}
_KNOWN_PAGES = frozenset({400, 401, 403, 404, 405, 413})


def install(app: Flask) -> None:
    app.register_error_handler(Rejection, _rejected)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def status_of(rejection: Rejection) -> int:
    return STATUS[rejection.key]


def message_of(rejection: Rejection) -> str:
    """What the reader is told; names who has a task and since when, where the rejection knows."""
    rule = rejection.data.get("rule") or ("permission" if "permission" in rejection.data else None)
    by, at = rejection.data.get("by"), rejection.data.get("at")
    params = {
        **rejection.data,
        "who": _name(by),
        "when": moment(at) if isinstance(at, datetime) else "",
        "elements": _joined(element_label, rejection.data.get("elements")),
        "groups": _joined(group_label, rejection.data.get("groups")),
        "megabytes": int(str(rejection.data.get("limit", 0))) // (1024 * 1024),
    }
    if rejection.key == "already_completed" and by is None:
        return t("rejection.withdrawn", **params)
    if rule is not None:
        return t_or(f"rejection.{rejection.key}_{rule}", t(f"rejection.{rejection.key}", **params), **params)
    return t(f"rejection.{rejection.key}", **params)


def _joined(label: Callable[[str], str], names: object) -> str:
    return t("comma").join(label(str(name)) for name in names) if isinstance(names, tuple) else ""


def _name(person: object) -> str:
    return people.directory(runtime()).get(str(person), str(person)) if person else t("nobody")


def _rejected(rejection: Rejection) -> Response:
    status = status_of(rejection)
    if wants_json():
        body: dict[str, object] = {"message": message_of(rejection)}
        if isinstance(rejection, ProblemsFound):
            body["problems"] = [as_json(problem) for problem in rejection.problems]
        return make_response(jsonify(body), status)
    answer = _page(status, t(f"status.{status}"), message_of(rejection), task_id=rejection.data.get("task_id"))
    if "wait_seconds" in rejection.data:
        answer.headers["Retry-After"] = str(rejection.data["wait_seconds"])
    return answer


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    if error.description == "csrf":
        text = t("status_text.csrf")
    else:
        text = t(f"status_text.{status}") if status in _KNOWN_PAGES else t("status_text.other")
    if wants_json():
        return make_response(jsonify(message=text), status)
    return _page(status, t_or(f"status.{status}", t("status.other")), text)


def _unexpected(error: Exception) -> Response:
    """The HTTP edge: nothing of the error reaches the reader but a number that finds it in the log."""
    reference = secrets.token_hex(4)
    logger.error(
        "request_failed reference=%s method=%s endpoint=%s", reference, request.method, request.endpoint, exc_info=error
    )
    text = t("status_text.500", reference=reference)
    if wants_json():
        return make_response(jsonify(message=text), 500)
    return _page(500, t("status.500"), text)


def _page(status: int, title: str, text: str, *, task_id: object = None) -> Response:
    template = "error.html" if actor_or_none() is not None else "error_outside.html"
    return make_response(
        render_template(
            template, title=title, text=text, status=status, task_id=task_id, sent=request.endpoint == "tasks.complete"
        ),
        status,
    )
