"""Designer 流程设计: the diagrams with their versions, and the editor."""

from typing import Any

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.domain.rejection import NotFound
from engine.domain.views import DefinitionRow
from engine.services import designs, people
from engine.services.designs import Draft
from web.current import actor, runtime
from web.language import group_label, t
from web.moments import machine_moment
from web.problems import as_json

designer = Blueprint("designer", __name__, template_folder="templates")


@designer.get("/designer")
def page() -> str:
    definitions = designs.definitions(runtime(), actor=actor())
    return render_template(
        "designer/page.html",
        latest=[row for row in definitions if row.latest],
        older=[row for row in definitions if not row.latest],
        files=designs.files(runtime(), actor=actor()),
    )


@designer.get("/designer/<process_id>")
def editor(process_id: str) -> str:
    row = _latest(process_id)
    draft = designs.draft(runtime(), process_id, actor=actor())
    return render_template("designer/editor.html", row=row, draft=draft, revision=_revision(draft), state=_choices())


@designer.get("/designer/<process_id>/diagram.bpmn")
def diagram(process_id: str) -> Response:
    """The draft where there is one, else the newest version."""
    draft = designs.draft(runtime(), process_id, actor=actor())
    latest = _latest(process_id)
    xml = draft.xml if draft is not None else designs.diagram(runtime(), latest.definition_id, actor=actor())
    response = make_response(xml)
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    return response


@designer.get("/designer/versions/<int:definition_id>")
def version(definition_id: int) -> str:
    """One version, to look at."""
    found = [row for row in designs.definitions(runtime(), actor=actor()) if row.definition_id == definition_id]
    if not found:
        raise NotFound(f"Definition {definition_id} does not exist.", object="definition", id=definition_id)
    return render_template("designer/version.html", row=found[0])


@designer.post("/designer/<process_id>/lint")
def lint(process_id: str) -> Response:
    problems = designs.lint(runtime(), process_id, _xml(), actor=actor())
    return make_response(jsonify(problems=[as_json(problem) for problem in problems]))


@designer.post("/designer/<process_id>/draft")
def save_draft(process_id: str) -> Response:
    """409 when somebody else saved since this page was opened."""
    before = designs.draft(runtime(), process_id, actor=actor())
    if str(_body().get("revision", "")) != _revision(before):
        who = "" if before is None else people.directory(runtime()).get(before.saved_by, before.saved_by)
        return make_response(jsonify(message=t("designer.stale", who=who)), 409)
    base = before.base_definition_id if before is not None else _latest(process_id).definition_id
    saved_at = designs.save_draft(runtime(), process_id, _xml(), actor=actor(), base_definition_id=base)
    after = designs.draft(runtime(), process_id, actor=actor())
    return make_response(jsonify(revision=_revision(after), saved_at=machine_moment(saved_at)))


@designer.post("/designer/<process_id>/discard")
def discard_draft(process_id: str) -> Response:
    designs.discard_draft(runtime(), process_id, actor=actor())
    return redirect(url_for("designer.page", said="draft_discarded"), 303)


@designer.post("/designer/<process_id>/deploy")
def deploy(process_id: str) -> Response:
    comment = str(_body().get("comment", ""))
    row = designs.deploy(runtime(), process_id, _xml(), actor=actor(), comment=comment)
    url = url_for("designer.version", definition_id=row.definition_id)
    message = t("designer.deployed", name=row.name, version=row.version)
    return make_response(jsonify(url=url, version=row.version, message=message), 201)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400)
    return body


def _xml() -> bytes:
    xml = _body().get("xml")
    if not isinstance(xml, str):
        abort(400)
    return xml.encode()


def _latest(process_id: str) -> DefinitionRow:
    for row in designs.definitions(runtime(), actor=actor()):
        if row.process_id == process_id and row.latest:
            return row
    raise NotFound(f"Process '{process_id}' does not exist.", object="process", id=process_id)


def _revision(draft: Draft | None) -> str:
    return "0" if draft is None else str(int(draft.saved_at.timestamp() * 1000))


def _choices() -> dict[str, list[dict[str, str]]]:
    """What the properties panel offers instead of free text."""
    files = designs.files(runtime(), actor=actor())
    names = people.directory(runtime())
    processes = [row for row in designs.definitions(runtime(), actor=actor()) if row.latest]
    policies = runtime().config.policies
    clocks = {name: policy for name, policy in policies.items() if isinstance(policy, dict) and "days" in policy}
    return {
        "groups": [{"id": group, "name": group_label(group)} for group in runtime().config.groups],
        "people": [{"id": person, "name": name} for person, name in names.items()],
        "forms": [_named(name) for name, kind, _ in files if kind == "form"],
        "decisions": [_named(name) for name, kind, _ in files if kind == "decision"],
        "clocks": [{"id": name, "name": str(policy.get("label", name))} for name, policy in clocks.items()],
        "topics": [{"id": topic, "name": topic} for topic in sorted({*runtime().delegates, "start-linked-case"})],
        "processes": [{"id": row.process_id, "name": row.name} for row in processes],
    }


def _named(file: str) -> dict[str, str]:
    name = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return {"id": name, "name": name}
