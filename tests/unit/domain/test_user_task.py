"""Who may take, hold and complete a task."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.domain.actor import Actor
from engine.domain.rejection import AlreadyClaimed, AlreadyCompleted, Conflict, Forbidden
from engine.domain.user_task import UserTask, require_separation

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
LI = Actor(person_id="li", name="李", groups=frozenset({"registrar"}))
ZHAO = Actor(person_id="zhao", name="赵", groups=frozenset({"registrar"}))
SUN = Actor(person_id="sun", name="孙", groups=frozenset({"office"}))
CHIEF = Actor(person_id="chief", name="长", permissions=frozenset({"supervise"}))

FREE = UserTask(
    id=7,
    case_id=1,
    token=1,
    element_id="accept",
    process_id="p",
    name="受理审查",
    scope="",
    state="open",
    version=1,
    assignee=None,
    claimed_at=None,
    candidate_users=(),
    candidate_groups=("registrar",),
    form_ref=None,
    due_at=None,
    priority=50,
    created_at=NOW,
)


def test_a_member_of_the_group_claims_a_free_task() -> None:
    claimed = FREE.claim(LI, now=NOW)

    assert (claimed.assignee, claimed.claimed_at, claimed.version) == ("li", NOW, 2)


def test_claiming_again_changes_nothing() -> None:
    claimed = FREE.claim(LI, now=NOW)

    assert claimed.claim(LI, now=NOW) is claimed


def test_claim_is_rejected_when_claimed_by_another_and_says_who_and_when() -> None:
    with pytest.raises(AlreadyClaimed) as rejected:
        FREE.claim(LI, now=NOW).claim(ZHAO, now=NOW)

    assert str(rejected.value) == "Task 7 is already claimed by 'li'."
    assert rejected.value.data == {"task_id": 7, "by": "li", "at": NOW}


def test_claim_is_rejected_for_a_stranger() -> None:
    with pytest.raises(Forbidden):
        FREE.claim(SUN, now=NOW)


def test_a_completed_task_says_who_completed_it() -> None:
    done = replace(FREE, state="completed", completed_by="li", ended_at=NOW)

    with pytest.raises(AlreadyCompleted) as rejected:
        done.require_completable(ZHAO, version=None)
    assert rejected.value.data["by"] == "li"


def test_release_gives_the_task_back_to_the_group() -> None:
    assert FREE.claim(LI, now=NOW).release(LI).assignee is None


def test_a_supervisor_may_release_what_another_holds_and_a_colleague_may_not() -> None:
    held = FREE.claim(LI, now=NOW)

    assert held.release(CHIEF).assignee is None
    with pytest.raises(AlreadyClaimed):
        held.release(ZHAO)


def test_an_unclaimed_task_cannot_be_released() -> None:
    with pytest.raises(Conflict):
        FREE.release(LI)


@pytest.mark.article(20)
def test_the_subject_of_a_case_does_only_the_subjects_own_tasks() -> None:
    def ask(*, for_subject: bool) -> None:
        require_separation(element_id="accept", actor=LI, for_subject=for_subject, subjects=["li"], completed_by={})

    ask(for_subject=True)
    with pytest.raises(Forbidden):
        ask(for_subject=False)


@pytest.mark.article(12)
def test_whoever_drafted_does_not_approve() -> None:
    done = {"draft_notice": {"li"}, "accept": {"wang"}}

    with pytest.raises(Forbidden) as refused:
        require_separation(element_id="review_notice", actor=LI, for_subject=False, subjects=(), completed_by=done)

    assert refused.value.data == {
        "element_id": "review_notice",
        "rule": "separation",
        "elements": ("draft_notice",),
    }
