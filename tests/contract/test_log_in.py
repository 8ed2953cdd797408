"""Logging in: a delay slows a guesser down without locking his victim out."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.clock import MovableClock
from engine.services import people
from engine.services.people import LogInDelayed, LogInRefused
from engine.services.runtime import Runtime
from engine.store.database import Database
from tests.contract.bureau import make_runtime


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path)


def clock_of(runtime: Runtime) -> MovableClock:
    assert isinstance(runtime.clock, MovableClock)
    return runtime.clock


def test_the_right_password_opens_a_session_with_groups_and_permissions(runtime: Runtime) -> None:
    actor = people.actor_of(runtime, people.log_in(runtime, "chief", "correct horse", address="::1"))

    assert actor is not None
    assert (actor.person_id, actor.name, actor.groups) == ("chief", "长", {"chief"})
    assert actor.permissions == {"supervise", "design"}


@pytest.mark.parametrize(("login", "password"), [("li", "wrong"), ("nobody", "correct horse"), ("", "")])
def test_a_wrong_log_in_is_refused_without_saying_what_was_wrong(runtime: Runtime, login: str, password: str) -> None:
    with pytest.raises(LogInRefused):
        people.log_in(runtime, login, password, address="::1")


def test_after_five_failures_the_sixth_must_wait_and_then_may_go_on(runtime: Runtime) -> None:
    for _ in range(5):
        with pytest.raises(LogInRefused):
            people.log_in(runtime, "li", "wrong", address="::1")

    with pytest.raises(LogInDelayed) as rejected:
        people.log_in(runtime, "li", "correct horse", address="::1")
    assert rejected.value.data["wait_seconds"] == 6
    clock_of(runtime).advance(timedelta(seconds=6))
    assert people.log_in(runtime, "li", "correct horse", address="::1")


def test_a_session_ends_after_half_an_hour_of_nothing(runtime: Runtime) -> None:
    token = people.log_in(runtime, "li", "correct horse", address="::1")
    clock_of(runtime).advance(timedelta(minutes=29))
    assert people.actor_of(runtime, token) is not None
    clock_of(runtime).advance(timedelta(minutes=29))
    assert people.actor_of(runtime, token) is not None

    clock_of(runtime).advance(timedelta(minutes=31))

    assert people.actor_of(runtime, token) is None


def test_a_session_ends_after_twelve_hours_of_work(runtime: Runtime) -> None:
    token = people.log_in(runtime, "li", "correct horse", address="::1")
    for _ in range(12 * 4):
        clock_of(runtime).advance(timedelta(minutes=15))
        people.actor_of(runtime, token)
    clock_of(runtime).advance(timedelta(minutes=1))

    assert people.actor_of(runtime, token) is None


def test_who_logs_out_is_out(runtime: Runtime) -> None:
    token = people.log_in(runtime, "li", "correct horse", address="::1")

    people.log_out(runtime, token)

    assert people.actor_of(runtime, token) is None


def test_what_a_page_asks_by_itself_does_not_keep_the_session_alive(runtime: Runtime) -> None:
    token = people.log_in(runtime, "li", "correct horse", address="::1")
    for _ in range(3):
        clock_of(runtime).advance(timedelta(minutes=10))
        people.peek(runtime, token)
    clock_of(runtime).advance(timedelta(minutes=1))

    assert people.peek(runtime, token) is None
