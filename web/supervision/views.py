"""Supervision 督办: what is late, where it waits, what has failed."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.services import supervision as watching
from engine.services.supervision import IncidentRow
from web.current import actor, runtime

supervision = Blueprint("supervision", __name__, template_folder="templates")


@supervision.get("/supervision")
def page() -> str:
    query = request.args.get("q", "")
    rows, after = watching.in_flight(runtime(), actor=actor(), query=query, after=request.args.get("after"))
    return render_template(
        "supervision/page.html",
        summary=watching.summary(runtime(), actor=actor()),
        causes=_by_cause(watching.unresolved_incidents(runtime(), actor=actor())),
        rows=rows,
        after=after,
        query=query,
        continued="after" in request.args,
    )


@supervision.post("/supervision/incidents/retry")
def retry() -> Response:
    """Try the ticked incidents of one cause again; what sticks again comes back with its new cause."""
    ticked = {int(one) for one in request.form.getlist("incident") if one.isdecimal() and len(one) < 20}
    reason = request.form.get("reason", "").strip()[:500]
    tried = watching.retry_incidents(runtime(), ticked, actor=actor(), reason=reason)
    return redirect(url_for("supervision.page", said="retried" if tried else "retried_none"), 303)


def _by_cause(incidents: list[IncidentRow]) -> list[list[IncidentRow]]:
    """Incidents of the same element with the same message, the largest group first."""
    groups: dict[tuple[str, str], list[IncidentRow]] = {}
    for row in incidents:
        groups.setdefault((row.element_id, row.message), []).append(row)
    return sorted(groups.values(), key=lambda rows: (-len(rows), rows[0].element_id))
