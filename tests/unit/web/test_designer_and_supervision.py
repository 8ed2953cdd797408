"""The screens of the few: designer and supervisor, and what everybody else is told there."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from engine.domain.clock import MovableClock
from engine.services import people
from engine.services.runtime import Runtime
from tests.unit.web.conftest import DIAGRAM, PASSWORD, Browser

LogIn = Callable[[str], Browser]

BROKEN = DIAGRAM.replace('camunda:formRef="check"', 'camunda:formRef="nothing"')
RENAMED = DIAGRAM.replace("审核申请", "复核申请")


@pytest.fixture
def second_designer(runtime: Runtime, logged_in: LogIn) -> Browser:
    people.register(
        runtime, "dora", "朵拉", login="dora", password=PASSWORD, groups=("designer",), since=date(2020, 1, 1)
    )
    return logged_in("dora")


@pytest.mark.parametrize("url", ["/designer", "/designer/leave", "/designer/leave/diagram.bpmn", "/supervision"])
def test_others_are_refused_in_their_language(logged_in: LogIn, url: str) -> None:
    answer = logged_in("ann").get(url)

    assert answer.status_code == 403
    assert "您没有此项权限。" in answer.text


def test_the_bar_shows_only_what_one_may_use(logged_in: LogIn) -> None:
    assert 'href="/designer"' not in logged_in("ann").get("/inbox").text
    assert 'href="/designer"' in logged_in("dan").get("/inbox").text
    assert 'href="/supervision"' in logged_in("sue").get("/inbox").text


def test_the_designer_sees_processes_and_forms_with_their_versions(logged_in: LogIn) -> None:
    page = logged_in("dan").get("/designer").text

    assert "第 1 版" in page
    assert "check.form" in page


def test_the_editor_knows_where_to_ask_and_what_to_offer(logged_in: LogIn) -> None:
    dan = logged_in("dan")
    page = dan.get("/designer/leave").text

    for name in ("lint", "draft", "deploy"):
        assert f'data-{name}-url="/designer/leave/{name}"' in page
    assert '"id": "officer"' in page
    assert '"id": "check"' in page
    assert dan.get("/designer/leave/diagram.bpmn").data == DIAGRAM.encode()
    assert dan.get("/designer/nothing").status_code == 404


def test_lint_tells_the_element_and_the_problem(logged_in: LogIn) -> None:
    dan = logged_in("dan")

    assert dan.script("/designer/leave/lint", {"xml": DIAGRAM}).json == {"problems": []}
    problems = dan.script("/designer/leave/lint", {"xml": BROKEN}).json["problems"]

    assert [problem["element_id"] for problem in problems] == ["check"]
    assert problems[0].keys() == {"element_id", "message", "severity", "hint"}


def test_a_draft_is_kept_and_can_be_discarded(logged_in: LogIn) -> None:
    dan = logged_in("dan")

    saved = dan.script("/designer/leave/draft", {"xml": RENAMED, "revision": "0"})

    assert saved.status_code == 200
    assert dan.get("/designer/leave/diagram.bpmn").data == RENAMED.encode()
    assert f'data-revision="{saved.json["revision"]}"' in dan.get("/designer/leave").text
    assert dan.post("/designer/leave/discard").location == "/designer?said=draft_discarded"
    assert dan.get("/designer/leave/diagram.bpmn").data == DIAGRAM.encode()


def test_a_draft_does_not_overwrite_what_somebody_else_saved(logged_in: LogIn, second_designer: Browser) -> None:
    dan = logged_in("dan")
    first = dan.script("/designer/leave/draft", {"xml": RENAMED, "revision": "0"}).json["revision"]

    stale = second_designer.script("/designer/leave/draft", {"xml": DIAGRAM, "revision": "0"})
    copy = second_designer.script("/designer/leave/copy", {"xml": DIAGRAM})
    fresh = dan.script("/designer/leave/draft", {"xml": RENAMED, "revision": first})

    assert (stale.status_code, copy.status_code, fresh.status_code) == (409, 201, 200)
    assert stale.json == {"message": "丹 于 2026-11-23 09:30 保存了另一份草稿，您的修改没有覆盖它。"}
    assert dan.get("/designer/leave/diagram.bpmn").data == RENAMED.encode()
    assert second_designer.get(f"{copy.json['url']}/diagram.bpmn").data == DIAGRAM.encode()
    page = dan.get("/designer").text
    assert "leave@dora" in page
    assert "朵拉" in page
    second = second_designer.script("/designer/leave/copy", {"xml": RENAMED})
    assert second.json == {"url": "/designer/leave@dora.2"}


def test_a_page_that_fell_behind_is_told_so_in_english(logged_in: LogIn, second_designer: Browser) -> None:
    logged_in("dan").script("/designer/leave/draft", {"xml": RENAMED, "revision": "0"})
    second_designer.post("/language", language="en", next="/designer")

    stale = second_designer.script("/designer/leave/deploy", {"xml": DIAGRAM, "comment": "x", "revision": "0"})

    assert stale.status_code == 409
    assert stale.json == {"message": "丹 saved another draft on 2026-11-23 09:30; yours has not overwritten it."}
    assert logged_in("dan").get("/designer/leave/diagram.bpmn").data == RENAMED.encode()


def test_a_copy_is_deployed_as_its_process(logged_in: LogIn) -> None:
    dan = logged_in("dan")
    url = dan.script("/designer/leave/copy", {"xml": RENAMED}).json["url"]
    revision = re.findall(r'data-revision="(\d+)"', dan.get(url).text)[0]

    answer = dan.script(f"{url}/deploy", {"xml": RENAMED, "comment": "改名", "revision": revision})

    assert (answer.status_code, answer.json["version"]) == (201, 2)
    assert "leave@dan" not in dan.get("/designer").text


def test_a_new_process_is_begun_and_deployed(logged_in: LogIn) -> None:
    dan = logged_in("dan")
    dan.get("/designer/@new")

    answer = dan.post("/designer/@new", process_id="visit", name="来访 & 接待")

    assert (answer.status_code, answer.location) == (303, "/designer/visit")
    page = dan.get("/designer/visit").text
    xml = dan.get("/designer/visit/diagram.bpmn").text
    assert 'data-filename="visit.bpmn"' in page
    assert "新流程，尚未部署" in dan.get("/designer").text
    assert dan.script("/designer/visit/lint", {"xml": xml}).json == {"problems": []}
    revision = re.findall(r'data-revision="(\d+)"', page)[0]
    deployed = dan.script("/designer/visit/deploy", {"xml": xml, "comment": "首版", "revision": revision})
    assert (deployed.status_code, deployed.json["version"]) == (201, 1)
    assert "来访 &amp; 接待" in dan.get("/designer").text


@pytest.mark.parametrize(
    ("process_id", "name", "told"),
    [
        ("leave", "请假", "已有此标识的流程或草稿"),
        ("2nd", "第二", "格式不正确"),
        ("a b", "空格", "格式不正确"),
        ("fine", " ", "必须填写"),
    ],
)
def test_a_process_that_cannot_be_begun_is_refused_at_its_field(
    logged_in: LogIn, process_id: str, name: str, told: str
) -> None:
    dan = logged_in("dan")
    dan.get("/designer/@new")

    answer = dan.post("/designer/@new", process_id=process_id, name=name)

    assert answer.status_code == 422
    assert f'role="alert">{told}</p>' in answer.text
    assert f'value="{process_id}"' in answer.text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (DIAGRAM, "文件中没有此标识的流程"),
        ("no xml", "无法读取此文件：文件不是有效的 XML。"),
        ("<!DOCTYPE a><a/>", "无法读取此文件：不允许 DOCTYPE 声明。"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_refused_at_its_field(logged_in: LogIn, content: str, told: str) -> None:
    dan = logged_in("dan")
    dan.get("/designer/@new")
    file = (io.BytesIO(content.encode()), "visit.bpmn")

    answer = dan.client.post(
        "/designer/@new", data={"csrf_token": dan.token, "process_id": "visit", "name": "来访", "file": file}
    )

    assert answer.status_code == 422
    assert f'role="alert">{told}</p>' in answer.text


def test_a_diagram_that_draws_another_process_is_not_deployed_beside_it(logged_in: LogIn) -> None:
    dan = logged_in("dan")
    other = DIAGRAM.replace('process id="leave"', 'process id="other"')

    answer = dan.script("/designer/leave/deploy", {"xml": other, "comment": "x"})

    assert answer.status_code == 422
    assert answer.json["problems"][0]["message"] == "流程图中没有流程 'leave'。"
    assert "other" not in dan.get("/designer").text


def test_deploying_makes_a_new_version(logged_in: LogIn) -> None:
    dan = logged_in("dan")

    answer = dan.script("/designer/leave/deploy", {"xml": RENAMED, "comment": "改名"})

    assert (answer.status_code, answer.json["version"]) == (201, 2)
    page = dan.get(answer.json["url"]).text
    assert "第 2 版" in page
    assert "改名" in page
    assert dan.get(re.findall(r'data-src="([^"]+)"', page)[0]).data == RENAMED.encode()


def test_a_diagram_with_problems_is_not_deployed(logged_in: LogIn) -> None:
    answer = logged_in("dan").script("/designer/leave/deploy", {"xml": BROKEN, "comment": "x"})

    assert answer.status_code == 422
    assert answer.json["message"] == "流程图有问题，未能部署。"
    assert [problem["element_id"] for problem in answer.json["problems"]] == ["check"]


@pytest.mark.parametrize("body", [{}, {"xml": 7}, {"xml": None}])
def test_a_body_without_a_diagram_is_a_bad_request(logged_in: LogIn, body: dict[str, object]) -> None:
    assert logged_in("dan").script("/designer/leave/lint", body).status_code == 400


def test_deploying_needs_a_comment(logged_in: LogIn) -> None:
    assert logged_in("dan").script("/designer/leave/deploy", {"xml": RENAMED, "comment": " "}).status_code == 422


def test_a_version_that_is_not_there_is_not_found(logged_in: LogIn) -> None:
    assert logged_in("dan").get("/designer/versions/7").status_code == 404
    assert logged_in("dan").get("/diagrams/7.bpmn").status_code == 404


def test_the_supervisor_sees_who_has_what_and_what_is_late(logged_in: LogIn, case_id: int, clock: MovableClock) -> None:
    clock.advance(timedelta(days=5))
    page = logged_in("sue").get("/supervision").text

    row = re.findall(r"<tr data-row.*?</tr>", page, re.DOTALL)[0]
    assert 'class="is-late"' in row
    assert f"/cases/{case_id}" in row
    assert "经办人" in row
    assert "已超期 2 天（2026-11-26 09:30）" in row
    assert re.findall(r'<div class="card \w*"><span>超期事项</span><b><a[^>]*>(\d+)</a>', page) == ["1"]
