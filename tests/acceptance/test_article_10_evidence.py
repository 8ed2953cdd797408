"""Article 10: evidence keeps its hash, is neither deleted nor replaced; none against is said with a reason."""

import hashlib
import io
import re
from typing import Any

import pytest

from tests.acceptance import story
from tests.acceptance.office import Office

pytestmark = pytest.mark.article("10")
SCAN = b"%PDF-1.7\nfirst\n%%EOF\n"
OTHER = b"%PDF-1.7\nsecond\n%%EOF\n"


def inquiry(office: Office) -> int:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    story.approve_start(office, case)
    office.do("wang", case, "form_team", lead="zhao", other_members=["qian"], conflict_checked="yes")
    return case


def upload(office: Office, person: str, content: bytes) -> str:
    client = office.browser(person)
    token = {"X-CSRF-Token": csrf(office, person)}
    answer = client.post("/files", data={"file": (io.BytesIO(content), "scan.pdf")}, headers=token)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.get_json()["id"])


def csrf(office: Office, person: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', office.browser(person).get("/inbox").text)
    assert found
    return found[1]


def collected(office: Office, direction: str = "for", **more: Any) -> dict[str, Any]:
    item = {"title": "记录", "source": "台账", "method": "copy", "collected_on": story.day(office)}
    return {"evidence": [item | {"direction": direction} | more], "next_step": "talk"}


@pytest.mark.article("3")
def test_evidence_is_kept_with_its_hash_and_cannot_be_deleted_or_replaced(office: Office) -> None:
    case = inquiry(office)
    file_id = upload(office, "zhao", SCAN)
    office.do("zhao", case, "collect_evidence", none_against="无。", **collected(office, document=[file_id]))
    client, token = office.browser("zhao"), {"X-CSRF-Token": csrf(office, "zhao")}

    for method in ("DELETE", "PUT", "PATCH", "POST"):
        answer = client.open(f"/files/{file_id}", method=method, data=OTHER, headers=token)
        assert answer.status_code == 405, method
    again = upload(office, "zhao", OTHER)

    assert again != file_id
    with client.get(f"/files/{file_id}") as answer:
        assert answer.data == SCAN
    (kept,) = office.view(case).files
    assert (kept.file_id, kept.sha256) == (file_id, hashlib.sha256(SCAN).hexdigest())


def test_evidence_against_is_not_left_blank_without_a_reason(office: Office) -> None:
    case = inquiry(office)

    answer = office.try_to_do("zhao", case, "collect_evidence", **collected(office))

    assert answer.status_code == 422
    assert 'name="none_against"' in answer.text
    assert office.waiting(case) == ["collect_evidence"]
    office.do("zhao", case, "collect_evidence", none_against="经查无不利证据。", **collected(office))
    assert office.waiting(case) == ["hear_subject"]


@pytest.mark.parametrize("direction", ["against", "both"])
def test_where_there_is_evidence_against_no_reason_is_asked(office: Office, direction: str) -> None:
    case = inquiry(office)

    office.do("zhao", case, "collect_evidence", **collected(office, direction))

    assert office.waiting(case) == ["hear_subject"]
