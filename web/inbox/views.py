"""The inbox 待办: what waits for this person."""

from flask import Blueprint, render_template, request

from engine.services import deployments
from engine.services import inbox as inboxes
from web.current import actor, runtime

inbox = Blueprint("inbox", __name__, template_folder="templates")


@inbox.get("/inbox")
def page() -> str:
    query, process = request.args.get("q", ""), request.args.get("process", "")
    found = inboxes.page(
        runtime(),
        actor(),
        tab=request.args.get("tab", "mine"),
        query=query,
        process=process,
        after=request.args.get("after"),
    )
    return render_template(
        "inbox/page.html",
        page=found,
        tabs=inboxes.TABS,
        query=query,
        process=process,
        processes=deployments.process_names(runtime()),
        continued="after" in request.args,
    )


@inbox.get("/inbox/count")
def count() -> str:
    """The number in the bar, asked for again and again by every open page."""
    return render_template("count.html", count=inboxes.count(runtime(), actor()))
