"""The designer by real clicks: a new process, two designers at one draft, a crash, a file."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from engine.services import people
from engine.services.design_drafts import find
from engine.services.people import actor_for
from engine.store.unit_of_work import read_only
from tests.acceptance.office import PASSWORD, Office
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

READY = "[data-island=modeler][data-ready]"
KEPT = "Object.keys(localStorage).filter((key) => key.includes('diagram-correction')).length"
RECTIFY = "[data-element-id=rectify]"


@pytest.fixture
def office(address: tuple[str, Office]) -> Office:
    return address[1]


@pytest.fixture
def desk(page: Page, address: tuple[str, Office]) -> Desk:
    return Desk(page, address[0])


@pytest.fixture
def colleague(page: Page, address: tuple[str, Office]) -> Iterator[Desk]:
    """A second designer at another PC."""
    people.register(
        address[1].runtime, "mei", "梅", login="mei", password=PASSWORD, groups=("designer",), since=date(2020, 1, 1)
    )
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    desk = Desk(context.new_page(), address[0])
    desk.page.set_default_timeout(15_000)
    desk.log_in("mei")
    yield desk
    context.close()


def _open(desk: Desk, key: str) -> None:
    desk.open(f"/designer/{key}")
    desk.page.locator(READY).wait_for(timeout=30_000)


def _rename(page: Page, element: str, name: str) -> None:
    """Double click and type over the name, as one does on paper."""
    page.locator(f"[data-element-id={element}].djs-element").first.dblclick()
    page.locator(".djs-direct-editing-content").fill(name)
    page.locator(".designer-canvas svg").first.click(position={"x": 700, "y": 20})


def _save(page: Page) -> None:
    page.get_by_role("button", name="保存草稿").click()


def _status(page: Page) -> str:
    return page.locator(".designer-status").text_content() or ""


def _drawn(office: Office, key: str) -> str:
    with read_only(office.runtime.database) as uow:
        yang = actor_for(office.runtime, uow, "yang")
    draft = find(office.runtime, key, actor=yang)
    return "" if draft is None else draft.xml.decode()


def test_a_new_process_is_begun_drawn_saved_and_deployed(
    desk: Desk, office: Office, screenshot: Callable[[str], Path]
) -> None:
    page = desk.page
    desk.log_in("yang")
    desk.open("/designer")
    page.get_by_role("link", name="新建流程").click()
    page.fill("#name", "来访接待")
    page.fill("#process_id", "visit")
    screenshot("designer-new")
    page.get_by_role("button", name="开始绘制").click()
    page.locator(READY).wait_for(timeout=30_000)

    _rename(page, "start", "来访登记")
    _save(page)
    expect(page.locator(".designer-status")).to_contain_text("草稿已保存")
    assert "来访登记" in _drawn(office, "visit")
    page.get_by_role("button", name="部署").click()
    page.fill("#deploy-comment", "首版")
    page.locator("dialog[open] button.primary").click()

    expect(page.locator("dialog[open]")).to_contain_text("已部署为第 1 版")
    page.locator("dialog[open] a.primary").click()
    expect(page.locator("h1")).to_have_text("来访接待 第 1 版")
    assert _drawn(office, "visit") == ""


def test_of_two_who_draw_at_once_the_second_keeps_his_as_a_copy(
    desk: Desk,
    colleague: Desk,
    office: Office,
    tolerated_errors: list[str],
    screenshot: Callable[[str], Path],
) -> None:
    tolerated_errors.append("409")
    desk.log_in("yang")
    _open(desk, "correction")
    _open(colleague, "correction")
    _rename(colleague.page, "rectify", "梅的整改")
    _save(colleague.page)
    expect(colleague.page.locator(".designer-status")).to_contain_text("草稿已保存")

    _rename(desk.page, "rectify", "杨的整改")
    _save(desk.page)

    dialog = desk.page.locator("dialog[open]")
    expect(dialog).to_contain_text("梅 于")
    screenshot("designer-stale")
    dialog.get_by_role("button", name="把我的另存为副本").click()
    desk.page.wait_for_url("**/designer/correction@yang")
    desk.page.locator(READY).wait_for(timeout=30_000)
    assert "梅的整改" in _drawn(office, "correction")
    assert "杨的整改" in _drawn(office, "correction@yang")
    desk.open("/designer")
    expect(desk.page.get_by_role("cell", name="另存的副本")).to_be_visible()


def test_of_two_who_draw_at_once_the_second_may_take_the_other_draft(
    desk: Desk, colleague: Desk, tolerated_errors: list[str]
) -> None:
    tolerated_errors.append("409")
    desk.log_in("yang")
    _open(desk, "correction")
    _open(colleague, "correction")
    _rename(colleague.page, "rectify", "梅的整改")
    _save(colleague.page)
    expect(colleague.page.locator(".designer-status")).to_contain_text("草稿已保存")
    _rename(desk.page, "rectify", "杨的整改")
    _save(desk.page)

    desk.page.get_by_role("button", name="采用对方的草稿").click()

    expect(desk.page.locator(RECTIFY).first).to_contain_text("梅的整改", timeout=30_000)
    expect(desk.page.locator("[data-recovery]")).to_have_count(0)


def test_a_drawing_survives_a_crash_of_the_browser(desk: Desk) -> None:
    desk.log_in("yang")
    _open(desk, "correction")
    _rename(desk.page, "rectify", "没有保存的整改")
    # The server hears of it after five seconds; this computer keeps it after one.
    for _ in range(50):
        if desk.page.evaluate(KEPT):
            break
        desk.page.wait_for_timeout(100)
    assert _status(desk.page) == "有未保存的修改"
    crashed, desk.page = desk.page, desk.page.context.new_page()
    crashed.close()

    _open(desk, "correction")
    expect(desk.page.locator(RECTIFY).first).to_contain_text("整改落实")
    desk.page.locator("[data-recovery]").get_by_role("button", name="恢复").click()

    expect(desk.page.locator(RECTIFY).first).to_contain_text("没有保存的整改")
    _save(desk.page)
    expect(desk.page.locator(".designer-status")).to_contain_text("草稿已保存")
    assert desk.page.evaluate(KEPT) == 0


def test_nobody_leaves_an_unsaved_drawing_unasked(desk: Desk) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.page.on("dialog", stay)
    desk.log_in("yang")
    _open(desk, "correction")
    _rename(desk.page, "rectify", "没有保存的整改")
    desk.page.get_by_role("link", name="案件").click(no_wait_after=True)

    desk.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert desk.page.url.endswith("/designer/correction")
    _save(desk.page)
    expect(desk.page.locator(".designer-status")).to_contain_text("草稿已保存")
    desk.page.get_by_role("link", name="案件").click()
    desk.page.wait_for_url("**/cases")


def test_a_file_begins_a_new_process_under_its_own_name(desk: Desk, office: Office, tmp_path: Path) -> None:
    file = tmp_path / "visit.bpmn"
    text = (Path(__file__).parents[2] / "diagrams" / "follow_up.bpmn").read_text(encoding="utf-8")
    file.write_text(
        text.replace('"follow_up"', '"revisit"').replace('name="跟踪回访"', 'name="来访回访"'), encoding="utf-8"
    )
    desk.log_in("yang")
    desk.open("/designer/@new")

    desk.page.set_input_files("#file", file)
    expect(desk.page.locator("#process_id")).to_have_value("revisit")
    desk.page.get_by_role("button", name="开始绘制").click()
    desk.page.locator(READY).wait_for(timeout=30_000)

    assert 'process id="revisit"' in _drawn(office, "revisit")
    assert desk.page.locator("[data-element-id]").count() > 10


def test_a_file_takes_the_place_of_the_drawing_and_one_that_cannot_be_read_does_not(desk: Desk, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "diagrams" / "correction.bpmn").read_text(encoding="utf-8")
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.bpmn"
    good.write_text(text.replace("整改落实", "导入的整改"), encoding="utf-8")
    bad.write_text("<definitions>", encoding="utf-8")
    desk.log_in("yang")
    _open(desk, "correction")

    for file in (good, bad):
        desk.page.set_input_files(".designer-toolbar input[type=file]", file)
        desk.page.locator("dialog[open] button.primary").click()
        expect(desk.page.locator("dialog[open]")).to_have_count(0)
        expect(desk.page.locator(RECTIFY).first).to_contain_text("导入的整改")
    assert "无法读取此文件" in _status(desk.page)
    desk.page.close()
