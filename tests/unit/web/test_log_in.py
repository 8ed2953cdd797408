"""Log in, out and into the wrong place."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from engine.domain.clock import MovableClock
from engine.services.runtime import Runtime
from tests.unit.web.conftest import Browser, no_assets
from web.app import create_app
from web.security import local_path

LogIn = Callable[[str], Browser]


def test_the_right_password_leads_to_where_one_wanted_to_go(stranger: Browser) -> None:
    assert stranger.get("/cases").location == "/login?next=/cases"

    answer = stranger.log_in("ann", target="/cases")

    assert (answer.status_code, answer.location) == (303, "/cases")
    assert stranger.get("/cases").status_code == 200


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: Browser) -> None:
    cookie = stranger.log_in("ann").headers["Set-Cookie"]

    assert cookie.startswith("rongcuo=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_cookies_are_bound_to_the_host(runtime: Runtime) -> None:
    browser = Browser(create_app(runtime, secure_cookies=True, asset_tags=no_assets).test_client())
    page = browser.client.get("/login", base_url="https://localhost")

    assert page.headers["Set-Cookie"].startswith("__Host-visitor=")
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(("login", "password"), [("ann", "wrong"), ("nobody", "wrong")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(stranger: Browser, login: str, password: str) -> None:
    answer = stranger.log_in(login, password=password)

    assert answer.status_code == 401
    assert "账号或密码不正确。" in answer.text


def test_too_many_failures_are_slowed_down(stranger: Browser) -> None:
    for _ in range(5):
        stranger.log_in("ann", password="wrong")

    answer = stranger.log_in("ann")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "登录失败次数过多" in answer.text


def test_whoever_logs_out_is_out_even_with_the_old_cookie(stranger: Browser) -> None:
    cookie = stranger.log_in("ann").headers["Set-Cookie"].split(";")[0].split("=", 1)[1]

    assert stranger.post("/logout").location == "/login"
    stranger.client.set_cookie("rongcuo", cookie)

    assert stranger.get("/inbox").status_code == 303


def test_a_session_ends_after_half_an_hour_without_use(logged_in: LogIn, clock: MovableClock) -> None:
    ann = logged_in("ann")

    clock.advance(timedelta(minutes=31))

    assert ann.get("/inbox").location == "/login?next=/inbox"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "", None,
     "/\t/evil.example", "/\n"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(target: str | None) -> None:
    assert local_path(target) == "/inbox"


def test_a_path_of_ours_is_kept_with_its_query() -> None:
    assert local_path("/inbox?tab=groups&q=%E5%AE%B9") == "/inbox?tab=groups&q=%E5%AE%B9"


def test_a_stranger_may_choose_the_language_before_logging_in(app: Flask) -> None:
    stranger = Browser(app.test_client())
    stranger.get("/login")

    answer = stranger.post("/language", language="en", next="/login")

    assert answer.location == "/login"
    assert '<html lang="en">' in stranger.get("/login").text
