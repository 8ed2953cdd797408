"""Events with several triggers: any of them, or all of them."""

import pytest

from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    condition,
    element,
    end,
    error,
    escalation,
    exclusive,
    flow,
    handler,
    message,
    multi,
    service,
    signal,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import after_start

ANY = message("hello") + signal() + timer("timeDuration", "PT1H") + condition("=x > 1")
BOTH = message("hello") + message("again")
NAMES = ["message", "signal", "timer", "condition"]


def happen(case: Case, what: str) -> None:
    match what:
        case "message":
            case.send("hello")
        case "signal":
            case.hear("alarm")
        case "timer":
            case.fire(next(iter(case.armed)))
        case "condition":
            case.set(x=2)


@pytest.mark.bpmn("intermediate catch event: multiple", "runs")
@pytest.mark.parametrize("what", NAMES)
def test_any_trigger_lets_a_catch_go_on_and_the_others_are_withdrawn(what: str) -> None:
    case = run(start(), catch("c", ANY), user("A"), chain("start", "c", "A"))
    assert (len(case.subscriptions), len(case.jobs)) == (2, 1)
    happen(case, what)
    assert (case.open, case.subscriptions, case.jobs) == (["A"], {}, {})
    assert case.history("left") == ["start", "c"]


@pytest.mark.bpmn("intermediate catch event: parallel multiple", "runs")
def test_all_triggers_together_let_a_catch_go_on() -> None:
    both = element("intermediateCatchEvent", "c", BOTH, parallelMultiple="true")
    case = run(start(), both, user("A"), chain("start", "c", "A"))
    case.send("again", y=1)
    assert case.open == []
    case.send("hello", x=1)
    assert (case.open, case.subscriptions, case.variables) == (["A"], {}, {"x": 1, "y": 1})


@pytest.mark.bpmn("boundary event: multiple, interrupting", "runs")
@pytest.mark.parametrize("what", NAMES)
def test_any_trigger_beside_a_task_takes_it_away(what: str) -> None:
    case = run(
        start(), user("A"), boundary("b", "A", ANY), user("R"), chain("start", "A"), chain("b", "R"), values={"x": 0}
    )
    happen(case, what)
    assert (case.open, case.subscriptions, case.jobs) == (["R"], {}, {})


def test_a_task_that_is_done_withdraws_all_triggers_beside_it() -> None:
    case = run(start(), user("A"), boundary("b", "A", ANY), user("R"), chain("start", "A"), chain("b", "R"))
    case.complete("A")
    assert case.ended


@pytest.mark.bpmn("boundary event: multiple, non-interrupting", "runs")
def test_each_trigger_beside_a_task_may_happen_again_by_itself() -> None:
    case = run(
        start(),
        user("A"),
        boundary("b", "A", ANY, interrupting=False),
        user("R"),
        chain("start", "A"),
        chain("b", "R"),
        values={"x": 0},
    )
    for count, what in enumerate(["message", "message", "signal", "timer", "signal", "condition"], 1):
        happen(case, what)
        assert case.open.count("R") == count
    assert (case.jobs, len(case.subscriptions)) == ({}, 2)  # a duration happens once


@pytest.mark.bpmn("boundary event: parallel multiple, non-interrupting", "runs")
def test_all_triggers_together_fire_beside_a_task_again_and_again() -> None:
    both = element("boundaryEvent", "b", BOTH, attachedToRef="A", cancelActivity="false", parallelMultiple="true")
    case = run(start(), user("A"), both, user("R"), chain("start", "A"), chain("b", "R"))
    for count in (1, 2):
        case.send("hello")
        assert case.open.count("R") == count - 1
        case.send("again")
        assert case.open.count("R") == count
    case.complete("A")
    assert case.subscriptions == {}


@pytest.mark.bpmn("boundary event: parallel multiple, interrupting", "runs")
def test_all_triggers_together_take_a_task_away() -> None:
    both = element("boundaryEvent", "b", BOTH, attachedToRef="A", parallelMultiple="true")
    case = run(start(), user("A"), both, user("R"), chain("start", "A"), chain("b", "R"))
    case.send("hello")
    assert case.open == ["A"]
    case.send("again")
    assert (case.open, case.subscriptions) == (["R"], {})


@pytest.mark.bpmn("event sub-process: multiple, interrupting", "runs")
@pytest.mark.bpmn("event sub-process: multiple, non-interrupting", "runs")
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("what", NAMES)
def test_any_trigger_starts_an_event_sub_process(what: str, interrupting: bool) -> None:
    own = handler("H", start("hs", ANY, isInterrupting=str(interrupting).lower()), user("B"), chain("hs", "B"))
    case = run(start(), user("A"), own, user("Z"), chain("start", "A", "Z"), values={"x": 0})
    happen(case, what)
    assert case.open == (["B"] if interrupting else ["A", "B"])
    if interrupting:
        assert (case.jobs, case.subscriptions) == ({}, {})
    for task in case.open:
        case.complete(task)
    assert case.ended is interrupting
    if not interrupting:
        case.complete("Z")
        assert case.ended


