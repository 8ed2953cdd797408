"""The store does the same on both databases."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.domain.audit import GENESIS, first_broken
from engine.domain.case import Case
from engine.domain.rejection import IdempotencyMismatch, NotFound
from engine.domain.step import JobSet
from engine.domain.user_task import UserTask
from engine.store import cases, deployments, history, idempotency, inbox, jobs, user_tasks, variables
from engine.store.cases import LostRevision
from engine.store.database import Database
from engine.store.history import NewEntry
from engine.store.times import NO_DUE
from engine.store.unit_of_work import Statement, read_only, unit_of_work

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
FILTERS = {"query": "", "pattern": "%%", "process": "", "limit": 31}


def enter_case(database: Database, case_id: int = 1) -> Case:
    case = Case(
        id=case_id,
        definition_id=5,
        revision=0,
        state="active",
        number=f"N{case_id}",
        title="title",
        subject="",
        stage="",
        outcome=None,
        origin="start",
        started_at=NOW,
        started_by="wang",
        ended_at=None,
        linked_from=None,
        link=None,
        execution=b"\x00\x01",
        history_length=0,
        history_head=GENESIS,
    )
    with unit_of_work(database) as uow:
        if case_id == 1:
            deployments.insert(uow, id_=4, files={"a.bpmn": b"x"}, by="wang", comment="", at=NOW)
            deployments.insert_definition(uow, id_=5, deployment_id=4, key="p", name="P", file="a.bpmn")
        cases.insert(uow, case)
    return case


def task(task_id: int, *, assignee: str | None = None, due: datetime | None = None) -> UserTask:
    return UserTask(
        id=task_id,
        case_id=1,
        token=task_id,
        element_id="accept",
        process_id="p",
        name="受理审查",
        scope="",
        state="open",
        version=1,
        assignee=assignee,
        claimed_at=None,
        candidate_users=(),
        candidate_groups=("registrar",),
        form_ref=None,
        due_at=due,
        priority=50,
        created_at=NOW,
    )


def test_a_case_is_read_back_as_it_was_written(database: Database) -> None:
    case = enter_case(database)

    with read_only(database) as uow:
        assert cases.get(uow, 1) == case


def test_an_unknown_case_is_not_found(database: Database) -> None:
    with unit_of_work(database) as uow, pytest.raises(NotFound):
        cases.lock(uow, 99)


def test_a_lost_revision_writes_nothing(database: Database) -> None:
    case = enter_case(database)
    with unit_of_work(database) as uow:
        cases.advance(uow, replace(case, stage="first"))

    with pytest.raises(LostRevision), unit_of_work(database) as uow:
        variables.write(uow, 1, {("", "x"): 1}, [])
        cases.advance(uow, replace(case, stage="second"))

    with read_only(database) as uow:
        assert cases.get(uow, 1).stage == "first"
        assert variables.of_case(uow, 1) == {}


def test_variables_keep_their_types_and_go_with_their_scope(database: Database) -> None:
    enter_case(database)
    with unit_of_work(database) as uow:
        variables.write(uow, 1, {("", "day"): NOW.date(), ("7", "vote"): "同意"}, [])
        variables.write(uow, 1, {}, ["7"])

    with read_only(database) as uow:
        assert variables.of_case(uow, 1) == {("", "day"): NOW.date()}


def test_a_free_task_is_offered_to_its_group_until_somebody_holds_it(database: Database) -> None:
    enter_case(database)
    with unit_of_work(database) as uow:
        user_tasks.insert(uow, [task(1)])
    with read_only(database) as uow:
        assert _offered(uow) == [1]

    with unit_of_work(database) as uow:
        held = replace(user_tasks.get(uow, 1), assignee="li", claimed_at=NOW, version=2)
        assert user_tasks.reassign(uow, held)
    with read_only(database) as uow:
        assert _offered(uow) == []
        assert [row.id for row in _mine(uow, "li")] == [1]

    with unit_of_work(database) as uow:
        assert user_tasks.reassign(uow, replace(held, assignee=None, claimed_at=None, version=3))
    with read_only(database) as uow:
        assert _offered(uow) == [1]


def test_a_task_that_changed_meanwhile_is_not_reassigned(database: Database) -> None:
    enter_case(database)
    with unit_of_work(database) as uow:
        user_tasks.insert(uow, [task(1)])
        assert user_tasks.reassign(uow, replace(task(1), assignee="li", version=2))
        assert not user_tasks.reassign(uow, replace(task(1), assignee="zhao", version=2))


def test_a_closed_task_leaves_the_lists(database: Database) -> None:
    enter_case(database)
    with unit_of_work(database) as uow:
        user_tasks.insert(uow, [task(1), task(2, assignee="li")])
        user_tasks.close(uow, 1, [(1, "cancelled"), (2, "completed")], at=NOW, completed_by="li")

    with read_only(database) as uow:
        assert _offered(uow) == []
        assert _mine(uow, "li") == []
        assert user_tasks.completed_by(uow, 1) == {"accept": {"li"}}


def test_the_inbox_is_ordered_by_due_date_and_read_page_by_page(database: Database) -> None:
    enter_case(database)
    with unit_of_work(database) as uow:
        user_tasks.insert(uow, [task(n, assignee="li", due=NOW + timedelta(days=5 - n)) for n in range(1, 5)])

    with read_only(database) as uow:
        first = inbox.mine(uow, person="li", until=NO_DUE + 1, after=(-1, -1), **{**FILTERS, "limit": 2})
        after = (first[-1].due_at, first[-1].id)
        second = inbox.mine(uow, person="li", until=NO_DUE + 1, after=after, **FILTERS)
    assert [row.id for row in first] == [4, 3]
    assert [row.id for row in second] == [2, 1]


def test_history_is_a_chain_and_a_changed_row_is_found(database: Database) -> None:
    enter_case(database)
    entries = [NewEntry(what="entered", element_id=f"e{n}", data={"n": n}) for n in range(5)]
    with unit_of_work(database) as uow:
        head, length = history.append(uow, 1, entries, at=NOW, head=GENESIS, length=0, secret=b"k")
    with read_only(database) as uow:
        assert first_broken(history.links(uow, 1), head=head, length=length, secret=b"k") is None

    with unit_of_work(database) as uow:
        uow.run(Statement("UPDATE history SET actor = 'forged' WHERE case_id = 1 AND position = :n"), n=3)

    with read_only(database) as uow:
        assert first_broken(history.links(uow, 1), head=head, length=length, secret=b"k") == 3


def test_a_job_is_claimed_once_and_again_when_its_lease_is_over(database: Database) -> None:
    enter_case(database)
    with unit_of_work(database) as uow:
        jobs.write(uow, 1, [JobSet(token=7, kind="timer", element_id="t", due_at=NOW)], [], now=NOW)

    def claim(now: datetime, lease: str) -> list[int]:
        with unit_of_work(database) as uow:
            return [
                job.attempts for job in jobs.claim(uow, now=now, limit=10, lease=lease, length=timedelta(seconds=60))
            ]

    assert claim(NOW - timedelta(seconds=1), "early") == []
    assert claim(NOW, "a") == [1]
    assert claim(NOW + timedelta(seconds=30), "b") == []
    assert claim(NOW + timedelta(seconds=61), "c") == [2]


def test_two_workers_never_hold_the_same_job(database: Database) -> None:
    enter_case(database)
    with unit_of_work(database) as uow:
        jobs.write(uow, 1, [JobSet(token=n, kind="timer", element_id="t", due_at=NOW) for n in range(40)], [], now=NOW)
    taken: list[int] = []

    def work(lease: str) -> None:
        while True:
            with unit_of_work(database) as uow:
                claimed = jobs.claim(uow, now=NOW, limit=3, lease=lease, length=timedelta(seconds=60))
            if not claimed:
                return
            taken.extend(job.token for job in claimed)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    # A worker that finds every due row locked by others stops early; what it left is for the next round.
    work("last")
    assert sorted(taken) == list(range(40))


def test_the_same_key_has_the_same_answer_and_another_content_is_refused(database: Database) -> None:
    with unit_of_work(database) as uow:
        idempotency.remember(uow, person_id="li", key="k", fingerprint="f", answer="1", now=NOW)

    with read_only(database) as uow:
        assert idempotency.answer(uow, person_id="li", key="k", fingerprint="f") == "1"
        assert idempotency.answer(uow, person_id="zhao", key="k", fingerprint="f") is None
        with pytest.raises(IdempotencyMismatch):
            idempotency.answer(uow, person_id="li", key="k", fingerprint="other")


def test_a_sequence_has_no_gaps_after_a_refused_command(database: Database) -> None:
    def refused() -> None:
        with unit_of_work(database) as uow:
            cases.next_number(uow, "2026")
            raise RuntimeError

    with unit_of_work(database) as uow:
        assert cases.next_number(uow, "2026") == 1
    with pytest.raises(RuntimeError):
        refused()
    with unit_of_work(database) as uow:
        assert cases.next_number(uow, "2026") == 2


def _offered(uow: object) -> list[int]:
    rows = inbox.offered(
        uow,  # type: ignore[arg-type]  # a reader that the test opened
        principals=user_tasks.principals(["registrar"], "x"),
        until=NO_DUE + 1,
        after=(-1, -1),
        **FILTERS,
    )
    return [row.id for row in rows]


def _mine(uow: object, person: str) -> list[object]:
    rows = inbox.mine(uow, person=person, until=NO_DUE + 1, after=(-1, -1), **FILTERS)  # type: ignore[arg-type]
    return list(rows)
