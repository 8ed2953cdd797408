"""The page of the browser tests draws Chinese, and nothing goes wrong on it unnoticed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ADDRESS = "http://rongcuo.test/"
STRICT = {"Content-Security-Policy": "default-src 'self'"}


@pytest.fixture
def refused_script(tolerated_errors: list[str]) -> None:
    """The error that the test provokes; the page would fail it otherwise."""
    tolerated_errors.append("Content.Security.Policy")


def _serve(page: Page, body: str) -> None:
    page.route("**/*", lambda route: route.fulfill(body=body, headers=STRICT, content_type="text/html; charset=utf-8"))
    page.goto(ADDRESS)


def test_the_visitor_reads_chinese_at_an_office_screen(page: Page, screenshot: Callable[[str], Path]) -> None:
    _serve(page, "<!doctype html><title>容错</title><h1>镕珺喆</h1>")

    assert page.evaluate("[navigator.language, innerWidth, innerHeight]") == ["zh-CN", 1366, 768]
    assert page.title() == "容错"
    assert screenshot("watched-page").stat().st_size > 0


def test_a_rare_character_is_drawn_as_itself_and_not_as_a_box(page: Page) -> None:
    _serve(page, "<!doctype html><h1></h1>")

    drawings = page.evaluate(
        """() => ["镕", "珺", "\\u{10ffff}"].map((text) => {
            const canvas = document.createElement("canvas"); canvas.width = canvas.height = 40;
            const pen = canvas.getContext("2d"); pen.font = "32px sans-serif"; pen.fillText(text, 2, 34);
            return canvas.toDataURL();
        })"""
    )

    assert len(set(drawings)) == 3


@pytest.mark.usefixtures("refused_script")
def test_a_violation_of_the_policy_is_noticed(page: Page) -> None:
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))

    _serve(page, "<!doctype html><script>document.title = 'ran'</script>")

    assert page.title() == ""
    assert any(text.startswith("Content-Security-Policy: script-src-elem refused inline") for text in seen)
