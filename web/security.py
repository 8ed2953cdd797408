"""Who may send what: session cookie, forged requests, headers of every answer."""

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.services import people
from web.current import runtime

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# What can be asked for without a session; everything else needs a person.
PUBLIC = frozenset({"login.page", "login.enter", "login.choose_language", "admin.health", "static"})
HOME = "/inbox"


def install(app: Flask, *, secure_cookies: bool) -> None:
    """`secure_cookies`: the service is reached over HTTPS, so cookies get the __Host- prefix."""
    app.config["RONGCUO_SECURE_COOKIES"] = secure_cookies
    app.config["RONGCUO_SESSION_COOKIE"] = "__Host-rongcuo" if secure_cookies else "rongcuo"
    app.config["RONGCUO_VISITOR_COOKIE"] = "__Host-visitor" if secure_cookies else "visitor"
    app.before_request(_recognise)
    app.before_request(_refuse_forged)
    app.before_request(_require_person)
    app.after_request(_put_headers)


def wants_json() -> bool:
    """A script asks, not a person: htmx takes pages, our own scripts take JSON."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def local_path(target: str | None) -> str:
    """`target` where it is a path of ours, else the inbox: nobody is sent to a stranger's site."""
    if target is None or not target.startswith("/") or target.startswith("//") or not target.isprintable():
        return HOME
    # Browsers read a backslash as a slash: /\host would leave the site.
    if "\\" in target or urlsplit(target).netloc:
        return HOME
    return target


def csrf_token() -> str:
    """What forms of this page carry: bound to the session, before log-in to a cookie of the visitor."""
    if "csrf" not in g:
        g.csrf = secrets.token_urlsafe(24)
        g.new_visitor = True
    return str(g.csrf)


def remember_session(response: AnyResponse, token: str) -> None:
    _set_cookie(response, _name("SESSION"), token)


def forget_session(response: AnyResponse) -> None:
    response.delete_cookie(_name("SESSION"), path="/", secure=_secure(), httponly=True, samesite="Lax")


def session_token() -> str | None:
    return request.cookies.get(_name("SESSION"))


def _recognise() -> None:
    g.actor = None
    token = session_token()
    if request.endpoint == "static" or request.endpoint == "admin.health":
        return
    if token:
        # The page asks for its count by itself: an open page must not keep its session alive.
        recognise = people.peek if request.endpoint == "inbox.count" else people.actor_of
        g.actor = recognise(runtime(), token)
    if token and g.actor is not None:
        g.csrf = people.csrf_token(runtime(), token)
    elif visitor := request.cookies.get(_name("VISITOR")):
        g.csrf = visitor


def _refuse_forged() -> None:
    if request.method not in UNSAFE:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403, "csrf")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403, "csrf")
    expected = str(g.get("csrf") or "")
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        # Without a session the token is old because the session is: say that instead.
        if g.actor is None and request.endpoint not in PUBLIC:
            return
        abort(403, "csrf")


def _require_person() -> AnyResponse | None:
    if g.actor is not None or request.endpoint in PUBLIC:
        return None
    if wants_json() or "HX-Request" in request.headers:
        abort(401)
    return redirect(url_for("login.page", next=_came_from()), 303)


def _came_from() -> str:
    """The page to go on with after logging in: this one, or the one whose form was sent too late."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    sender = urlsplit(request.referrer or "")
    return local_path(sender.path) if sender.netloc == request.host else HOME


def _put_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static" and response.status_code in {200, 206, 304}:
        hashed = (request.view_args or {}).get("filename", "").startswith("dist/assets/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    if g.get("new_visitor"):
        _set_cookie(response, _name("VISITOR"), g.csrf)
    if _secure():
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _set_cookie(response: AnyResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, path="/", secure=_secure(), httponly=True, samesite="Lax")


def _name(kind: str) -> str:
    return str(current_app.config[f"RONGCUO_{kind}_COOKIE"])


def _secure() -> bool:
    return bool(current_app.config["RONGCUO_SECURE_COOKIES"])
