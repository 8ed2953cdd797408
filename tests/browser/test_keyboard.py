"""The keyboard alone: from the inbox to a task that is done."""

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance import story
from tests.acceptance.office import Office
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

RING = (
    "(({ outlineStyle, outlineWidth }) => `${outlineStyle} ${outlineWidth}`)(getComputedStyle(document.activeElement))"
)


def _press_until(page: Page, key: str, selector: str) -> None:
    """Press a key until the focus is on the element; every stop on the way shows where it is."""
    for _ in range(60):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.matches('a, button, input, select, textarea, summary')"):
            assert page.evaluate(RING) != "none 0px", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    raise AssertionError(f"{selector} is not reached with {key}")


def test_a_task_is_claimed_filled_in_and_sent_without_a_mouse(page: Page, address: tuple[str, Office]) -> None:
    base, office = address
    case_id = story.apply_as_individual(office)
    desk = Desk(page, base)
    desk.log_in("zhang")
    desk.open("/inbox?tab=groups")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_role("status").first).to_contain_text("已签收")

    _press_until(page, "Tab", "input[name=proposal]")
    page.keyboard.press("Space")
    for _ in range(6):
        if page.evaluate("document.activeElement.value") == "refused":
            break
        page.keyboard.press("ArrowDown")
    _press_until(page, "Tab", "input[name=within_scope]")
    page.keyboard.press("ArrowDown")
    _press_until(page, "Tab", "textarea[name=acceptance_reason]")
    page.keyboard.type("行为时不属于执法人员。")
    _press_until(page, "Tab", ".form-foot button.primary")
    page.keyboard.press("Enter")
    page.locator("dialog[open]").first.wait_for()
    _press_until(page, "Tab", "dialog[open] button.primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert office.waiting(case_id) == ["approve_start"]
