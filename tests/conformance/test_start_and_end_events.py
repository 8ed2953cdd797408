"""Start events, end events and intermediate events, as the standard says."""

import pytest

from engine.domain.rejection import NotFound, ProblemsFound
from engine.testing import Scenario
from tests.conformance.drawing import catch, end, flows, happen, process, start, sub_process, task, throw


@pytest.mark.bpmn("start event: none", "runs")
def test_a_case_starts_at_the_none_start_event() -> None:
    scenario = Scenario([process(start(), task("t"), flows("start>t"))])
    scenario.start()

    assert scenario.path == ["start", "t"]


@pytest.mark.bpmn("start event: message", "runs")
def test_a_message_starts_a_case_and_brings_its_variables() -> None:
    scenario = Scenario([process(start("begin", "message"), task("t"), flows("begin>t"))])
    scenario.message("msg", {"amount": 3})

    assert scenario.active() == ["t"]
    assert scenario.variables == {"amount": 3}
    with pytest.raises(NotFound):
        scenario.start()


@pytest.mark.bpmn("start event: signal", "runs")
def test_a_signal_starts_a_case_of_every_process_that_begins_with_it() -> None:
    one = process(start("begin", "signal"), task("t"), flows("begin>t"), id_="one")
    other = process(start("begin", "signal"), task("u"), flows("begin>u"), id_="other")
    scenario = Scenario([one, other])
    scenario.signal("sig")

    assert scenario.active() == ["t", "u"]


@pytest.mark.bpmn("start event: timer", "runs")
def test_a_timer_starts_a_case_when_it_is_due() -> None:
    scenario = Scenario([process(start("begin", "timer"), task("t"), flows("begin>t"))])
    assert scenario.active() == []
    scenario.advance("PT1H")

    assert scenario.active() == ["t"]


@pytest.mark.bpmn("start event: conditional", "refused")
def test_a_process_cannot_wait_for_a_condition_to_begin() -> None:
    with pytest.raises(ProblemsFound):
        Scenario([process(start("begin", "conditional"), task("t"), flows("begin>t"))])


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("message", marks=pytest.mark.bpmn("intermediate catch event: message", "runs")),
        pytest.param("timer", marks=pytest.mark.bpmn("intermediate catch event: timer", "runs")),
        pytest.param("signal", marks=pytest.mark.bpmn("intermediate catch event: signal", "runs")),
        pytest.param("conditional", marks=pytest.mark.bpmn("intermediate catch event: conditional", "runs")),
    ],
)
def test_a_catch_event_waits_for_its_trigger(event: str) -> None:
    scenario = Scenario([process(start(), catch("wait", event), task("t"), flows("start>wait", "wait>t"))])
    scenario.start()
    assert scenario.active() == []
    happen(scenario, event)

    assert scenario.active() == ["t"]
    assert scenario.path == ["start", "wait", "t"]


@pytest.mark.bpmn("intermediate catch event: link", "runs")
@pytest.mark.bpmn("intermediate throw event: link", "runs")
def test_a_link_goes_on_where_it_is_caught() -> None:
    scenario = Scenario(
        [process(start(), throw("away", "link"), catch("here", "link"), task("t"), flows("start>away", "here>t"))]
    )
    scenario.start()

    assert scenario.path == ["start", "away", "here", "t"]


@pytest.mark.bpmn("intermediate throw event: none", "runs")
def test_a_none_throw_marks_a_place() -> None:
    scenario = Scenario([process(start(), throw("here", "none"), end(), flows("start>here", "here>end"))])
    scenario.start()

    assert scenario.path == ["start", "here", "end"]
    assert scenario.ended


THROWS = ("message", "signal")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("message", marks=pytest.mark.bpmn("intermediate throw event: message", "runs")),
        pytest.param("signal", marks=pytest.mark.bpmn("intermediate throw event: signal", "runs")),
    ],
)
def test_a_throw_reaches_another_case_and_goes_on(event: str) -> None:
    waits = process(start(), catch("wait", event), task("t"), flows("start>wait", "wait>t"), id_="waits")
    throws = process(start(), throw("call", event), task("u"), flows("start>call", "call>u"), id_="throws")
    scenario = Scenario([waits, throws])
    scenario.start("waits")
    scenario.start("throws")

    assert scenario.active() == ["t", "u"]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("message", marks=pytest.mark.bpmn("end event: message", "runs")),
        pytest.param("signal", marks=pytest.mark.bpmn("end event: signal", "runs")),
    ],
)
def test_an_end_reaches_another_case_and_ends_its_own(event: str) -> None:
    waits = process(start(), catch("wait", event), end(), flows("start>wait", "wait>end"), id_="waits")
    throws = process(start(), end("call", event), flows("start>call"), id_="throws")
    scenario = Scenario([waits, throws])
    scenario.start("waits")
    assert not scenario.ended
    scenario.start("throws")

    assert scenario.ended


@pytest.mark.bpmn("end event: none", "runs")
def test_the_case_ends_when_every_token_has_ended() -> None:
    scenario = Scenario(
        [process(start(), task("a"), task("b"), end("one"), end("two"), flows("start>a", "start>b", "a>one", "b>two"))]
    )
    scenario.start()
    scenario.complete("a")
    assert not scenario.ended
    scenario.complete("b")

    assert scenario.ended


@pytest.mark.bpmn("end event: terminate", "runs")
def test_terminate_ends_its_own_level_at_once() -> None:
    inside = sub_process(
        "sub",
        start("in"),
        task("a"),
        task("b"),
        end("stop", "terminate"),
        flows("in>a", "in>b", "a>stop"),
    )
    scenario = Scenario(
        [process(start(), inside, task("beside"), task("after"), flows("start>sub", "start>beside", "sub>after"))]
    )
    scenario.start()
    scenario.complete("a")

    assert scenario.active() == ["after", "beside"]


@pytest.mark.bpmn("end event: error", "runs")
def test_an_uncaught_error_end_is_an_incident_never_a_silent_success() -> None:
    scenario = Scenario([process(start(), end("fail", "error"), flows("start>fail"))])
    scenario.start()

    assert not scenario.ended
    assert [incident.element_id for incident in scenario.incidents] == ["fail"]


@pytest.mark.bpmn("end event: escalation", "runs")
@pytest.mark.bpmn("intermediate throw event: escalation", "runs")
def test_an_uncaught_escalation_goes_on() -> None:
    scenario = Scenario(
        [process(start(), throw("up", "escalation"), end("loud", "escalation"), flows("start>up", "up>loud"))]
    )
    scenario.start()

    assert scenario.ended
    assert scenario.incidents == []
