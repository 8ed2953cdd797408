"""docs/conformance.md says what the tests show, and leaves out nothing that BPMN can execute."""

import pytest

from tests.conformance.__main__ import TABLE, VERDICTS, marks, table

EVENTS = ("message", "timer", "signal", "error", "escalation", "conditional", "compensation")
# Where the standard lets an event stand (BPMN 2.0.2, table 10.93); cancel, terminate, link and none are added below.
PLACES = {
    "start event": ("none", "message", "timer", "signal", "conditional"),
    "intermediate catch event": ("message", "timer", "signal", "conditional", "link"),
    "intermediate throw event": ("none", "message", "signal", "escalation", "compensation", "link"),
    "boundary event": (
        *(f"{event}, interrupting" for event in EVENTS if event != "compensation"),
        *(f"{event}, non-interrupting" for event in EVENTS if event not in {"error", "compensation"}),
        "compensation",
        "cancel",
    ),
    "event sub-process": (
        *(f"{event}, interrupting" for event in EVENTS if event != "compensation"),
        *(f"{event}, non-interrupting" for event in EVENTS if event not in {"error", "compensation"}),
        "compensation",
    ),
    "end event": ("none", "message", "signal", "error", "escalation", "compensation", "cancel", "terminate"),
}
OTHERS = (
    "user task",
    "manual task",
    "script task",
    "service task: delegate",
    "service task: external topic",
    "send task",
    "receive task",
    "business rule task",
    "undefined task",
    "exclusive gateway",
    "parallel gateway",
    "inclusive gateway",
    "event-based gateway",
    "complex gateway",
    "conditional flow out of an activity",
    "default flow out of an activity",
    "several flows out of an activity",
    "several flows into an activity",
    "implicit start",
    "implicit end",
    "sub-process",
    "transaction",
    "call activity",
    "call activity: data mapping",
    "call activity: version binding",
    "ad-hoc sub-process",
    "multi-instance: parallel",
    "multi-instance: sequential",
    "multi-instance: cardinality",
    "multi-instance: collection",
    "multi-instance: completion condition",
    "multi-instance: counters",
    "standard loop",
)
EXPECTED = (*OTHERS, *(f"{place}: {event}" for place, events in PLACES.items() for event in events))


def test_the_page_is_the_one_that_the_tests_make() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), "run `python -m tests.conformance`"


@pytest.mark.parametrize("element", EXPECTED)
def test_every_element_of_the_standard_has_a_verdict_and_a_test(element: str) -> None:
    shown = {name for name, _ in marks()}

    assert element in shown


def test_no_element_both_runs_and_is_refused() -> None:
    verdicts = [name for name, _ in marks()]

    assert sorted(verdicts) == sorted(set(verdicts))
    assert {verdict for _, verdict in marks()} <= VERDICTS.keys()
