"""Every page by axe-core, in light and dark, Chinese and English, on a PC and on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, ViewportSize

from rongcuo import demo
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
# Each entry: who looks, the page, and a link to follow from there, where the address is not known beforehand.
PAGES = (
    ("zhao", "/inbox", ""),
    ("zhao", "/inbox?tab=groups", ""),
    ("zhang", "/inbox?tab=done", ""),
    ("zhao", "/inbox?tab=groups", "[data-open]"),
    ("zhang", "/inbox?tab=done", "[data-open]"),
    ("feng", "/cases", ""),
    ("feng", "/supervision", ""),
    ("feng", "/supervision", "[data-open]"),
    ("chen", "/start", ""),
    ("chen", "/start", "[data-open]"),
    ("chen", "/help", ""),
    ("chen", "/search?q=容", ""),
    ("yang", "/designer", ""),
    ("yang", "/designer/@new", ""),
    ("yang", "/designer", "[data-open]"),
    ("yang", "/designer", "td.ops a"),
)
# The canvas and the panel of bpmn-js are drawn by the libraries; what they show is in the list of problems as well.
LIBRARIES = [[".djs-container"], [".bio-properties-panel"]]
LOOKS = {
    "light-zh": ("light", "zh", {"width": 1366, "height": 768}),
    "dark-en": ("dark", "en", {"width": 1366, "height": 768}),
    "phone-zh": ("light", "zh", {"width": 390, "height": 844}),
}


@pytest.fixture(autouse=True)
def _axe_is_here() -> None:
    if not AXE.is_file():
        pytest.fail(
            "axe-core is missing: run `make test`, or `npm ci --ignore-scripts` in tests/browser.", pytrace=False
        )


def _violations(page: Page) -> list[str]:
    """Serious and critical ones: page, rule, the first elements."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]]
    passed: int
    found, passed = page.evaluate(
        "(exclude) => axe.run({ exclude }).then(({ violations, passes }) => [violations, passes.length])", LIBRARIES
    )
    assert passed > 5, "axe looked at nothing"
    return [
        f"{page.url} {one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def _shown(page: Page, base: str) -> Iterator[None]:
    """One page after the other, each when it has come to rest."""
    desk = Desk(page, base, demo.PASSWORD)
    language = page.context.cookies(base)
    person = ""
    for who, path, link in PAGES:
        if who != person:
            desk.log_in(who)
            page.context.add_cookies([{"name": c["name"], "value": c["value"], "url": base} for c in language])
            person = who
        desk.open(path)
        if link:
            page.goto(f"{base}{page.locator(link).first.get_attribute('href')}")
        for island in page.locator("[data-island]").all():
            if island.is_visible():
                page.wait_for_selector("[data-island][data-ready]", timeout=30_000)
        yield


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_has_a_serious_fault(page: Page, bureau: str, look: str) -> None:
    theme: Literal["light", "dark"]
    theme, language, size = LOOKS[look]  # type: ignore[assignment]
    page.set_viewport_size(ViewportSize(**size))
    page.emulate_media(color_scheme=theme)
    page.context.add_cookies([{"name": "language", "value": language, "url": bureau}])
    page.goto(f"{bureau}/login")
    found = _violations(page)
    for _ in _shown(page, bureau):
        found += _violations(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            found.append(f"{page.url} is {overflow} pixels wider than the screen")

    assert found == []


def test_every_page_has_a_title_that_begins_with_what_it_shows(page: Page, bureau: str) -> None:
    untold = []
    for _ in _shown(page, bureau):
        head = page.locator("h1").first.text_content() or ""
        title = page.title().split(" · ")
        number = page.locator("dl.facts dd").first.text_content() if "/cases/" in page.url else ""
        if title[0] not in {head.strip(), (number or "").strip()} or len(title) < 2:
            untold.append((page.url, title, head))

    assert untold == []
