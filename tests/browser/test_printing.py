"""What stands on paper."""

import pytest
from playwright.sync_api import Page

from rongcuo import demo
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

FOLDED = "document.querySelectorAll('main details:not([open]):not(.no-print)').length"
COUNT_WHILE_PRINTING = f"window.addEventListener('beforeprint', () => {{ window.foldedOnPaper = {FOLDED}; }})"


def test_what_is_folded_on_the_screen_is_open_on_paper(page: Page, bureau: str) -> None:
    desk = Desk(page, bureau, demo.PASSWORD)
    desk.log_in("feng")
    desk.open("/supervision")
    desk.open(str(page.locator("[data-open]").first.get_attribute("href")))
    page.wait_for_selector("[data-island][data-ready]", timeout=30_000)
    folded = page.evaluate(FOLDED)
    page.evaluate(COUNT_WHILE_PRINTING)

    page.pdf(format="A4")

    assert folded > 0
    assert page.evaluate("window.foldedOnPaper") == 0
    assert page.evaluate(FOLDED) == folded
