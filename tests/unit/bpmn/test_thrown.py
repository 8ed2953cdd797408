"""What a case sends to other cases, what it hears from them, and what a command lets go on."""

import pytest

from engine.domain.rejection import Conflict, NotFound
from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    diagram,
    element,
    handler,
    message,
    parallel,
    process,
    signal,
    start,
    throw,
    user,
)
from tests.unit.bpmn.running import Case, run

VALUES = (
    '<extensionElements><camunda:inputOutput><camunda:inputParameter name="sum">=a + b</camunda:inputParameter>'
    "</camunda:inputOutput></extensionElements>"
)


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(
            element("sendTask", "S", VALUES, messageRef="message_hello", rongcuo_correlationKey="=a"),
            marks=pytest.mark.bpmn("send task: message", "runs"),
        ),
        pytest.param(
            element("intermediateThrowEvent", "S", VALUES + message(), rongcuo_correlationKey="=a"),
            marks=pytest.mark.bpmn("intermediate throw event: message", "runs"),
        ),
    ],
)
def test_a_message_without_a_topic_is_thrown_and_the_case_goes_on(drawn: str) -> None:
    case = run(start(), drawn, user("A"), chain("start", "S", "A"), values={"a": 2, "b": 3})
    (thrown,) = case.last.thrown
    assert (thrown.kind, thrown.name, thrown.key, thrown.element_id) == ("message", "hello", "2", "S")
    assert thrown.values == {"sum": 5}
    assert (case.open, case.jobs) == (["A"], {})


@pytest.mark.bpmn("end event: message", "runs")
def test_an_end_may_throw_a_message() -> None:
    case = run(start(), element("endEvent", "E", message()), chain("start", "E"))
    assert (case.thrown, case.ended) == ([("message", "hello")], True)


@pytest.mark.bpmn("end event: signal", "runs")
def test_a_signal_is_thrown_to_other_cases_too() -> None:
    with_values = signal().replace(
        "/>",
        '><extensionElements><camunda:in sourceExpression="a" target="b"/></extensionElements></signalEventDefinition>',
    )
    case = run(start(), element("endEvent", "E", with_values), chain("start", "E"), values={"a": 7})
    assert [(thrown.kind, thrown.name, thrown.values) for thrown in case.last.thrown] == [("signal", "alarm", {"b": 7})]


def test_a_name_may_be_computed_on_both_sides() -> None:
    named = diagram(
        process(
            start(),
            parallel("s"),
            catch("c", signal()),
            user("T"),
            throw("cry", signal()),
            user("A"),
            chain("start", "s", "c", "A"),
            chain("s", "T", "cry"),
        )
    ).replace(b'name="alarm"', b'name="alarm-${region}"')
    case = run(files={"p.bpmn": named}, values={"region": "north"})
    assert [(s.kind, s.name) for s in case.subscriptions.values()] == [("signal", "alarm-north")]
    case.complete("T")
    assert (case.open, case.thrown) == (["A"], [("signal", "alarm-north")])


def listening() -> Case:
    return run(
        start(),
        parallel("s"),
        catch("c", signal()),
        user("A"),
        boundary("b", "A", signal(), interrupting=False),
        user("X"),
        user("Y"),
        handler("H", start("hs", signal(), isInterrupting="false"), user("B"), chain("hs", "B")),
        chain("start", "s", "c", "X"),
        chain("s", "A"),
        chain("b", "Y"),
    )


@pytest.mark.bpmn("intermediate catch event: signal", "runs")
@pytest.mark.bpmn("boundary event: signal, non-interrupting", "runs")
@pytest.mark.bpmn("event sub-process: signal, non-interrupting", "runs")
def test_whatever_waits_for_a_signal_is_subscribed_and_hears_it_from_outside() -> None:
    case = listening()
    assert sorted((s.kind, s.name, s.element_id) for s in case.subscriptions.values()) == [
        ("signal", "alarm", "b"),
        ("signal", "alarm", "c"),
        ("signal", "alarm", "hs"),
    ]
    for subscription in list(case.subscriptions.values()):
        case._do("signal", subscription.token, {"from": subscription.element_id})
    assert case.open == ["A", "B", "X", "Y"]
    assert sorted(s.element_id for s in case.subscriptions.values()) == ["b", "hs"]
    case.hear("alarm")
    with pytest.raises(Conflict):
        case._do("correlate", next(iter(case.subscriptions)), {})


@pytest.mark.bpmn("receive task", "runs")
@pytest.mark.parametrize("message_of", [{"messageRef": "message_hello"}, {}])
def test_a_command_lets_a_receive_task_go_on(message_of: dict[str, str]) -> None:
    case = run(start(), element("receiveTask", "R", **message_of), user("A"), chain("start", "R", "A"))
    assert [(s.kind, s.element_id) for s in case.subscriptions.values()] == [("message", "R")]
    case.trigger("R", seen=True)
    assert (case.open, case.variables, case.subscriptions) == (["A"], {"seen": True}, {})


def test_variables_may_be_written_from_outside() -> None:
    case = run(start(), user("A"), chain("start", "A"))
    assert case.set(x=1).variables == {("", "x"): 1}
    with pytest.raises(NotFound):
        case.execution().set_variables({"x": 1}, "item9", env=case.env(), implicit={})


@pytest.mark.bpmn("event-based gateway: signal", "runs")
@pytest.mark.bpmn("event-based gateway: receive task", "runs")
@pytest.mark.parametrize("winner", ["signal", "receive"])
def test_a_signal_and_a_receive_task_may_race(winner: str) -> None:
    case = run(
        start(),
        element("eventBasedGateway", "g"),
        catch("c", signal()),
        element("receiveTask", "r", messageRef="message_hello"),
        user("A"),
        user("B"),
        chain("start", "g", "c", "A"),
        chain("g", "r", "B"),
    )
    if winner == "signal":
        case.hear("alarm")
    else:
        case.trigger("r")
    assert (case.open, case.subscriptions) == (["A" if winner == "signal" else "B"], {})
