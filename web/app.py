"""The Flask application: which screens there are and what every page knows."""

import logging
from collections.abc import Callable

from flask import Flask, redirect, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.services.runtime import Runtime
from web import assets, current, errors, language, moments, security
from web.admin.views import admin
from web.cases.views import cases
from web.designer.views import designer
from web.evidence.views import evidence
from web.help.views import help_pages
from web.inbox.views import inbox
from web.login.views import login
from web.search.views import search
from web.supervision.views import supervision
from web.tasks.views import tasks

logger = logging.getLogger(__name__)

# An upload's envelope: boundaries, names and the token around the file.
_ENVELOPE = 1024 * 1024
_FORM_MEMORY = 4 * 1024 * 1024
_FORM_PARTS = 5_000
SCREENS = (login, inbox, search, tasks, cases, evidence, designer, supervision, help_pages, admin)


def create_app(
    runtime: Runtime,
    *,
    secure_cookies: bool = False,
    asset_tags: Callable[[str], Markup] = assets.asset_tags,
) -> Flask:
    """`secure_cookies`: the service is reached over HTTPS. `asset_tags`: an entry's script and style elements."""
    app = Flask(__name__)
    app.extensions[current.EXTENSION] = runtime
    app.config["MAX_CONTENT_LENGTH"] = runtime.config.upload_limit + _ENVELOPE
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_MEMORY
    app.config["MAX_FORM_PARTS"] = _FORM_PARTS
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.before_request(language.choose)
    security.install(app, secure_cookies=secure_cookies)
    errors.install(app)
    for screen in SCREENS:
        app.register_blueprint(screen)
    app.add_url_rule("/", "home", _home)
    _teach_templates(app, asset_tags)
    return app


def _home() -> Response:
    return redirect(url_for("inbox.page"))


def _teach_templates(app: Flask, asset_tags: Callable[[str], Markup]) -> None:
    missing_entries: set[str] = set()

    def tags(entry: str) -> Markup:
        try:
            return asset_tags(entry)
        except assets.AssetsNotBuilt as missing:
            # Every page but the designer's works without scripts; a page is better than none.
            if entry not in missing_entries:
                missing_entries.add(entry)
                logger.warning("assets_not_built entry=%s reason=%s", entry, missing)
            return Markup("")

    app.jinja_env.globals |= {
        "t": language.t,
        "t_or": language.t_or,
        "label": language.label,
        "group_label": language.group_label,
        "outcome_label": language.outcome_label,
        "stage_label": language.stage_label,
        "element_label": language.element_label,
        "one_language": language.one_language,
        "clock_label": language.clock_label,
        "person_label": language.person_label,
        "refusal_text": errors.message_of,
        "csrf_token": security.csrf_token,
        "asset_tags": tags,
    }
    app.jinja_env.filters |= {
        "moment": moments.moment,
        "day": moments.day,
        "machine_moment": moments.machine_moment,
        "countdown": moments.countdown,
        "clock_countdown": moments.clock_countdown,
        "size": moments.size,
        "group_label": language.group_label,
    }
    app.context_processor(_page_context)


def _page_context() -> dict[str, object]:
    theme = request.cookies.get("theme", "")
    return {
        "actor": current.actor_or_none(),
        "office": language.office_name(),
        "product": language.product_name(),
        "language": language.language(),
        "html_language": language.LANGUAGES[language.language()],
        "theme": theme if theme in {"light", "dark"} else "",
        "said": request.args.get("said", ""),
        "here": request.full_path.rstrip("?"),
    }
