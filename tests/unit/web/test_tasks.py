"""Claim, fill in and send a task; what happens when two act at once."""

import re
from collections.abc import Callable

import pytest

from engine.domain.actor import SYSTEM
from engine.services import suspending
from engine.services.runtime import Runtime
from tests.unit.web.conftest import Browser

LogIn = Callable[[str], Browser]


def _hidden(page: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)[0]


def test_the_page_shows_the_form_the_case_and_the_way_to_send(logged_in: LogIn, task_id: int) -> None:
    page = logged_in("ann").get(f"/tasks/{task_id}").text

    assert "<h1>审核申请</h1>" in page
    assert "还剩 3 天（2026-11-26 09:30）" in page
    assert 'name="answer"' in page
    assert "看病" in page
    assert f'data-draft-url="/tasks/{task_id}/draft"' in page
    assert f'data-refresh-url="/tasks/{task_id}/visible"' in page
    assert re.findall(r'role="tab" id="tab-(\w+)"', page) == ["glance", "diagram", "files", "history", "basis"]


def test_the_diagram_lights_up_the_task(logged_in: LogIn, task_id: int) -> None:
    page = logged_in("ann").get(f"/tasks/{task_id}").text

    state = re.findall(r"<script type=\"application/json\" data-state>(.*?)</script>", page)[0]
    assert '"focus": "check"' in state
    assert '"current": ["check"]' in state
    assert '"ask": {"at": "2026-11-23 09:30", "who": "\\u9c8d\\u52c3"}' in state


