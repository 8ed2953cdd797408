"""Events: boundary, catch, event-based gateway, event sub-process, errors, signals, terminate, links."""

import pytest

from engine.domain.rejection import Conflict
from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    element,
    end,
    error,
    escalation,
    handler,
    message,
    multi,
    parallel,
    script,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run

TERMINATE = "<terminateEventDefinition/>"


def beside(trigger: str, *, interrupting: bool, host: str = "", **values: object) -> Case:
    return run(
        start(),
        host or user("A"),
        boundary("b", "A", trigger, interrupting=interrupting),
        user("R"),
        user("Z"),
        chain("start", "A", "Z"),
        chain("b", "R"),
        values=values,
    )


@pytest.mark.bpmn("boundary event: timer, interrupting", "runs")
def test_an_interrupting_timer_takes_the_task_away() -> None:
    case = beside(timer("timeDuration", "P3D"), interrupting=True)
    task = case.token("A")
    case.fire("b")
    assert case.open == ["R"]
    assert [(closed.token, closed.reason) for closed in case.last.tasks_closed] == [(task, "cancelled")]
    assert case.history("cancelled") == ["A"]


def test_a_task_done_in_time_clears_its_timer() -> None:
    case = beside(timer("timeDuration", "P3D"), interrupting=True)
    case.complete("A")
    assert (case.open, case.armed) == (["Z"], {})
    assert case.history("cancelled") == []


@pytest.mark.bpmn("boundary event: timer, non-interrupting", "runs")
def test_a_timer_that_does_not_interrupt_fires_once_beside_the_task() -> None:
    case = beside(timer("timeDuration", "P3D"), interrupting=False)
    case.fire("b")
    assert (case.open, case.armed) == (["A", "R"], {})
    case.complete("A")
    assert case.open == ["R", "Z"]


@pytest.mark.bpmn("boundary event: timer cycle, non-interrupting", "runs")
def test_a_cycle_fires_as_often_as_it_says_without_drift() -> None:
    case = beside(timer("timeCycle", "R3/PT24H"), interrupting=False)
    first = case.armed["b"]
    assert first is not None
    case.fire("b")
    case.advance(hours=5)  # a late worker must not shift the next one
    due = [case.armed["b"]]
    case.fire("b")
    due.append(case.armed["b"])
    case.fire("b")
    assert [(moment - first).days for moment in due if moment] == [1, 2]
    assert (case.open, case.armed) == (["A", "R", "R", "R"], {})


@pytest.mark.bpmn("boundary event: message, non-interrupting", "runs")
def test_a_message_beside_a_task_may_come_again_and_again() -> None:
    # the library takes only the first
    case = beside(message(), interrupting=False)
    case.send("hello", n=1)
    case.send("hello", n=2)
    assert case.open == ["A", "R", "R"]
    assert case.variables == {"n": 2}
    case.complete("A")
    assert case.subscriptions == {}


@pytest.mark.bpmn("boundary event: message, interrupting", "runs")
def test_an_interrupting_message_brings_its_values() -> None:
    case = beside(message(), interrupting=True)
    case.send("hello", reason="withdrawn")
    assert (case.open, case.variables, case.subscriptions) == (["R"], {"reason": "withdrawn"}, {})


def test_a_boundary_timer_takes_all_items_of_a_multi_instance_away() -> None:
    host = user("A", multi("=[1, 2, 3]"))
    case = beside(timer("timeDuration", "P3D"), interrupting=True, host=host)
    case.complete("A")
    case.fire("b")
    assert case.open == ["R"]
    assert {scope for scope, _ in case.rows} <= {""}


@pytest.mark.bpmn("intermediate catch event: message", "runs")
@pytest.mark.bpmn("intermediate catch event: timer", "runs")
def test_a_catch_event_waits_for_its_message_or_timer() -> None:
    case = run(
        start(),
        catch("m", message()),
        catch("t", timer("timeDate", "2026-03-01T09:00:00")),
        user("A"),
        chain("start", "m", "t", "A"),
    )
    case.send("hello")
    assert str(case.armed["t"]) == "2026-03-01 01:00:00+00:00"
    case.fire("t")
    assert case.open == ["A"]


@pytest.mark.bpmn("receive task: message", "runs")
def test_a_receive_task_waits_for_its_message() -> None:
    case = run(start(), element("receiveTask", "m", messageRef="message_hello"), user("A"), chain("start", "m", "A"))
    case.send("hello")
    assert case.open == ["A"]


def race() -> Case:
    return run(
        start(),
        element("eventBasedGateway", "g"),
        catch("five", timer("timeDuration", "PT5H")),
        catch("one", timer("timeDuration", "PT1H")),
        catch("m", message()),
        user("A"),
        user("B"),
        user("C"),
        chain("start", "g", "five", "A"),
        chain("g", "one", "B"),
        chain("g", "m", "C"),
    )


