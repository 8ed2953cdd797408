"""Start a case, read it, and be kept out of it."""

import io
import json
import re
from collections.abc import Callable

from werkzeug.test import TestResponse

from engine.domain.actor import SYSTEM
from engine.services import deployments
from engine.services.runtime import Runtime
from tests.unit.web.conftest import DIAGRAM, FILES, Browser

LogIn = Callable[[str], Browser]
PDF = b"%PDF-1.7\n%%EOF\n"


def test_people_see_what_they_may_start(logged_in: LogIn) -> None:
    assert 'href="/start/leave/ask"' in logged_in("ann").get("/start").text
    assert "您没有可以发起的流程。" in logged_in("eve").get("/start").text


def test_a_case_starts_from_its_form(logged_in: LogIn) -> None:
    ann = logged_in("ann")
    assert 'name="reason"' in ann.get("/start/leave/ask").text

    answer = ann.post("/start/leave/ask", reason="看病", _key="k")

    assert answer.status_code == 303
    page = ann.get(str(answer.location)).text
    assert "案件已登记。" in page
    assert "测容〔2026〕1号" in page


def test_the_same_start_twice_is_one_case(logged_in: LogIn) -> None:
    ann = logged_in("ann")

    answers = {ann.post("/start/leave/ask", reason="看病", _key="same").location for _ in range(2)}

    assert len(answers) == 1


def test_a_start_form_that_does_not_fit_comes_back(logged_in: LogIn) -> None:
    answer = logged_in("ann").post("/start/leave/ask", reason="", _key="k")

    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text


def test_whoever_may_not_start_is_refused(logged_in: LogIn) -> None:
    eve = logged_in("eve")

    assert eve.get("/start/leave/ask").status_code == 403
    assert eve.post("/start/leave/ask", reason="看病", _key="k").status_code == 403
    assert eve.get("/start/leave/nothing").status_code == 404
    assert eve.get("/start/nothing/ask").status_code == 404


def test_the_case_page_tells_the_whole_case(logged_in: LogIn, case_id: int) -> None:
    page = logged_in("bob").get(f"/cases/{case_id}").text

    assert "记录完整，共" in page
    assert "审核申请" in page
    assert re.search(r"<dt>事由</dt>\s*<dd>看病</dd>", page)
    assert 'data-island="viewer"' in page
    assert '"frames": [' in page
    assert '<ol class="timeline">' in page


def test_the_history_shows_what_people_did_and_the_rest_on_demand(logged_in: LogIn, case_id: int) -> None:
    page = logged_in("bob").get(f"/cases/{case_id}").text

    acts, whole = re.findall(r'<ol class="timeline">(.*?)</ol>', page, re.DOTALL)
    assert ("进入 审核申请" in acts, "进入 审核申请" in whole) == (False, True)
    assert "提交 提出申请" in acts


def test_for_outsiders_the_case_does_not_exist(logged_in: LogIn, case_id: int) -> None:
    eve = logged_in("eve")

    assert eve.get(f"/cases/{case_id}").status_code == 404
    assert "没有您可以查看的案件。" in eve.get("/cases").text
    assert f"/cases/{case_id}" in logged_in("sue").get("/cases").text


def test_cases_are_found_by_number(logged_in: LogIn, case_id: int) -> None:
    bob = logged_in("bob")

    assert f"/cases/{case_id}" in bob.get("/cases?q=〔2026〕1号").text
    assert "没有符合条件的内容。" in bob.get("/cases?q=〔1999〕").text


def test_the_diagram_is_the_file_as_deployed(logged_in: LogIn, case_id: int) -> None:
    bob = logged_in("bob")
    address = re.findall(r'data-src="([^"]+)"', bob.get(f"/cases/{case_id}").text)[0]

    answer = bob.get(address)

    assert answer.data == DIAGRAM.encode()
    assert answer.content_type == "application/xml; charset=utf-8"


def test_a_file_goes_in_with_the_form_and_comes_out_as_a_download_only(logged_in: LogIn) -> None:
    ann = logged_in("ann")
    stored = _upload(ann, "证明.pdf", PDF)
    assert (stored["name"], stored["size"]) == ("证明.pdf", len(PDF))

    ann.post("/start/leave/ask", reason="看病", proof=stored["id"], _key="k")
    answer = ann.get(stored["url"])

    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/pdf"
    assert logged_in("eve").get(stored["url"]).status_code == 404
    assert logged_in("bob").get(stored["url"]).status_code == 200


def test_a_file_that_is_not_what_its_name_says_is_refused(logged_in: LogIn) -> None:
    ann = logged_in("ann")

    assert _upload_status(ann, "证明.pdf", b"<html>") == 415
    assert _upload_status(ann, "run.exe", b"MZ") == 415
    assert _upload_status(ann, "empty.pdf", b"") == 422


def test_a_file_that_is_too_large_is_refused(logged_in: LogIn) -> None:
    ann = logged_in("ann")

    assert _upload_status(ann, "big.pdf", PDF + b"x" * 70 * 1024) == 413
    headers = {"X-CSRF-Token": ann.token, "Accept": "application/json"}
    huge = ann.client.post(
        "/files", data=b"x" * 2 * 1024 * 1024, content_type="multipart/form-data; boundary=x", headers=headers
    )
    assert (huge.status_code, huge.json) == (413, {"message": "发送的内容超过了允许的大小。"})


def test_an_upload_without_a_file_is_a_bad_request(logged_in: LogIn) -> None:
    assert logged_in("ann").post("/files").status_code == 400


def _send(browser: Browser, name: str, content: bytes) -> TestResponse:
    headers = {"X-CSRF-Token": browser.token, "Accept": "application/json"}
    return browser.client.post("/files", data={"file": (io.BytesIO(content), name)}, headers=headers)


def _upload(browser: Browser, name: str, content: bytes) -> dict[str, str]:
    answer = _send(browser, name, content)
    assert answer.status_code == 201
    return answer.json


def _upload_status(browser: Browser, name: str, content: bytes) -> int:
    answer = _send(browser, name, content)
    assert answer.json.keys() == {"message"}
    return answer.status_code


def test_a_default_stands_in_an_untouched_form_and_does_not_come_back_over_what_was_typed(
    logged_in: LogIn, runtime: Runtime
) -> None:
    form = {
        "type": "default",
        "id": "ask",
        "components": [
            {"type": "textfield", "key": "reason", "label": "事由", "validate": {"required": True}},
            {"type": "checkbox", "key": "paid", "label": "带薪", "defaultValue": True},
        ],
    }
    deployments.deploy(runtime, {**FILES, "ask.form": json.dumps(form).encode()}, actor=SYSTEM, comment="default")
    ann = logged_in("ann")

    assert 'name="paid" value="true" checked' in ann.get("/start/leave/ask").text
    refused = ann.post("/start/leave/ask", reason="", _key="k")
    assert refused.status_code == 422
    assert 'name="paid" value="true">' in refused.text
