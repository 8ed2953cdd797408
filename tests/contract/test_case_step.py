"""One step, one transaction, on both databases."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.domain import identity
from engine.domain.clock import MovableClock
from engine.domain.rejection import (
    AlreadyClaimed,
    AlreadyCompleted,
    Forbidden,
    IdempotencyMismatch,
    Invalid,
    NotFound,
    Rejection,
)
from engine.services import audit, case_reading, cases, deployments, inbox, user_tasks
from engine.services.runtime import LiveCases, Runtime
from engine.store.database import Database
from tests.contract.bureau import CHIEF, FILES, LI, NOW, TWO_TASKS, ZHAO, make_runtime, open_tasks, reopened

LETTER = {"subject": "关于整改", "pages": "3"}


@pytest.fixture
def url(database: Database) -> str:
    return database.url


@pytest.fixture
def runtime(url: str, tmp_path: Path) -> Runtime:
    return make_runtime(url, tmp_path)


def start(runtime: Runtime, key: str = "start") -> int:
    return cases.start(runtime, "request", "begin", {}, actor=LI, key=key)


def test_a_case_runs_from_its_start_to_its_end(runtime: Runtime) -> None:
    case_id = start(runtime)
    (write,) = open_tasks(runtime, case_id)
    user_tasks.complete(runtime, write.id, LETTER, actor=LI, version=None, key="1")
    (check,) = open_tasks(runtime, case_id)
    user_tasks.complete(runtime, check.id, {}, actor=ZHAO, version=None, key="2")

    view = case_reading.case_view(runtime, case_id, actor=LI)
    assert view.header.state == "ended"
    assert [(task.element_id, task.state, task.completed_by) for task in view.tasks] == [
        ("write", "completed", "李"),
        ("check", "completed", "赵"),
    ]
    assert view.submissions[1].data["values"] == {"subject": "关于整改", "pages": 3}
    assert view.chain_intact


def test_another_process_goes_on_where_the_first_one_stopped(runtime: Runtime, url: str, tmp_path: Path) -> None:
    case_id = start(runtime)
    (write,) = open_tasks(runtime, case_id)
    other = reopened(runtime, url, tmp_path)

    user_tasks.complete(other, write.id, LETTER, actor=LI, version=None, key="1")

    assert [task.element_id for task in open_tasks(runtime, case_id)] == ["check"]


def test_a_stale_live_case_is_not_used(runtime: Runtime, url: str, tmp_path: Path) -> None:
    case_id = start(runtime)
    (write,) = open_tasks(runtime, case_id)
    user_tasks.complete(reopened(runtime, url, tmp_path), write.id, LETTER, actor=LI, version=None, key="1")
    (check,) = open_tasks(runtime, case_id)

    user_tasks.complete(runtime, check.id, {}, actor=ZHAO, version=None, key="2")

    assert open_tasks(runtime, case_id) == []
    assert audit.verify(runtime, case_id).intact


def test_the_same_submission_twice_has_one_effect_and_the_same_answer(runtime: Runtime) -> None:
    (write,) = open_tasks(runtime, start(runtime))

    first = user_tasks.complete(runtime, write.id, LETTER, actor=LI, version=None, key="k")
    again = user_tasks.complete(runtime, write.id, LETTER, actor=LI, version=None, key="k")

    assert again == first
    assert len(open_tasks(runtime, write.case_id)) == 1


def test_the_same_key_with_other_content_is_refused(runtime: Runtime) -> None:
    (write,) = open_tasks(runtime, start(runtime))
    user_tasks.complete(runtime, write.id, LETTER, actor=LI, version=None, key="k")

    with pytest.raises(IdempotencyMismatch):
        user_tasks.complete(runtime, write.id, {"subject": "另一"}, actor=LI, version=None, key="k")


def test_starting_twice_with_one_key_starts_one_case(runtime: Runtime) -> None:
    assert start(runtime, "k") == start(runtime, "k")


def test_processes_that_are_numbered_alike_share_one_sequence(runtime: Runtime) -> None:
    other = TWO_TASKS.replace(b'id="request"', b'id="second"')
    deployments.deploy(runtime, {**FILES, "second.bpmn": other}, actor=CHIEF, comment="two")
    case_id = start(runtime)
    second = cases.start(runtime, "second", "begin", {}, actor=LI, key="second")

    numbers = [case_reading.case_view(runtime, case, actor=LI).header.number for case in (case_id, second)]
    assert numbers == ["某局容〔2026〕1号", "某局容〔2026〕2号"]


def test_a_task_completed_by_another_says_who_and_when(runtime: Runtime) -> None:
    (write,) = open_tasks(runtime, start(runtime))
    user_tasks.complete(runtime, write.id, LETTER, actor=LI, version=None, key="1")

    with pytest.raises(AlreadyCompleted) as rejected:
        user_tasks.complete(runtime, write.id, LETTER, actor=ZHAO, version=None, key="2")
    assert (rejected.value.data["by"], rejected.value.data["at"]) == ("li", NOW)


def test_a_task_claimed_by_another_cannot_be_completed(runtime: Runtime) -> None:
    (write,) = open_tasks(runtime, start(runtime))
    user_tasks.claim(runtime, write.id, actor=LI)

    with pytest.raises(AlreadyClaimed):
        user_tasks.complete(runtime, write.id, LETTER, actor=ZHAO, version=None, key="2")


def test_a_form_with_errors_changes_nothing_and_the_draft_stays(runtime: Runtime) -> None:
    (write,) = open_tasks(runtime, start(runtime))
    typed = {"subject": "", "pages": "三"}
    user_tasks.save_draft(runtime, write.id, typed, actor=LI)

    with pytest.raises(Invalid) as rejected:
        user_tasks.complete(runtime, write.id, typed, actor=LI, version=None, key="1")

    assert sorted(rejected.value.errors) == ["pages", "subject"]
    assert open_tasks(runtime, write.case_id) == [write]
    assert case_reading.task_view(runtime, write.id, actor=LI).form_values["pages"] == "三"


@pytest.mark.article(12)
def test_whoever_wrote_may_neither_claim_nor_complete_the_check(runtime: Runtime) -> None:
    case_id = start(runtime)
    (write,) = open_tasks(runtime, case_id)
    user_tasks.complete(runtime, write.id, LETTER, actor=LI, version=None, key="1")
    (check,) = open_tasks(runtime, case_id)

    with pytest.raises(Forbidden):
        user_tasks.claim(runtime, check.id, actor=LI)
    with pytest.raises(Forbidden):
        user_tasks.complete(runtime, check.id, {}, actor=LI, version=None, key="2")


@pytest.mark.article(11)
def test_who_has_no_part_in_a_case_does_not_find_it(runtime: Runtime) -> None:
    case_id = start(runtime)
    stranger = CHIEF.__class__(person_id="stranger", name="外人")

    with pytest.raises(NotFound):
        case_reading.case_view(runtime, case_id, actor=stranger)
    assert case_reading.listing(runtime, actor=stranger) == ([], None)
    assert inbox.page(runtime, stranger, tab="groups").rows == []


def test_racing_for_one_task_has_one_winner_and_no_damage(runtime: Runtime) -> None:
    (write,) = open_tasks(runtime, start(runtime))
    outcomes: list[str] = []

    def work(number: int) -> None:
        actor = LI if number % 2 else ZHAO
        try:
            user_tasks.complete(runtime, write.id, LETTER, actor=actor, version=None, key=f"k{number}")
            outcomes.append("won")
        except Rejection as rejected:
            outcomes.append(rejected.key)

    racers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert outcomes.count("won") == 1
    assert [task.element_id for task in open_tasks(runtime, write.case_id)] == ["check"]
    assert audit.verify(runtime, write.case_id).intact


def test_nothing_cached_gives_the_same_result(runtime: Runtime) -> None:
    (write,) = open_tasks(runtime, start(runtime))
    runtime.live = LiveCases()

    user_tasks.complete(runtime, write.id, LETTER, actor=LI, version=None, key="1")

    assert [task.element_id for task in open_tasks(runtime, write.case_id)] == ["check"]


def test_cases_of_a_distant_year_are_listed_too(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    # Numbers of rows hold the moment; the first list took 2**62, reached in 2039, for more than any of them.
    monkeypatch.setattr(identity, "_last", 0)
    runtime.clock = MovableClock(datetime(2045, 3, 1, tzinfo=UTC))
    case_id = start(runtime, "distant")

    headers, _ = case_reading.listing(runtime, actor=LI)
    done, _ = case_reading.listing(runtime, actor=LI, after="9" * 19)

    assert case_id in {header.case_id for header in headers}
    assert case_id in {header.case_id for header in done}
