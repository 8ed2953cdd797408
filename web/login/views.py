"""Log in and out, and choose the language."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.services import people
from engine.services.people import LogInDelayed, LogInRefused
from web.current import actor_or_none, runtime
from web.errors import message_of, status_of
from web.language import COOKIE, DEFAULT, LANGUAGES
from web.security import forget_session, local_path, remember_session, session_token

login = Blueprint("login", __name__, template_folder="templates")
_YEAR = 365 * 24 * 3600


@login.get("/login")
def page() -> Response:
    target = local_path(request.args.get("next"))
    if actor_or_none() is not None:
        return redirect(target)
    return make_response(render_template("login/page.html", target=target, message="", name=""))


@login.post("/login")
def enter() -> Response:
    """A new session for the right password; one answer for a wrong name and a wrong password."""
    name = request.form.get("login", "").strip()
    target = local_path(request.form.get("next"))
    try:
        token = people.log_in(runtime(), name, request.form.get("password", ""), address=request.remote_addr or "")
    except (LogInRefused, LogInDelayed) as refused:
        shown = render_template("login/page.html", target=target, message=message_of(refused), name=name)
        answer = make_response(shown, status_of(refused))
        if isinstance(refused, LogInDelayed):
            answer.headers["Retry-After"] = str(refused.data["wait_seconds"])
        return answer
    response = redirect(target, 303)
    remember_session(response, token)
    return response


@login.post("/logout")
def leave() -> Response:
    token = session_token()
    if token:
        people.log_out(runtime(), token)
    response = redirect(url_for("login.page"), 303)
    forget_session(response)
    return response


@login.post("/language")
def choose_language() -> Response:
    wanted = request.form.get("language", DEFAULT)
    response = redirect(local_path(request.form.get("next")), 303)
    response.set_cookie(COOKIE, wanted if wanted in LANGUAGES else DEFAULT, max_age=_YEAR, path="/", samesite="Lax")
    return response
