"""What a person is told when something does not work, and what he is not told."""

import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask
from markupsafe import Markup

from engine.services.runtime import Runtime
from tests.unit.web.conftest import Browser, no_assets
from web.app import create_app
from web.assets import AssetsNotBuilt

LogIn = Callable[[str], Browser]


def _broken(runtime: Runtime) -> Flask:
    app = create_app(runtime, asset_tags=no_assets)

    def fail() -> str:
        raise ZeroDivisionError("the secret of the engine")

    app.add_url_rule("/broken", "broken", fail)
    return app


def test_an_unexpected_error_shows_a_number_and_logs_the_traceback(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(_broken(runtime).test_client())
    browser.log_in("ann")

    with caplog.at_level(logging.ERROR, logger="web.errors"):
        answer = browser.get("/broken")

    reference = re.findall(r"编号 ([0-9a-f]{8})", answer.text)[0]
    record = caplog.records[-1]
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert f"reference={reference}" in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_an_unknown_address_has_a_page_of_ours(logged_in: LogIn) -> None:
    answer = logged_in("ann").get("/nowhere")

    assert answer.status_code == 404
    assert "没有这个页面，或者您无权查看。" in answer.text
    assert "安娜" in answer.text


def test_a_method_that_does_not_fit_has_a_page_of_ours(logged_in: LogIn) -> None:
    assert logged_in("ann").get("/logout").status_code == 405


def test_errors_speak_english_to_those_who_chose_it(logged_in: LogIn) -> None:
    ann = logged_in("ann")
    ann.post("/language", language="en", next="/inbox")

    assert "There is no such page, or it is not for you." in ann.get("/nowhere").text


def test_a_script_gets_json(logged_in: LogIn) -> None:
    answer = logged_in("ann").get("/nowhere", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json) == (404, {"message": "没有这个页面，或者您无权查看。"})


def test_pages_work_without_the_built_front_end(runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    browser = Browser(create_app(runtime, asset_tags=_not_built).test_client())

    with caplog.at_level(logging.WARNING, logger="web.app"):
        assert browser.log_in("ann").status_code == 303
        assert browser.get("/inbox").status_code == 200

    assert [record.getMessage().split(" reason=")[0] for record in caplog.records] == [
        "assets_not_built entry=polyfill",
        "assets_not_built entry=shell",
    ]


def _not_built(entry: str) -> Markup:
    raise AssetsNotBuilt(entry)
