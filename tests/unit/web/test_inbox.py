"""The inbox and the number in the bar."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.domain.clock import MovableClock
from tests.unit.web.conftest import Browser

LogIn = Callable[[str], Browser]


def test_an_empty_inbox_says_so(logged_in: LogIn) -> None:
    page = logged_in("eve").get("/inbox").text

    assert "没有待办事项。" in page
    assert "<table" not in page


def test_a_task_offered_to_a_group_can_be_claimed_from_the_list(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")
    page = ann.get("/inbox?tab=groups").text

    row = re.findall(r"<tr data-row.*?</tr>", page, re.DOTALL)[0]
    assert "审核申请" in row
    assert "测容〔2026〕1号" in row
    assert "还剩 3 天（2026-11-26 09:30）" in row
    assert "data-claim" in row
    assert ann.post(f"/tasks/{task_id}/claim").status_code == 303


def test_tabs_carry_their_counts(logged_in: LogIn, task_id: int, clock: MovableClock) -> None:
    ann = logged_in("ann")
    assert _counts(ann) == {"我的待办": "0", "待签收": "1", "已超期": "0", "七日内到期": "1"}

    ann.post(f"/tasks/{task_id}/claim")
    clock.advance(timedelta(days=4))
    ann = logged_in("ann")

    assert _counts(ann) == {"我的待办": "1", "待签收": "0", "已超期": "1", "七日内到期": "0"}


def test_what_is_late_says_so_in_words(logged_in: LogIn, task_id: int, clock: MovableClock) -> None:
    clock.advance(timedelta(days=5))

    page = logged_in("ann").get("/inbox?tab=overdue").text

    assert 'class="is-late"' in page
    assert "已超期 2 天（2026-11-26 09:30）" in page


def test_the_list_can_be_searched(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")

    assert f"/tasks/{task_id}" in ann.get("/inbox?tab=groups&q=审核").text
    assert "没有符合条件的内容。" in ann.get("/inbox?tab=groups&q=别的").text


def test_a_long_list_goes_on_on_the_next_page(logged_in: LogIn) -> None:
    bob, ann = logged_in("bob"), logged_in("ann")
    for number in range(32):
        bob.post("/start/leave/ask", reason=f"事由{number}", _key=f"case-{number}")

    first = ann.get("/inbox?tab=groups").text
    following = re.findall(r'<a href="([^"]+)" rel="next">', first)[0].replace("&amp;", "&")
    second = ann.get(following).text

    assert first.count("<tr data-row") == 30
    assert second.count("<tr data-row") == 2
    assert set(re.findall(r"/tasks/(\d+)\"", first)).isdisjoint(re.findall(r"/tasks/(\d+)\"", second))
    assert 'rel="next"' not in second


def test_the_number_in_the_bar_is_asked_for_by_itself(logged_in: LogIn, task_id: int) -> None:
    ann, eve = logged_in("ann"), logged_in("eve")

    assert 'hx-get="/inbox/count" hx-trigger="load, every 60s"' in ann.get("/inbox").text
    assert re.findall(r">(\d+)</span>", ann.get("/inbox/count").text) == ["1"]
    assert "hidden>0</span>" in eve.get("/inbox/count").text


def test_the_front_door_leads_to_the_inbox(logged_in: LogIn) -> None:
    assert logged_in("ann").get("/").location == "/inbox"


def _counts(browser: Browser) -> dict[str, str]:
    tabs = re.findall(r'<nav class="tabs.*?</nav>', browser.get("/inbox").text, re.DOTALL)[0]
    return dict(re.findall(r">([^<>]+?) <span class=\"count\">([^<]+)</span>", tabs))


@pytest.mark.usefixtures("task_id")
def test_the_inbox_is_narrowed_to_one_process(logged_in: LogIn) -> None:
    ann = logged_in("ann")

    assert '<option value="leave" selected>请假</option>' in ann.get("/inbox?tab=groups&process=leave").text
    assert "审核申请" in ann.get("/inbox?tab=groups&process=leave").text
    nothing = ann.get("/inbox?tab=groups&process=other").text
    assert "审核申请" not in nothing
    assert "没有符合条件" in nothing


def test_what_was_done_is_narrowed_to_one_process(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")
    ann.post(f"/tasks/{task_id}", answer="yes", _version="1")

    assert f"/tasks/{task_id}" in ann.get("/inbox?tab=done&process=leave").text
    assert f"/tasks/{task_id}" not in ann.get("/inbox?tab=done&process=other").text


def test_the_box_in_the_bar_finds_tasks_and_cases(logged_in: LogIn, task_id: int, case_id: int) -> None:
    ann = logged_in("ann")

    found = ann.get("/search?q=审核").text
    assert f'href="/tasks/{task_id}"' in found
    assert f'href="/cases/{case_id}"' in ann.get("/search?q=测").text
    assert 'action="/search"' in ann.get("/inbox").text
    for page in (ann.get("/search?q=没有的").text, ann.get("/search").text, logged_in("eve").get("/search?q=测").text):
        assert f"/tasks/{task_id}" not in page
        assert f"/cases/{case_id}" not in page


def test_what_was_done_is_late_no_more_and_was_done_by_oneself(
    logged_in: LogIn, task_id: int, clock: MovableClock
) -> None:
    logged_in("ann").post(f"/tasks/{task_id}", answer="yes", _version="1")
    clock.advance(timedelta(days=9))

    page = logged_in("ann").get("/inbox?tab=done").text

    assert "is-late" not in page
    assert "<td>安娜</td>" in page
