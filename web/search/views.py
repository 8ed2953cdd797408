"""One box for everything: tasks that wait for this person and cases that this person may see."""

from flask import Blueprint, render_template, request

from engine.services import case_reading
from engine.services import inbox as inboxes
from web.current import actor, runtime

search = Blueprint("search", __name__, template_folder="templates")

# The first ones of each; the lists themselves have filters and pages.
MOST = 10
OPEN_TABS = ("mine", "groups")


@search.get("/search")
def page() -> str:
    query = request.args.get("q", "").strip()
    found = [inboxes.page(runtime(), actor(), tab=tab, query=query) for tab in OPEN_TABS] if query else []
    cases, _after = case_reading.listing(runtime(), actor=actor(), query=query) if query else ([], None)
    return render_template(
        "search/page.html",
        query=query,
        tasks=[row for page in found for row in page.rows][:MOST],
        cases=cases[:MOST],
        more_cases=len(cases) > MOST,
    )