@pytest.mark.bpmn("event-based gateway: timer", "runs")
def test_each_timer_behind_an_event_based_gateway_keeps_its_own_time() -> None:
    # the library lets both share one
    case = race()
    one, five = case.armed["one"], case.armed["five"]
    assert one is not None
    assert five is not None
    assert (five - one).seconds == 4 * 3600
    case.fire("one")
    assert (case.open, case.armed, case.subscriptions) == (["B"], {}, {})


@pytest.mark.bpmn("event-based gateway: message", "runs")
def test_the_message_wins_the_race_when_it_comes_first() -> None:
    case = race()
    case.send("hello")
    assert (case.open, case.armed) == (["C"], {})


def watched(trigger: str, *, interrupting: bool, body: str = "") -> Case:
    return run(
        start(),
        body or user("A"),
        user("Z"),
        handler("H", start("hs", trigger, isInterrupting=str(interrupting).lower()), user("B"), chain("hs", "B")),
        chain("start", "A", "Z"),
    )


@pytest.mark.bpmn("event sub-process: message, interrupting", "runs")
def test_an_interrupting_event_sub_process_takes_the_place_of_the_rest() -> None:
    # the library ignores isInterrupting and leaves both running
    case = watched(message(), interrupting=True)
    case.send("hello", why="new evidence")
    assert (case.open, case.variables) == (["B"], {"why": "new evidence"})
    case.complete("B")
    assert case.ended


@pytest.mark.bpmn("event sub-process: message, non-interrupting", "runs")
def test_an_event_sub_process_that_does_not_interrupt_runs_beside_each_time() -> None:
    case = watched(message(), interrupting=False)
    case.send("hello")
    case.send("hello")
    assert case.open == ["A", "B", "B"]
    case.complete("A")
    case.complete("Z")
    assert not case.ended
    case.complete("B")
    case.complete("B")
    assert case.ended


def test_an_event_sub_process_that_never_starts_does_not_keep_the_case() -> None:
    # with a timer start the library never completes
    case = watched(timer("timeDuration", "P30D"), interrupting=True)
    assert list(case.armed) == ["hs"]
    case.complete("A")
    case.complete("Z")
    assert case.ended


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.bpmn("event sub-process: timer, interrupting", "runs")
@pytest.mark.bpmn("event sub-process: timer, non-interrupting", "runs")
def test_an_event_sub_process_may_start_by_timer(interrupting: bool) -> None:
    case = watched(timer("timeDuration", "P30D"), interrupting=interrupting)
    case.fire("hs")
    assert case.open == (["B"] if interrupting else ["A", "B"])
    assert case.armed == {}


def test_a_nested_event_sub_process_interrupts_its_own_level_only() -> None:
    inner = handler("H", start("hs", message()), user("B"), chain("hs", "B"))
    case = run(
        start(),
        parallel("s"),
        sub("S", start("s1"), user("A"), chain("s1", "A"), inner),
        user("other"),
        user("Z"),
        chain("start", "s", "S", "Z"),
        chain("s", "other"),
    )
    case.send("hello")
    assert case.open == ["B", "other"]
    case.complete("B")
    assert case.open == ["Z", "other"]


def failing(*inside: str) -> str:
    return sub("A", start("s1"), user("T"), *inside)


def test_an_error_inside_goes_to_the_boundary_that_names_it() -> None:
    body = failing(element("endEvent", "bad", error()), chain("s1", "T", "bad"))
    case = beside(error(), interrupting=True, host=body)
    case.complete("T")
    assert case.open == ["R"]


def test_an_error_may_start_an_event_sub_process() -> None:
    # the library starts the handler at once
    body = failing(element("endEvent", "bad", error()), chain("s1", "T", "bad"))
    case = watched(error(None), interrupting=True, body=body)
    assert case.open == ["T"]
    case.complete("T")
    assert case.open == ["B"]


def test_an_error_that_nothing_takes_is_an_incident() -> None:
    # the library completes the case with success
    body = failing(element("endEvent", "bad", error("other")), chain("s1", "T", "bad"))
    case = beside(error(), interrupting=True, host=body)
    case.complete("T")
    assert [where for _, where in case.incidents()] == ["bad"]
    assert not case.ended


def test_a_delegate_may_raise_an_error_of_the_diagram() -> None:
    case = beside(error(), interrupting=True, host=service("A"))
    case.fail("A", "broken")
    assert (case.open, case.armed) == (["R"], {})


