"""Designer 流程设计: the diagrams with their versions, and the editor."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.domain.rejection import FieldError, Invalid, NotFound, ProblemsFound
from engine.services import design_drafts, designs, people
from engine.services.design_drafts import NO_DRAFT
from web.current import actor, runtime
from web.diagram_state import plain
from web.errors import status_of
from web.forms.messages import error_text
from web.language import group_label, language, one_language, t
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
        drafts=design_drafts.listing(runtime(), actor=actor()),
        names=people.directory(runtime()),
        files=designs.files(runtime(), actor=actor()),
    )


@designer.get("/designer/@new")
def new_page() -> str:
    return _new(errors={}, process_id="", name="")


@designer.post("/designer/@new")
def begin() -> Response:
    """Begin a process of one's own, from an empty diagram or from a file."""
    process_id, name = request.form.get("process_id", "").strip(), request.form.get("name", "").strip()
    given = request.files.get("file")
    xml = given.read() if given is not None and given.filename else None
    try:
        draft = design_drafts.begin(runtime(), process_id, name, actor=actor(), xml=xml)
    except Invalid as invalid:
        return make_response(_new(errors=invalid.errors, process_id=process_id, name=name), status_of(invalid))
    except ProblemsFound as found:
        errors = {"file": [FieldError(key="designer.unreadable", params={"reason": found.problems[0].message})]}
        return make_response(_new(errors=errors, process_id=process_id, name=name), status_of(found))
    return redirect(url_for("designer.editor", key=draft.key), 303)


def _new(*, errors: Mapping[str, Sequence[FieldError]], process_id: str, name: str) -> str:
    texts = {field: [_field_error(error) for error in several] for field, several in errors.items()}
    return render_template("designer/new.html", errors=texts, process_id=process_id, name=name)


def _field_error(error: FieldError) -> str:
    params = {name: one_language(str(value)) for name, value in error.params.items()}
    return t(error.key, **params) if error.key.startswith("designer.") else error_text(error, language())


@designer.get("/designer/<key>")
def editor(key: str) -> str:
    design = designs.opened(runtime(), key, actor=actor())
    saved_by = "" if design.draft is None else people.directory(runtime()).get(design.draft.saved_by, "")
    return render_template("designer/editor.html", design=design, saved_by=saved_by, state=_choices())


@designer.get("/designer/<key>/diagram.bpmn")
def diagram(key: str) -> Response:
    """The draft where there is one, else the newest version."""
    response = make_response(designs.opened(runtime(), key, actor=actor()).xml)
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    return response


@designer.get("/designer/versions/<int:definition_id>")
def version(definition_id: int) -> str:
    """One version, to look at."""
    found = [row for row in designs.definitions(runtime(), actor=actor()) if row.definition_id == definition_id]
    if not found:
        raise NotFound(f"Definition {definition_id} does not exist.", object="definition", id=definition_id)
    return render_template("designer/version.html", row=found[0], diagram=plain())


@designer.post("/designer/<key>/lint")
def lint(key: str) -> Response:
    problems = designs.lint(runtime(), key, _xml(), actor=actor())
    return make_response(jsonify(problems=[as_json(problem) for problem in problems]))


@designer.post("/designer/<key>/draft")
def save_draft(key: str) -> Response:
    """409 with who and when, when somebody else saved since this page was opened."""
    saved = design_drafts.save(runtime(), key, _xml(), actor=actor(), expected=_revision())
    return make_response(jsonify(revision=str(saved.revision), saved_at=machine_moment(saved.saved_at)))


@designer.post("/designer/<key>/copy")
def keep_copy(key: str) -> Response:
    """What one drew, kept beside the draft of another."""
    copy = design_drafts.keep_copy(runtime(), key, _xml(), actor=actor())
    return make_response(jsonify(url=url_for("designer.editor", key=copy.key)), 201)


@designer.post("/designer/<key>/discard")
def discard_draft(key: str) -> Response:
    design_drafts.discard(runtime(), key, actor=actor())
    return redirect(url_for("designer.page", said="draft_discarded"), 303)


@designer.post("/designer/<key>/deploy")
def deploy(key: str) -> Response:
    comment = str(_body().get("comment", ""))
    row = designs.deploy(runtime(), key, _xml(), actor=actor(), comment=comment, expected=_revision())
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


def _revision() -> int:
    """The revision of the draft that this page knows; none was saved when it knows none."""
    revision = str(_body().get("revision", ""))
    return int(revision) if revision.isdecimal() and len(revision) < 19 else NO_DRAFT


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