@pytest.mark.bpmn("event sub-process: parallel multiple", "runs")
def test_all_triggers_together_start_an_event_sub_process() -> None:
    own = handler("H", start("hs", BOTH, parallelMultiple="true"), user("B"), chain("hs", "B"))
    case = run(start(), user("A"), own, chain("start", "A"))
    case.send("again")
    assert case.open == ["A"]
    case.send("hello")
    assert case.open == ["B"]


def test_an_event_with_several_triggers_races_behind_a_gateway() -> None:
    case = run(
        start(),
        element("eventBasedGateway", "g"),
        catch("c", ANY),
        catch("d", message("again")),
        user("A"),
        user("B"),
        chain("start", "g", "c", "A"),
        chain("g", "d", "B"),
    )
    case.send("again")
    assert (case.open, case.subscriptions, case.jobs) == (["B"], {}, {})


def test_an_error_may_be_one_of_several_triggers() -> None:
    case = run(
        start(),
        service("A"),
        boundary("b", "A", error() + message()),
        user("R"),
        chain("start", "A"),
        chain("b", "R"),
    )
    case.fail("A", "broken")
    assert (case.open, case.subscriptions) == (["R"], {})


def test_an_error_of_another_activity_is_not_taken_by_a_part_beside_this_one() -> None:
    case = run(
        start(),
        service("A"),
        service("B"),
        boundary("b", "A", error() + message()),
        user("R"),
        element("parallelGateway", "s"),
        chain("start", "s", "A"),
        chain("s", "B"),
        chain("b", "R"),
    )
    case.fail("B", "broken")
    assert [where for _, where in case.incidents()] == ["B"]


@pytest.mark.bpmn("end event: multiple", "runs")
@pytest.mark.bpmn("intermediate throw event: multiple", "runs")
def test_an_event_throws_all_that_it_names_and_what_ends_it_comes_last() -> None:
    many = element("intermediateThrowEvent", "t", message() + signal())
    last = element("endEvent", "e", error() + signal() + message("again"))
    body = sub("S", start("s1"), many, last, chain("s1", "t", "e"))
    case = run(start(), body, boundary("b", "S", error()), user("R"), chain("start", "S"), chain("b", "R"))
    assert case.thrown == [("message", "hello"), ("signal", "alarm"), ("signal", "alarm"), ("message", "again")]
    assert case.open == ["R"]


def test_several_triggers_in_a_loop_inside_a_repeated_sub_process_leave_nothing_behind() -> None:
    body = sub(
        "S",
        multi("=[1, 2]"),
        start("s1"),
        exclusive("m"),
        catch("c", ANY),
        user("A"),
        exclusive("g", default="g_e"),
        end("e"),
        chain("s1", "m", "c", "A", "g", "e"),
        flow("g", "m", "=again"),
    )
    case = run(start(), body, user("Z"), chain("start", "S", "Z"))
    for again in (True, True, False, False):
        case.send("hello")
        case.complete("A", again=again)
    while case.open != ["Z"]:
        happen(case, "signal")
        case.complete("A", again=False)
    assert (case.subscriptions, case.jobs) == ({}, {})


@pytest.mark.parametrize(
    ("drawn", "key"),
    [
        (catch("A", message() + '<linkEventDefinition name="x"/>'), "event.several"),
        (element("intermediateCatchEvent", "A", escalation() + message()), "event.unsupported"),
        (element("endEvent", "A", "<cancelEventDefinition/><terminateEventDefinition/>"), "event.several"),
        (element("intermediateCatchEvent", "A", "<eventDefinitionRef>x</eventDefinitionRef>"), "event.shared"),
    ],
)
@pytest.mark.bpmn("event: triggers that exclude each other", "refused")
def test_triggers_that_exclude_each_other_are_refused(drawn: str, key: str) -> None:
    assert (key, "A") in after_start(drawn)


def test_all_triggers_with_an_error_among_them_are_refused() -> None:
    drawn = element("boundaryEvent", "b", error() + message(), attachedToRef="A", parallelMultiple="true")
    assert after_start(service("A"), drawn, user("R"), chain("b", "R")) == [("event.several", "b")]


def test_a_message_with_a_topic_beside_another_trigger_is_refused() -> None:
    topic = message().replace("/>", ' camunda:type="external" camunda:topic="work"/>')
    assert after_start(element("endEvent", "A", topic + signal())) == [("event.several", "A")]
