"""The shortest case by real clicks: applied for, refused, approved, the refusal served."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.office import Office
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


@pytest.mark.article(20)
def test_an_application_is_refused_by_real_clicks(
    page: Page, screenshot: Callable[[str], Path], address: tuple[str, Office]
) -> None:
    base, office = address
    desk = Desk(page, base)

    desk.log_in("chen")
    screenshot("inbox-empty")
    page.goto(f"{base}/start/rongcuo/individual")
    page.fill("[name=matter]", "文书送达瑕疵")
    desk.choose("subjects", "chen")
    page.fill("[name=error_date]", "2026-10-20")
    page.fill("[name=facts]", "送达回证缺少签名，次日补正。")
    page.select_option("[name=problem_kind]", index=1)
    page.select_option("[name=problem_field]", index=1)
    desk.choose("claimed_grounds", "16.4")
    page.fill("[name=request_reason]", "情节轻微并已纠正。")
    screenshot("start-form")
    desk.send()
    case_id = office.newest_case()
    assert office.waiting(case_id) == ["accept"]

    desk.log_in("zhang")
    screenshot("inbox")
    desk.open_task("受理审查")
    desk.choose("proposal", "refused")
    desk.choose("within_scope", "no")
    page.fill("[name=acceptance_reason]", "行为时不属于执法人员。")
    screenshot("task")
    desk.send()

    desk.log_in("wang")
    desk.open_task("启动审批")
    desk.choose("start_decision", "approved")
    desk.send()

    desk.log_in("zhang")
    desk.open_task("不予受理告知")
    page.fill("[name=refusal_text]", "不属于适用范围。")
    page.fill("[name=refusal_served_on]", "2026-11-20")
    desk.send()

    assert office.view(case_id).header.state == "ended"
    page.goto(f"{base}/cases/{case_id}")
    expect(page.locator("[data-island=viewer] svg").first).to_be_visible(timeout=15_000)
    screenshot("case")


def test_a_designer_opens_a_deployed_diagram_and_the_server_checks_it(
    page: Page, screenshot: Callable[[str], Path], address: tuple[str, Office]
) -> None:
    base, _office = address
    desk = Desk(page, base)
    desk.log_in("yang")

    page.goto(f"{base}/designer/correction")
    expect(page.locator("[data-element-id=rectify]").first).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="检查").click()

    expect(page.locator("[data-problems]")).to_contain_text("没有发现问题", timeout=15_000)
    screenshot("designer")