def test_an_error_inside_one_item_ends_the_whole_multi_instance() -> None:
    body = sub("A", multi("=[1, 2]"), start("s1"), service("T"), chain("s1", "T"))
    case = beside(error(), interrupting=True, host=body)
    case.fail("T", "broken")
    assert (case.open, case.armed) == (["R"], {})


def test_an_unknown_error_of_a_delegate_is_an_incident_that_can_be_retried() -> None:
    case = beside(error(), interrupting=True, host=service("A"))
    case.fail("A", "strange")
    ((token, where),) = case.incidents()
    assert where == "A"
    case.retry(token)
    assert "A" in case.armed


def test_an_escalation_reaches_the_boundary_and_the_inside_goes_on() -> None:
    body = sub("A", start("s1"), throw("up", escalation()), user("T"), chain("s1", "up", "T"))
    case = beside(escalation(), interrupting=False, host=body)
    assert case.open == ["R", "T"]


@pytest.mark.bpmn("boundary event: signal, interrupting", "runs")
@pytest.mark.bpmn("intermediate throw event: signal", "runs")
def test_a_signal_reaches_every_catch_of_the_case() -> None:
    case = run(
        start(),
        parallel("s"),
        catch("c", signal()),
        user("A"),
        boundary("b", "A", signal()),
        user("T"),
        throw("cry", signal()),
        user("X"),
        user("Y"),
        chain("start", "s", "c", "X"),
        chain("s", "A"),
        chain("b", "Y"),
        chain("s", "T", "cry"),
    )
    case.complete("T")
    assert case.open == ["X", "Y"]


@pytest.mark.bpmn("end event: terminate", "runs")
def test_terminate_ends_its_level_at_once() -> None:
    case = run(
        start(),
        parallel("s"),
        sub(
            "S",
            start("s1"),
            parallel("s2"),
            user("A"),
            user("B"),
            end("kill", TERMINATE),
            chain("s1", "s2", "A", "kill"),
            chain("s2", "B"),
        ),
        user("other"),
        user("Z"),
        chain("start", "s", "S", "Z"),
        chain("s", "other"),
    )
    case.complete("A")
    assert case.open == ["Z", "other"]


def test_terminate_on_top_ends_the_case() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        end("kill", TERMINATE),
        chain("start", "s", "A", "kill"),
        chain("s", "B"),
    )
    case.complete("A")
    assert case.ended


@pytest.mark.bpmn("intermediate throw event: link", "runs")
@pytest.mark.bpmn("intermediate catch event: link", "runs")
def test_a_link_leads_to_its_catch() -> None:
    # the library ends the path silently
    case = run(
        start(),
        throw("go", '<linkEventDefinition name="there"/>'),
        catch("come", '<linkEventDefinition name="there"/>'),
        user("A"),
        chain("start", "go"),
        chain("come", "A"),
    )
    assert case.open == ["A"]


def test_a_timer_that_is_no_time_is_an_incident_and_the_task_lives() -> None:
    case = beside(timer("timeDuration", "=limit"), interrupting=True, limit="soon")
    assert [where for _, where in case.incidents()] == ["b"]
    assert case.open == ["A"]


def test_what_has_fired_or_gone_cannot_fire_again() -> None:
    case = beside(message(), interrupting=True)
    (token,) = case.subscriptions
    task = case.token("A")
    case.send("hello")
    for command in ("correlate", "complete"):
        with pytest.raises(Conflict):
            case._do(command, token if command == "correlate" else task, {})


def test_a_task_that_opens_and_goes_within_one_step_is_never_seen() -> None:
    case = run(
        start(),
        user("T"),
        parallel("s"),
        user("A"),
        script("x", "n = 1"),
        end("kill", TERMINATE),
        chain("start", "T", "s", "A"),
        chain("s", "x", "kill"),
    )
    case.complete("T")
    assert [task.element_id for task in case.last.tasks_opened] == []
    assert [closed.reason for closed in case.last.tasks_closed] == ["completed"]


def test_an_event_sub_process_may_remind_by_a_cycle() -> None:
    case = watched(timer("timeCycle", "R2/P1D"), interrupting=False)
    case.fire("hs")
    case.fire("hs")
    assert (case.open, case.armed) == (["A", "B", "B"], {})


def test_an_escalation_that_nobody_takes_changes_nothing() -> None:
    case = run(start(), throw("up", escalation()), user("A"), chain("start", "up", "A"))
    assert (case.open, case.incidents()) == (["A"], [])


def test_history_names_the_flows_taken_and_what_was_interrupted() -> None:
    case = beside(timer("timeDuration", "P3D"), interrupting=True)
    case.fire("b")
    assert [(entry.what, entry.element_id) for entry in case.last.history] == [
        ("entered", "b"),
        ("cancelled", "A"),
        ("left", "b"),
        ("taken", "b_R"),
        ("entered", "R"),
    ]