def test_whoever_claims_has_the_task(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")

    answer = ann.post(f"/tasks/{task_id}/claim")

    assert (answer.status_code, answer.location) == (303, f"/tasks/{task_id}?said=claimed")
    assert "已签收，请办理。" in ann.get(str(answer.location)).text
    assert f'href="/tasks/{task_id}"' in ann.get("/inbox?tab=mine").text


def test_the_second_to_claim_is_told_who_was_first_and_when(logged_in: LogIn, task_id: int) -> None:
    logged_in("ann").post(f"/tasks/{task_id}/claim")

    answer = logged_in("bob").post(f"/tasks/{task_id}/claim")

    assert answer.status_code == 409
    assert "此事项已由 安娜 于 2026-11-23 09:30 签收。" in answer.text


def test_a_script_gets_the_same_refusal_as_json(logged_in: LogIn, task_id: int) -> None:
    logged_in("ann").post(f"/tasks/{task_id}/claim")

    answer = logged_in("bob").script(f"/tasks/{task_id}/claim", {})

    assert (answer.status_code, answer.json) == (409, {"message": "此事项已由 安娜 于 2026-11-23 09:30 签收。"})


def test_what_is_given_back_can_be_claimed_by_another(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")
    ann.post(f"/tasks/{task_id}/claim")

    assert ann.post(f"/tasks/{task_id}/release").location == "/inbox?tab=groups&said=released"
    assert logged_in("bob").post(f"/tasks/{task_id}/claim").status_code == 303


def test_sending_the_form_ends_the_task_and_the_case(logged_in: LogIn, task_id: int, case_id: int) -> None:
    ann = logged_in("ann")
    page = ann.get(f"/tasks/{task_id}").text

    answer = ann.post(f"/tasks/{task_id}", answer="yes", _version=_hidden(page, "_version"), _key=_hidden(page, "_key"))

    assert (answer.status_code, answer.location) == (303, "/inbox?said=completed")
    assert "已办结" in ann.get(f"/cases/{case_id}").text
    assert f'href="/tasks/{task_id}"' in ann.get("/inbox?tab=done").text


def test_a_form_that_does_not_fit_comes_back_with_what_was_typed(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")

    answer = ann.post(f"/tasks/{task_id}", why="因为如此", _version="1", _key="k")

    assert answer.status_code == 422
    assert "因为如此" in answer.text
    assert 'class="error-summary"' in answer.text
    assert ann.get("/inbox?tab=done").text.count(f"/tasks/{task_id}") == 0


def test_the_same_submission_twice_is_answered_twice_and_done_once(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")

    answers = [ann.post(f"/tasks/{task_id}", answer="yes", _version="1", _key="same").location for _ in range(2)]

    assert answers == ["/inbox?said=completed", "/inbox?said=completed"]


def test_the_same_key_with_other_content_is_refused(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")
    ann.post(f"/tasks/{task_id}", answer="yes", _version="1", _key="same")

    answer = ann.post(f"/tasks/{task_id}", answer="no", why="x", _version="1", _key="same")

    assert answer.status_code == 422
    assert "同一页面已提交过不同的内容" in answer.text


def test_whoever_sends_too_late_is_told_by_whom_it_was_done_and_keeps_the_draft(logged_in: LogIn, task_id: int) -> None:
    ann, bob = logged_in("ann"), logged_in("bob")
    bob.get(f"/tasks/{task_id}")
    ann.post(f"/tasks/{task_id}", answer="yes", _version="1", _key="ann")

    answer = bob.post(f"/tasks/{task_id}", answer="no", why="人手不够", _version="1", _key="bob")

    assert answer.status_code == 409
    assert "此事项已由 安娜 于 2026-11-23 09:30 办结。" in answer.text
    assert "人手不够" in bob.get(f"/tasks/{task_id}").text


def test_a_task_that_somebody_else_holds_can_be_read_but_not_sent(logged_in: LogIn, task_id: int) -> None:
    logged_in("ann").post(f"/tasks/{task_id}/claim")

    page = logged_in("bob").get(f"/tasks/{task_id}")

    assert page.status_code == 200
    assert "此事项已由 安娜 于 2026-11-23 09:30 签收。 您可以查看，不能办理。" in page.text
    assert "data-draft-url" not in page.text
    assert "还没有填写的内容。" in page.text


def test_a_draft_is_there_when_the_page_is_opened_again(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")

    saved = ann.post(f"/tasks/{task_id}/draft", answer="no", why="写到一半")

    assert saved.json == {"saved_at": "2026-11-23T09:30:00+08:00"}
    page = ann.get(f"/tasks/{task_id}").text
    assert "写到一半" in page
    assert 'data-draft-saved-at="2026-11-23T09:30:00+08:00"' in page
    assert "写到一半" not in logged_in("bob").get(f"/tasks/{task_id}").text


@pytest.mark.parametrize(("answer", "shown"), [("yes", False), ("no", True)])
def test_conditional_parts_follow_what_has_been_typed(
    logged_in: LogIn, task_id: int, answer: str, *, shown: bool
) -> None:
    assert logged_in("ann").post(f"/tasks/{task_id}/visible", answer=answer).json == {"answer": True, "why": shown}


@pytest.mark.parametrize("way", ["", "/claim", "/release", "/draft", "/visible"])
def test_for_outsiders_the_task_does_not_exist(logged_in: LogIn, task_id: int, way: str) -> None:
    eve = logged_in("eve")

    assert eve.post(f"/tasks/{task_id}{way}", answer="yes").status_code == 404
    assert eve.get(f"/tasks/{task_id}").status_code == 404


def test_the_form_is_in_the_form_s_own_language_and_the_page_in_the_reader_s(logged_in: LogIn, task_id: int) -> None:
    ann = logged_in("ann")
    ann.post("/language", language="en", next="/inbox")

    page = ann.get(f"/tasks/{task_id}").text

    assert "3 days left (2026-11-26 09:30)" in page
    assert 'data-confirm="It cannot be changed afterwards. Send “审核申请”?"' in page


def test_a_task_of_a_suspended_case_says_who_suspended_it_and_why(
    logged_in: LogIn, runtime: Runtime, case_id: int, task_id: int
) -> None:
    ann = logged_in("ann")
    ann.get(f"/tasks/{task_id}")
    suspending.suspend(runtime, case_id, actor=SYSTEM, reason="等候司法鉴定")

    answer = ann.post(f"/tasks/{task_id}/claim")

    assert answer.status_code == 409
    assert "中止了此案：等候司法鉴定" in answer.text
    assert "tag" in logged_in("sue").get("/supervision").text.split("审核申请")[0].rsplit("<td>", 1)[1]


def test_the_page_of_a_conflict_leads_to_the_task_and_speaks_of_a_draft_only_where_there_is_one(
    logged_in: LogIn, task_id: int
) -> None:
    logged_in("ann").post(f"/tasks/{task_id}", answer="yes", _version="1")
    bob = logged_in("bob")

    sent = bob.post(f"/tasks/{task_id}", answer="no", why="人手不够", _version="1")
    claimed = bob.post(f"/tasks/{task_id}/claim")

    for answer in (sent, claimed):
        assert answer.status_code == 409
        assert "此事项已由 安娜 于 2026-11-23 09:30 办结。" in answer.text
        assert f'href="/tasks/{task_id}"' in answer.text
    assert "草稿" in sent.text
    assert "草稿" not in claimed.text
