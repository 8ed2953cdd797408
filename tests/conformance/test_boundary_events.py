"""Boundary events and event sub-processes, as the standard says."""

import pytest

from engine.testing import Scenario
from tests.conformance.drawing import boundary, end, flows, happen, process, start, sub_process, task, throw


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("message", marks=pytest.mark.bpmn("boundary event: message, interrupting", "runs")),
        pytest.param("timer", marks=pytest.mark.bpmn("boundary event: timer, interrupting", "runs")),
        pytest.param("signal", marks=pytest.mark.bpmn("boundary event: signal, interrupting", "runs")),
        pytest.param("conditional", marks=pytest.mark.bpmn("boundary event: conditional, interrupting", "runs")),
    ],
)
def test_an_interrupting_boundary_event_takes_the_place_of_its_activity(event: str) -> None:
    scenario = Scenario(
        [
            process(
                start(),
                task("work"),
                boundary("edge", "work", event),
                task("instead"),
                task("normal"),
                flows("start>work", "work>normal", "edge>instead"),
            )
        ]
    )
    scenario.start()
    assert scenario.active() == ["work"]
    happen(scenario, event)

    assert scenario.active() == ["instead"]
    assert scenario.path == ["start", "work", "edge", "instead"]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("message", marks=pytest.mark.bpmn("boundary event: message, non-interrupting", "runs")),
        pytest.param("timer", marks=pytest.mark.bpmn("boundary event: timer, non-interrupting", "runs")),
        pytest.param("signal", marks=pytest.mark.bpmn("boundary event: signal, non-interrupting", "runs")),
        pytest.param("conditional", marks=pytest.mark.bpmn("boundary event: conditional, non-interrupting", "runs")),
    ],
)
def test_a_non_interrupting_boundary_event_stands_beside_its_activity(event: str) -> None:
    scenario = Scenario(
        [
            process(
                start(),
                task("work"),
                boundary("edge", "work", event, interrupting=False),
                task("beside"),
                task("normal"),
                flows("start>work", "work>normal", "edge>beside"),
            )
        ]
    )
    scenario.start()
    happen(scenario, event)
    assert scenario.active() == ["beside", "work"]
    scenario.complete("work")

    assert scenario.active() == ["beside", "normal"]


@pytest.mark.parametrize("event", ["message", "signal"])
def test_a_non_interrupting_boundary_event_happens_again_and_again(event: str) -> None:
    scenario = Scenario(
        [
            process(
                start(),
                task("work"),
                boundary("edge", "work", event, interrupting=False),
                task("beside"),
                flows("start>work", "edge>beside"),
            )
        ]
    )
    scenario.start()
    happen(scenario, event)
    happen(scenario, event)

    assert scenario.active() == ["beside", "beside", "work"]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("error", marks=pytest.mark.bpmn("boundary event: error, interrupting", "runs")),
        pytest.param("escalation", marks=pytest.mark.bpmn("boundary event: escalation, interrupting", "runs")),
    ],
)
def test_what_is_thrown_inside_a_sub_process_is_caught_at_its_edge(event: str) -> None:
    inside = sub_process("sub", start("in"), task("a"), task("b"), end("out", event), flows("in>a", "in>b", "a>out"))
    scenario = Scenario(
        [
            process(
                start(),
                inside,
                boundary("edge", "sub", event),
                task("caught"),
                task("normal"),
                flows("start>sub", "sub>normal", "edge>caught"),
            )
        ]
    )
    scenario.start()
    scenario.complete("a")

    assert scenario.active() == ["caught"]
    assert scenario.incidents == []


@pytest.mark.bpmn("boundary event: escalation, non-interrupting", "runs")
def test_an_escalation_can_leave_the_sub_process_running() -> None:
    inside = sub_process("sub", start("in"), throw("up", "escalation"), task("a"), flows("in>up", "up>a"))
    scenario = Scenario(
        [
            process(
                start(),
                inside,
                boundary("edge", "sub", "escalation", interrupting=False),
                task("told"),
                flows("start>sub", "edge>told"),
            )
        ]
    )
    scenario.start()

    assert scenario.active() == ["a", "told"]


def event_sub_process(event: str, *, interrupting: bool) -> str:
    begin = start("begin", event, isInterrupting=str(interrupting).lower())
    return sub_process("handler", begin, task("handle"), flows("begin>handle"), triggeredByEvent="true")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("message", marks=pytest.mark.bpmn("event sub-process: message, interrupting", "runs")),
        pytest.param("timer", marks=pytest.mark.bpmn("event sub-process: timer, interrupting", "runs")),
        pytest.param("signal", marks=pytest.mark.bpmn("event sub-process: signal, interrupting", "runs")),
        pytest.param("conditional", marks=pytest.mark.bpmn("event sub-process: conditional, interrupting", "runs")),
    ],
)
def test_an_interrupting_event_sub_process_cancels_its_scope_at_once(event: str) -> None:
    scenario = Scenario(
        [
            process(
                start(), task("a"), task("b"), flows("start>a", "start>b"), event_sub_process(event, interrupting=True)
            )
        ]
    )
    scenario.start()
    assert scenario.active() == ["a", "b"]
    happen(scenario, event)
    assert scenario.active() == ["handle"]
    scenario.complete("handle")

    assert scenario.ended


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("message", marks=pytest.mark.bpmn("event sub-process: message, non-interrupting", "runs")),
        pytest.param("timer", marks=pytest.mark.bpmn("event sub-process: timer, non-interrupting", "runs")),
        pytest.param("signal", marks=pytest.mark.bpmn("event sub-process: signal, non-interrupting", "runs")),
        pytest.param("conditional", marks=pytest.mark.bpmn("event sub-process: conditional, non-interrupting", "runs")),
    ],
)
def test_a_non_interrupting_event_sub_process_runs_beside_its_scope(event: str) -> None:
    scenario = Scenario([process(start(), task("a"), flows("start>a"), event_sub_process(event, interrupting=False))])
    scenario.start()
    happen(scenario, event)
    assert scenario.active() == ["a", "handle"]
    scenario.complete("a")
    assert not scenario.ended
    scenario.complete("handle")

    assert scenario.ended


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("error", marks=pytest.mark.bpmn("event sub-process: error, interrupting", "runs")),
        pytest.param("escalation", marks=pytest.mark.bpmn("event sub-process: escalation, interrupting", "runs")),
    ],
)
def test_the_event_sub_process_of_the_scope_catches_before_the_boundary_event(event: str) -> None:
    inside = sub_process(
        "sub",
        start("in"),
        task("a"),
        end("out", event),
        flows("in>a", "a>out"),
        event_sub_process(event, interrupting=True),
    )
    scenario = Scenario(
        [
            process(
                start(),
                inside,
                boundary("edge", "sub", event),
                task("outside"),
                task("normal"),
                flows("start>sub", "sub>normal", "edge>outside"),
            )
        ]
    )
    scenario.start()
    scenario.complete("a")
    assert scenario.active() == ["handle"]
    scenario.complete("handle")

    assert scenario.active() == ["normal"]


@pytest.mark.bpmn("event sub-process: escalation, non-interrupting", "runs")
def test_an_escalation_can_be_handled_beside_the_scope_that_raised_it() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                throw("up", "escalation"),
                task("a"),
                flows("start>up", "up>a"),
                event_sub_process("escalation", interrupting=False),
            )
        ]
    )
    scenario.start()

    assert scenario.active() == ["a", "handle"]
