"""Where a case begins: by a person, a message, a signal, a timer, at several places, or where nothing leads to."""

import pytest

from engine.bpmn.definition import Definition
from engine.domain.rejection import NotFound
from tests.unit.bpmn.drawing import (
    catch,
    chain,
    condition,
    diagram,
    element,
    error,
    message,
    package,
    process,
    signal,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import found


def drawn(*inner: str) -> Definition:
    return package(*inner).definitions["p"]


@pytest.mark.parametrize(
    ("trigger", "kind", "event"),
    [
        pytest.param("", "none", "", marks=pytest.mark.bpmn("start event: none", "runs")),
        pytest.param(message(), "message", "hello", marks=pytest.mark.bpmn("start event: message", "runs")),
        pytest.param(signal(), "signal", "alarm", marks=pytest.mark.bpmn("start event: signal", "runs")),
        pytest.param(timer("timeCycle", "R/P1D"), "timer", "", marks=pytest.mark.bpmn("start event: timer", "runs")),
    ],
)
def test_a_process_may_begin_by(trigger: str, kind: str, event: str) -> None:
    definition = drawn(start("start", trigger), user("A"), chain("start", "A"))
    (begin,) = definition.start_events
    assert (begin.id, begin.kind, begin.event, begin.timer is not None) == ("start", kind, event, kind == "timer")
    assert Case(definition, "start", {}).open == ["A"]


@pytest.mark.parametrize(
    "text", [("timeDate", "2026-03-01T09:00:00"), ("timeDuration", "P1D"), ("timeCycle", "R3/P1D")]
)
def test_a_timer_start_says_when(text: tuple[str, str]) -> None:
    (begin,) = drawn(start("start", timer(*text)), user("A"), chain("start", "A")).start_events
    assert begin.timer is not None
    assert (
        {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}[begin.timer.timer],
        begin.timer.rule,
    ) == text


@pytest.mark.bpmn("several start events in a process", "runs")
def test_of_several_starts_one_begins_the_case_and_people_see_theirs_first() -> None:
    definition = drawn(
        start("m", message()), start("start"), user("A"), user("B"), chain("m", "A"), chain("start", "B")
    )
    assert [event.id for event in definition.start_events] == ["start", "m"]
    assert (Case(definition, "m", {}).open, Case(definition, "start", {}).open) == (["A"], ["B"])
    with pytest.raises(NotFound):
        Case(definition, "A", {})


@pytest.mark.bpmn("start event: multiple", "runs")
def test_a_start_with_several_triggers_is_listed_for_each() -> None:
    definition = drawn(start("start", message() + signal()), user("A"), chain("start", "A"))
    assert [(event.id, event.kind) for event in definition.start_events] == [("start", "message"), ("start", "signal")]
    assert Case(definition, "start", {}).open == ["A"]


@pytest.mark.bpmn("start event: parallel multiple", "refused")
def test_a_start_that_waits_for_several_triggers_at_once_is_refused() -> None:
    both = element("startEvent", "start", message() + signal(), parallelMultiple="true")
    assert found(both, user("A"), chain("start", "A")) == [("process.start_all", "start")]


@pytest.mark.bpmn("start event: conditional", "refused")
def test_no_case_begins_by_a_condition_or_an_error() -> None:
    for trigger in (condition("=x > 1"), error()):
        assert found(start("start", trigger), user("A"), chain("start", "A")) == [("process.start_trigger", "start")]


@pytest.mark.bpmn("implicit start", "runs")
def test_without_a_start_event_each_element_that_nothing_leads_to_gets_a_token() -> None:
    definition = drawn(user("A"), user("B"), user("Z"), chain("A", "Z"), chain("B", "Z"))
    assert [(event.id, event.kind) for event in definition.start_events] == [("p", "none")]
    case = Case(definition, "p", {})
    assert case.open == ["A", "B"]
    for task in ("A", "B", "Z", "Z"):
        case.complete(task)
    assert case.ended


@pytest.mark.bpmn("implicit start in a sub-process", "runs")
def test_a_sub_process_may_begin_and_end_without_events() -> None:
    case = run(start(), sub("S", user("A"), user("B"), user("C"), chain("A", "C")), user("Z"), chain("start", "S", "Z"))
    assert case.open == ["A", "B"]
    case.complete("A")
    case.complete("B")
    assert case.open == ["C"]
    case.complete("C")
    assert case.open == ["Z"]


def test_a_called_process_may_begin_without_events_or_beside_a_message_start() -> None:
    for inner in (
        (user("A"), user("B")),
        (start("m", message()), start("s"), user("A"), chain("m", "A"), user("B"), chain("s", "B")),
    ):
        called = diagram(process(*inner, id="called"))
        case = run(
            start(), element("callActivity", "C", calledElement="called"), chain("start", "C"), files={"c.bpmn": called}
        )
        assert case.open == (["A", "B"] if "startEvent" not in "".join(inner) else ["B"])


@pytest.mark.bpmn("receive task: instantiate", "runs")
def test_a_receive_task_may_begin_a_case() -> None:
    task = element("receiveTask", "R", messageRef="message_hello", instantiate="true")
    definition = drawn(task, user("A"), chain("R", "A"))
    assert [(event.id, event.kind, event.event) for event in definition.start_events] == [("R", "message", "hello")]
    case = Case(definition, "R", {})
    assert (case.open, case.subscriptions) == (["A"], {})


def begun(kind: str) -> Definition:
    gateway = element("eventBasedGateway", "g", instantiate="true", eventGatewayType=kind)
    return drawn(
        gateway,
        catch("m", message("hello")),
        catch("n", message("again")),
        user("A"),
        user("B"),
        chain("g", "m", "A"),
        chain("g", "n", "B"),
    )


@pytest.mark.bpmn("event-based gateway: instantiate, exclusive", "runs")
def test_an_event_based_gateway_may_begin_a_case_by_the_first_of_its_events() -> None:
    definition = begun("Exclusive")
    assert [(event.id, event.event) for event in definition.start_events] == [("m", "hello"), ("n", "again")]
    case = Case(definition, "n", {})
    assert (case.open, case.subscriptions) == (["B"], {})
    assert case.history("taken") == ["g_n", "n_B"]


@pytest.mark.bpmn("event-based gateway: instantiate, parallel", "runs")
def test_a_parallel_event_based_gateway_waits_for_the_other_events_too() -> None:
    case = Case(begun("Parallel"), "n", {})
    assert case.open == ["B"]
    case.complete("B")
    assert not case.ended
    case.send("hello")
    assert case.open == ["A"]
