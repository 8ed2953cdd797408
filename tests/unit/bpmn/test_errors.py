"""Errors and escalations: who takes them, what they bring along, and what happens when nobody does."""

import pytest

from tests.unit.bpmn.drawing import (
    boundary,
    chain,
    diagram,
    element,
    error,
    escalation,
    handler,
    multi,
    parallel,
    process,
    service,
    start,
    sub,
    throw,
    user,
)
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import after_start

KEPT = (
    '<errorEventDefinition errorRef="error_broken" camunda:errorCodeVariable="code" '
    'camunda:errorMessageVariable="why"/>'
)
BAD = element("endEvent", "bad", error())


def failing(*more: str) -> str:
    """A sub-process whose task ends in the error."""
    return sub("S", start("s1"), user("A"), BAD, chain("s1", "A", "bad"), *more)


def watching(trigger: str, *, interrupting: bool = True) -> str:
    return handler("H", start("hs", trigger, isInterrupting=str(interrupting).lower()), user("B"), chain("hs", "B"))


@pytest.mark.bpmn("boundary event: error, interrupting", "runs")
@pytest.mark.bpmn("end event: error", "runs")
def test_an_error_brings_its_code_and_the_text_of_the_delegate() -> None:
    case = run(start(), service("S"), boundary("b", "S", KEPT), user("R"), chain("start", "S"), chain("b", "R"))
    execution = case.execution()
    token = case.job("S").token
    step = execution.fail_service(token, "broken", "no paper", env=case.env(), implicit=case.implicit())
    case._write(execution, step)
    assert (case.open, case.variables) == (["R"], {"code": "broken", "why": "no paper"})


@pytest.mark.bpmn("event sub-process: error, interrupting", "runs")
def test_the_event_sub_process_of_the_scope_comes_before_the_boundary_event() -> None:
    case = run(
        start(),
        failing(watching(KEPT)),
        boundary("b", "S", error()),
        user("R"),
        chain("start", "S"),
        chain("b", "R"),
    )
    case.complete("A")
    assert (case.open, case.variables) == (["B"], {"code": "broken", "why": ""})


def test_an_error_inside_its_own_event_sub_process_goes_on_outwards() -> None:
    again = handler(
        "H", start("hs", error()), user("B"), element("endEvent", "bad2", error()), chain("hs", "B", "bad2")
    )
    case = run(start(), failing(again), boundary("b", "S", error()), user("R"), chain("start", "S"), chain("b", "R"))
    case.complete("A")
    case.complete("B")
    assert case.open == ["R"]


def test_who_names_the_code_comes_before_who_takes_any() -> None:
    case = run(
        start(),
        failing(),
        boundary("any", "S", error(None)),
        boundary("named", "S", error()),
        user("R"),
        user("Q"),
        chain("start", "S"),
        chain("any", "Q"),
        chain("named", "R"),
    )
    case.complete("A")
    assert case.open == ["R"]


def test_an_error_crosses_called_processes_and_levels() -> None:
    called = diagram(process(start("cs"), failing(), chain("cs", "S"), id="called"))
    case = run(
        start(),
        sub("O", start("o1"), element("callActivity", "C", calledElement="called"), chain("o1", "C")),
        boundary("b", "O", KEPT),
        user("R"),
        chain("start", "O"),
        chain("b", "R"),
        files={"c.bpmn": called},
    )
    case.complete("A")
    assert (case.open, case.variables["code"]) == (["R"], "broken")
    assert {scope for scope, _ in case.rows} == {""}


def test_an_error_in_a_called_item_reaches_the_boundary_of_the_whole() -> None:
    called = diagram(process(start("cs"), user("A"), BAD, chain("cs", "A", "bad"), id="called"))
    call = element("callActivity", "C", multi("=[1, 2, 3]"), calledElement="called")
    case = run(
        start(),
        sub("O", start("o1"), call, boundary("b", "C", error()), user("R"), chain("o1", "C"), chain("b", "R")),
        user("Z"),
        chain("start", "O", "Z"),
        files={"c.bpmn": called},
    )
    assert case.open == ["A", "A", "A"]
    case.complete("A")
    assert case.open == ["R"]
    case.complete("R")
    assert case.open == ["Z"]


def test_an_error_in_an_event_sub_process_of_an_item_stays_in_the_item_when_caught_there() -> None:
    inner = sub("I", start("i1"), user("A"), BAD, chain("i1", "A", "bad"))
    body = sub("S", multi("=[1, 2]"), start("s1"), inner, watching(error()), chain("s1", "I"))
    case = run(start(), body, user("Z"), chain("start", "S", "Z"))
    case.complete("A")
    assert case.open == ["A", "B"]
    case.complete("B")
    case.complete("A")
    case.complete("B")
    assert case.open == ["Z"]


