"""Compensation and transactions, as the standard says."""

import pytest

from engine.testing import Scenario
from tests.conformance.drawing import association, boundary, end, flows, process, start, sub_process, task, throw


def undo(activity: str) -> str:
    """A compensation handler for the activity."""
    return (
        boundary(f"undo-edge-{activity}", activity, "compensation")
        + task(f"undo-{activity}", isForCompensation="true")
        + association(f"undo-edge-{activity}", f"undo-{activity}")
    )


@pytest.mark.bpmn("boundary event: compensation", "runs")
@pytest.mark.bpmn("intermediate throw event: compensation", "runs")
def test_completed_activities_are_undone_in_reverse_order_before_the_throw_goes_on() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                task("book"),
                undo("book"),
                task("pay"),
                undo("pay"),
                task("open"),
                undo("open"),
                throw("back", "compensation"),
                task("after"),
                flows("start>book", "start>open", "book>pay", "pay>back", "back>after"),
            )
        ]
    )
    scenario.start()
    scenario.complete("book")
    scenario.complete("pay")
    order = []
    while "after" not in scenario.active():
        (element,) = set(scenario.active()) - {"open"}
        order.append(element)
        scenario.complete(element)

    assert order == ["undo-pay", "undo-book"]


@pytest.mark.bpmn("end event: compensation", "runs")
def test_a_compensation_end_undoes_and_then_ends() -> None:
    scenario = Scenario(
        [process(start(), task("book"), undo("book"), end("back", "compensation"), flows("start>book", "book>back"))]
    )
    scenario.start()
    scenario.complete("book")
    assert scenario.active() == ["undo-book"]
    scenario.complete("undo-book")

    assert scenario.ended


@pytest.mark.bpmn("event sub-process: compensation", "runs")
def test_a_completed_sub_process_can_say_itself_how_it_is_undone() -> None:
    handler = sub_process(
        "handler", start("begin", "compensation"), task("repair"), flows("begin>repair"), triggeredByEvent="true"
    )
    inside = sub_process("sub", start("in"), task("work"), flows("in>work"), handler)
    scenario = Scenario(
        [
            process(
                start(),
                inside,
                throw("back", "compensation"),
                task("after"),
                flows("start>sub", "sub>back", "back>after"),
            )
        ]
    )
    scenario.start()
    scenario.complete("work")
    assert scenario.active() == ["repair"]
    scenario.complete("repair")

    assert scenario.active() == ["after"]


@pytest.mark.bpmn("transaction", "runs")
@pytest.mark.bpmn("end event: cancel", "runs")
@pytest.mark.bpmn("boundary event: cancel", "runs")
def test_a_cancelled_transaction_undoes_what_was_done_and_leaves_by_its_cancel_event() -> None:
    inside = sub_process(
        "deal",
        start("in"),
        task("book"),
        undo("book"),
        task("ask"),
        end("no", "cancel"),
        flows("in>book", "book>ask", "ask>no"),
        kind="transaction",
    )
    scenario = Scenario(
        [
            process(
                start(),
                inside,
                boundary("off", "deal", "cancel"),
                task("cancelled"),
                task("normal"),
                flows("start>deal", "deal>normal", "off>cancelled"),
            )
        ]
    )
    scenario.start()
    scenario.complete("book")
    scenario.complete("ask")
    assert scenario.active() == ["undo-book"]
    scenario.complete("undo-book")

    assert scenario.active() == ["cancelled"]
