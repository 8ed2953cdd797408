"""Forms in a real browser: lists within lists, and a session that ends while somebody types."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine.domain.actor import SYSTEM
from engine.services import deployments
from tests.acceptance import story
from tests.acceptance.office import PASSWORD, Office
from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:rongcuo="https://rongcuo.cn/schema/1.0"
    id="d" targetNamespace="https://rongcuo.cn">
  <bpmn:process id="visits" name="检查" isExecutable="true">
    <bpmn:startEvent id="report" name="报告" camunda:formRef="visits" rongcuo:startGroups="officer"/>
    <bpmn:sequenceFlow id="f1" sourceRef="report" targetRef="read"/>
    <bpmn:userTask id="read" name="阅读" camunda:candidateGroups="registrar"/>
    <bpmn:sequenceFlow id="f2" sourceRef="read" targetRef="done"/>
    <bpmn:endEvent id="done"/>
  </bpmn:process>
</bpmn:definitions>"""
FINDINGS = {
    "type": "dynamiclist",
    "path": "findings",
    "label": "问题",
    "components": [
        {"type": "textfield", "key": "what", "label": "内容"},
        {"type": "filepicker", "key": "proof", "label": "照片", "multiple": True},
    ],
}
FORM = {
    "type": "default",
    "id": "visits",
    "components": [
        {
            "type": "dynamiclist",
            "path": "places",
            "label": "场所",
            "components": [{"type": "textfield", "key": "name", "label": "名称"}, FINDINGS],
        }
    ],
}
# Every attribute that names a field by its place in the lists.
INDEXED = """
(() => {
  const found = {};
  for (const attribute of ["name", "id", "for", "data-part", "data-name", "data-dynamic-list"]) {
    const nodes = [...document.querySelectorAll(`form.form [${attribute}*="["]`)];
    found[attribute] = nodes.map((node) => node.getAttribute(attribute));
  }
  return found;
})()
"""


def _add(page: Page, path: str) -> None:
    page.locator(f"[data-dynamic-list='{path}'] > [data-add-row]").click()


def test_rows_of_a_list_within_a_list_are_numbered_through_in_every_attribute(
    page: Page, address: tuple[str, Office], tolerated_errors: list[str]
) -> None:
    # The process has no drawing; what the page of its case says of that is not looked at here.
    tolerated_errors.append("no diagram to display")
    base, office = address
    files = {"visits.bpmn": DIAGRAM.encode(), "visits.form": json.dumps(FORM).encode()}
    deployments.deploy(office.runtime, deployments.latest_files(office.runtime) | files, actor=SYSTEM, comment="visits")
    desk = Desk(page, base)
    desk.log_in("chen")
    desk.open("/start/visits/report")
    _add(page, "places")
    _add(page, "places")
    _add(page, "places[1].findings")
    _add(page, "places[1].findings")
    page.fill("[name='places[1].name']", "二号矿")
    page.fill("[name='places[1].findings[1].what']", "缺护栏")

    page.locator("[data-dynamic-list=places] > [data-rows] > [data-dynamic-row]").first.locator(
        "> .dyn-row-head [data-remove-row]"
    ).click()

    found: dict[str, list[str]] = page.evaluate(INDEXED)
    assert {
        value for values in found.values() for value in values if "places[1]" in value or "__index__" in value
    } == set()
    assert found["data-name"] == ["places[0].findings[0].proof", "places[0].findings[1].proof"]
    assert found["data-dynamic-list"] == ["places[0].findings"]
    upload = "[data-name='places[0].findings[1].proof']"
    page.set_input_files(f"{upload} input[type=file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"photo"})
    expect(page.locator(f"{upload} input[type=hidden]")).to_have_attribute("name", "places[0].findings[1].proof")
    desk.send()
    values = office.variables(office.newest_case())
    assert [finding["what"] for finding in values["places"][0]["findings"]] == [None, "缺护栏"]


@pytest.mark.usefixtures("_the_end_of_a_session_is_no_error_here")
def test_what_was_typed_on_a_task_when_the_session_ended_is_there_after_logging_in_again(
    page: Page, address: tuple[str, Office]
) -> None:
    base, office = address
    story.apply_as_individual(office)
    desk = Desk(page, base)
    desk.log_in("zhang")
    desk.open_task("受理审查")
    office.clock.advance(timedelta(minutes=31))
    page.fill("[name=acceptance_reason]", "写到一半，会话已经结束。")
    expect(page.locator("[data-draft-status]")).to_have_class("is-bad")
    _send_and_log_in_again(desk, "zhang")

    expect(page.locator("h1")).to_have_text("受理审查")
    page.locator(".flash").get_by_role("button", name="恢复").click()

    expect(page.locator("[name=acceptance_reason]")).to_have_value("写到一半，会话已经结束。")
    expect(page.locator("[data-draft-status]")).to_contain_text("草稿已保存")


@pytest.mark.usefixtures("_the_end_of_a_session_is_no_error_here")
def test_what_was_typed_on_a_start_form_when_the_session_ended_is_there_after_logging_in_again(
    page: Page, address: tuple[str, Office]
) -> None:
    base, office = address
    desk = Desk(page, base)
    desk.log_in("chen")
    desk.open("/start/rongcuo/individual")
    office.clock.advance(timedelta(minutes=31))
    page.fill("[name=matter]", "文书送达瑕疵")
    _send_and_log_in_again(desk, "chen")

    expect(page).to_have_url(f"{base}/start/rongcuo/individual")
    page.locator(".flash").get_by_role("button", name="恢复").click()

    expect(page.locator("[name=matter]")).to_have_value("文书送达瑕疵")


@pytest.fixture
def _the_end_of_a_session_is_no_error_here(tolerated_errors: list[str]) -> None:
    # The page is left while it still asks which parts to show.
    tolerated_errors.append("401|403|ERR_SOCKET_NOT_CONNECTED")


def _send_and_log_in_again(desk: Desk, person: str) -> None:
    desk.send()
    expect(desk.page.locator("#password")).to_be_visible()
    desk.page.fill("#login", person)
    desk.page.fill("#password", PASSWORD)
    desk.page.get_by_role("button", name="登录").click()
    desk.page.wait_for_load_state()
