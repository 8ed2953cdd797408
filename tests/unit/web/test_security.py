"""What every view owes: a person, a token, the headers."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.unit.web.conftest import Browser
from web.security import HEADERS, POLICY, PUBLIC

LogIn = Callable[[str], Browser]
EXPECTED_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'"
)


def test_only_log_in_static_files_and_health_are_public() -> None:
    assert frozenset({"login.page", "login.enter", "login.choose_language", "admin.health", "static"}) == PUBLIC


def test_every_other_view_sends_a_stranger_to_log_in(app: Flask) -> None:
    answers = {
        (rule.endpoint, method): app.test_client().open(url, method=method).status_code
        for rule, method, url in _ways_in(app)
        if rule.endpoint not in PUBLIC
    }

    assert len(answers) > 25
    assert {way: status for way, status in answers.items() if status != 303} == {}


def test_every_other_view_refuses_a_stranger_s_script(app: Flask) -> None:
    accept = {"Accept": "application/json"}
    answers = {
        (rule.endpoint, method): app.test_client().open(url, method=method, headers=accept).status_code
        for rule, method, url in _ways_in(app)
        if rule.endpoint not in PUBLIC
    }

    assert {way: status for way, status in answers.items() if status != 401} == {}


def test_every_change_needs_the_token_of_the_session(app: Flask, logged_in: LogIn) -> None:
    ann = logged_in("ann")
    answers = {
        (rule.endpoint, sent): ann.client.open(url, method=method, data={"csrf_token": sent}).status_code
        for rule, method, url in _ways_in(app)
        for sent in ("", "forged")
        if method == "POST"
    }

    assert {way: status for way, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize(
    "header",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_a_change_from_another_site_is_refused_even_with_the_token(logged_in: LogIn, header: dict[str, str]) -> None:
    ann = logged_in("ann")

    answer = ann.client.post("/logout", data={"csrf_token": ann.token}, headers=header)

    assert answer.status_code == 403
    assert "页面已过期或请求来自其他网站" in answer.text


def test_the_token_may_come_in_the_header(logged_in: LogIn) -> None:
    ann = logged_in("ann")
    same_site = {"X-CSRF-Token": ann.token, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    assert ann.client.post("/logout", headers=same_site).status_code == 303


def test_a_token_of_another_session_is_refused(logged_in: LogIn) -> None:
    ann, bob = logged_in("ann"), logged_in("bob")

    assert ann.client.post("/logout", data={"csrf_token": bob.token}).status_code == 403


@pytest.mark.parametrize("url", ["/inbox", "/help", "/nowhere", "/health", "/static/gov.css"])
def test_every_answer_carries_the_headers(logged_in: LogIn, url: str) -> None:
    headers = logged_in("ann").get(url).headers

    assert POLICY == EXPECTED_POLICY
    assert {name: headers[name] for name in HEADERS if name != "Cache-Control"} == {
        "Content-Security-Policy": EXPECTED_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "SAMEORIGIN",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def test_pages_are_not_kept_and_the_style_sheet_is_asked_for_again(logged_in: LogIn) -> None:
    ann = logged_in("ann")

    assert ann.get("/inbox").headers["Cache-Control"] == "no-store"
    assert ann.get("/static/gov.css").headers["Cache-Control"] == "no-cache"


def test_no_page_holds_what_the_policy_forbids(logged_in: LogIn, case_id: int, task_id: int) -> None:
    ann, dan, sue = logged_in("ann"), logged_in("dan"), logged_in("sue")
    pages = [ann.get(url).text for url in ("/inbox", "/start/leave/ask", f"/tasks/{task_id}", f"/cases/{case_id}")]
    pages += [dan.get("/designer/leave").text, sue.get("/supervision").text]

    for page in pages:
        assert re.findall(r"<script(?![^>]*(?:type=\"application/json\"|src=))", page) == []
        assert re.findall(r"<style|\son\w+=|javascript:", page) == []


def test_health_says_nothing_but_that_it_is_well(app: Flask) -> None:
    answer = app.test_client().get("/health")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def _ways_in(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Every rule with every method it takes, and an address that leads there."""
    for rule in app.url_map.iter_rules():
        url = re.sub(r"<(int:)?\w+(:\w+)?>", lambda found: "7" if found[1] else "x", rule.rule)
        url = url.replace("<path:filename>", "gov.css")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, url


def test_whoever_sent_a_form_too_late_comes_back_to_it_after_logging_in(stranger: Browser) -> None:
    stranger.get("/login")

    for referrer, target in (
        ("http://localhost/tasks/7?said=claimed", "/login?next=/tasks/7"),
        ("http://elsewhere.test/tasks/7", "/login?next=/inbox"),
        ("", "/login?next=/inbox"),
    ):
        answer = stranger.client.post("/tasks/7", data={"csrf_token": stranger.token}, headers={"Referer": referrer})
        assert (answer.status_code, answer.location) == (303, target)
