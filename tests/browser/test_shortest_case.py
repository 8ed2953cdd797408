"""The shortest case by real clicks: applied for, refused, approved, the refusal served."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from waitress.server import create_server

from tests.acceptance.office import PASSWORD, Office

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, Office]]:
    """The service at a free port of this machine, with its office."""
    office = Office(tmp_path)
    server = create_server(office.app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}", office
    server.close()
    thread.join(timeout=10)
    office.runtime.database.close()


class Desk:
    """What one person after another does at the same PC."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base

    def log_in(self, person: str) -> None:
        self.page.context.clear_cookies()
        self.page.goto(f"{self.base}/login")
        self.page.fill("#login", person)
        self.page.fill("#password", PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page).to_have_url(f"{self.base}/inbox")

    def open_task(self, name: str) -> None:
        self.page.goto(f"{self.base}/inbox?tab=groups")
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def choose(self, name: str, value: str) -> None:
        self.page.check(f"input[name='{name}'][value='{value}']")

    def send(self) -> None:
        """Press the form's button, confirm in the dialog and wait for the next page."""
        self.page.locator("form.form button.primary").last.click()
        confirm = self.page.locator("dialog[open] button.primary").first
        confirm.wait_for()
        with self.page.expect_navigation():
            confirm.click()


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
