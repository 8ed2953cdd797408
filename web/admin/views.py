"""Whether the service answers, for whoever watches it from outside."""

from flask import Blueprint, jsonify, make_response
from werkzeug.wrappers import Response

admin = Blueprint("admin", __name__)


@admin.get("/health")
def health() -> Response:
    """No details: anybody may ask."""
    return make_response(jsonify(status="ok"))
