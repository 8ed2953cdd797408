"""Supervision 督办: what is late, where it waits, what has failed."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.services import supervision as watching
from web.current import actor, runtime

supervision = Blueprint("supervision", __name__, template_folder="templates")


@supervision.get("/supervision")
def page() -> str:
    query = request.args.get("q", "")
    rows, after = watching.in_flight(runtime(), actor=actor(), query=query, after=request.args.get("after"))
    return render_template(
        "supervision/page.html",
        summary=watching.summary(runtime(), actor=actor()),
        incidents=watching.unresolved_incidents(runtime(), actor=actor()),
        rows=rows,
        after=after,
        query=query,
        continued="after" in request.args,
    )


@supervision.post("/supervision/jobs/<int:job_id>/retry")
def retry(job_id: int) -> Response:
    watching.retry(runtime(), job_id, actor=actor(), reason=request.form.get("reason", "").strip()[:500])
    return redirect(url_for("supervision.page", said="retried"), 303)
