"""Files: taken in one by one while a form is filled in, given out as downloads only."""

from typing import BinaryIO, cast

from flask import Blueprint, abort, jsonify, make_response, request, send_file, url_for
from werkzeug.wrappers import Response

from engine.services import evidence as files
from web.current import actor, runtime

evidence = Blueprint("evidence", __name__)


@evidence.post("/files")
def upload() -> Response:
    given = request.files.get("file")
    if given is None:
        abort(400)
    row = files.upload(runtime(), cast(BinaryIO, given.stream), name=given.filename or "", actor=actor())
    url = url_for("evidence.download", file_id=row.file_id)
    return make_response(jsonify(id=row.file_id, name=row.name, size=row.size, url=url), 201)


@evidence.get("/files/<file_id>")
def download(file_id: str) -> Response:
    """Never shown in the page: a stranger's file runs nothing here."""
    row, stream = files.open_file(runtime(), file_id, actor=actor())
    response = send_file(stream, mimetype=row.media_type, as_attachment=True, download_name=row.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