@pytest.mark.bpmn("end event: error, not caught", "runs")
def test_finding_10_an_uncaught_error_is_an_incident_and_can_be_tried_again() -> None:
    case = run(start(), parallel("s"), user("A"), user("B"), BAD, chain("start", "s", "A", "bad"), chain("s", "B"))
    case.complete("A")
    ((token, where),) = case.incidents()
    assert (where, case.open, case.ended) == ("bad", ["B"], False)
    case.retry(token)
    assert [where for _, where in case.incidents()] == ["bad"]


def test_a_boundary_behind_a_boundary_takes_the_error_of_its_own_host() -> None:
    case = run(
        start(),
        failing(),
        boundary("b", "S", error()),
        service("R"),
        boundary("b2", "R", error()),
        user("Q"),
        chain("start", "S"),
        chain("b", "R"),
        chain("b2", "Q"),
    )
    case.complete("A")
    case.fail("R", "broken")
    assert case.open == ["Q"]


# -- escalations


def rising(*more: str) -> str:
    return sub("S", start("s1"), user("A"), throw("up", escalation()), user("T"), chain("s1", "A", "up", "T"), *more)


def above(*, interrupting: bool, body: str = "") -> Case:
    kept = escalation().replace("/>", ' camunda:escalationCodeVariable="code"/>')
    return run(
        start(),
        body or rising(),
        boundary("b", "S", kept, interrupting=interrupting),
        user("R"),
        user("Z"),
        chain("start", "S", "Z"),
        chain("b", "R"),
    )


@pytest.mark.bpmn("boundary event: escalation, non-interrupting", "runs")
@pytest.mark.bpmn("intermediate throw event: escalation", "runs")
def test_an_escalation_beside_its_host_lets_it_live() -> None:
    case = above(interrupting=False)
    case.complete("A")
    assert (case.open, case.variables) == (["R", "T"], {"code": "slow"})
    case.complete("T")
    assert case.open == ["R", "Z"]


@pytest.mark.bpmn("boundary event: escalation, interrupting", "runs")
def test_an_interrupting_escalation_ends_its_host() -> None:
    case = above(interrupting=True)
    case.complete("A")
    assert case.open == ["R"]


@pytest.mark.bpmn("event sub-process: escalation, interrupting", "runs")
@pytest.mark.bpmn("event sub-process: escalation, non-interrupting", "runs")
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_goes_to_the_event_sub_process_of_its_scope_first(interrupting: bool) -> None:
    case = above(interrupting=True, body=rising(watching(escalation(), interrupting=interrupting)))
    case.complete("A")
    assert case.open == (["B"] if interrupting else ["B", "T"])


@pytest.mark.bpmn("end event: escalation", "runs")
def test_an_escalation_at_an_end_crosses_a_called_process() -> None:
    called = diagram(
        process(start("cs"), user("A"), element("endEvent", "up", escalation()), chain("cs", "A", "up"), id="called")
    )
    case = run(
        start(),
        element("callActivity", "S", calledElement="called"),
        boundary("b", "S", escalation(), interrupting=False),
        user("R"),
        user("Z"),
        chain("start", "S", "Z"),
        chain("b", "R"),
        files={"c.bpmn": called},
    )
    case.complete("A")
    assert case.open == ["R", "Z"]


def test_each_item_may_escalate_and_the_whole_goes_on() -> None:
    body = rising(multi("=[1, 2]"))
    case = above(interrupting=False, body=body)
    case.complete("A")
    case.complete("A")
    assert case.open == ["R", "R", "T", "T"]


@pytest.mark.bpmn("escalation, not caught", "runs")
def test_an_escalation_that_nobody_takes_goes_on() -> None:
    case = run(start(), rising(), user("Z"), chain("start", "S", "Z"))
    case.complete("A")
    assert (case.open, case.incidents()) == (["T"], [])


@pytest.mark.bpmn("boundary event: error, non-interrupting", "refused")
@pytest.mark.bpmn("event sub-process: error, non-interrupting", "refused")
def test_an_error_always_interrupts() -> None:
    beside = boundary("b", "A", error(), interrupting=False)
    assert after_start(service("A"), beside, user("R"), chain("b", "R")) == [("event.error", "b")]
    assert after_start(user("A"), watching(error(), interrupting=False)) == [("event.error", "hs")]
