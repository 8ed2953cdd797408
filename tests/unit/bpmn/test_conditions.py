"""Conditional events look at every change of a variable, within the step that makes it."""

import pytest

from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    condition,
    diagram,
    element,
    exclusive,
    flow,
    handler,
    message,
    multi,
    parallel,
    process,
    script,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import after_start

BIG = condition("=x > 10")


@pytest.mark.bpmn("intermediate catch event: conditional", "runs")
def test_a_catch_goes_on_when_its_condition_becomes_true() -> None:
    case = run(start(), catch("c", BIG), user("A"), chain("start", "c", "A"), values={"x": 1})
    assert case.open == []
    case.set(x=5)
    assert case.open == []
    case.set(x=11)
    assert case.open == ["A"]


def test_a_condition_that_is_true_on_arrival_fires_at_once() -> None:
    case = run(start(), catch("c", BIG), user("A"), chain("start", "c", "A"), values={"x": 11})
    assert case.open == ["A"]


def beside(*, interrupting: bool, trigger: str = BIG, host: str = "") -> Case:
    return run(
        start(),
        host or user("A"),
        boundary("b", "A", trigger, interrupting=interrupting),
        user("R"),
        user("Z"),
        chain("start", "A", "Z"),
        chain("b", "R"),
        values={"x": 1},
    )


@pytest.mark.bpmn("boundary event: conditional, interrupting", "runs")
def test_a_condition_takes_the_task_away() -> None:
    case = beside(interrupting=True)
    case.set(x=11)
    assert case.open == ["R"]


@pytest.mark.bpmn("boundary event: conditional, non-interrupting", "runs")
def test_a_condition_beside_a_task_fires_at_each_rise() -> None:
    case = beside(interrupting=False)
    for x, count in ((11, 1), (12, 1), (3, 1), (20, 2), (None, 2), (30, 3)):
        case.set(x=x)
        assert case.open.count("R") == count
    case.complete("A")
    assert "Z" in case.open
    case.set(x=1)
    case.set(x=11)
    assert case.open.count("R") == 3


def test_what_a_person_submits_in_a_parallel_branch_is_seen_in_the_same_step() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        boundary("b", "B", BIG),
        user("R"),
        chain("start", "s", "A"),
        chain("s", "B"),
        chain("b", "R"),
    )
    case.complete("A", x=11)
    assert case.open == ["R"]


def test_a_condition_that_was_true_only_between_two_scripts_has_fired() -> None:
    case = run(
        start(),
        parallel("s"),
        user("B"),
        boundary("b", "B", BIG, interrupting=False),
        user("A"),
        script("up", "x = 11"),
        script("down", "x = 1"),
        user("R"),
        chain("start", "s", "A", "up", "down"),
        chain("s", "B"),
        chain("b", "R"),
    )
    case.complete("A")
    assert case.open == ["B", "R"]


def test_a_condition_may_look_at_one_variable_only() -> None:
    case = beside(interrupting=False, trigger=condition("=x > 10 or y > 10", "y"))
    case.set(x=11)
    assert case.open == ["A"]
    case.set(y=1)
    assert case.open == ["A", "R"]


@pytest.mark.bpmn("event sub-process: conditional, interrupting", "runs")
@pytest.mark.bpmn("event sub-process: conditional, non-interrupting", "runs")
@pytest.mark.parametrize("interrupting", [True, False])
def test_a_condition_may_start_an_event_sub_process(interrupting: bool) -> None:
    own = handler("H", start("hs", BIG, isInterrupting=str(interrupting).lower()), user("B"), chain("hs", "B"))
    case = run(start(), user("A"), own, chain("start", "A"), values={"x": 1})
    case.set(x=11)
    assert case.open == (["B"] if interrupting else ["A", "B"])
    case.set(x=1)
    case.set(x=11)
    assert case.open == (["B"] if interrupting else ["A", "B", "B"])


@pytest.mark.bpmn("event-based gateway: conditional", "runs")
def test_a_condition_may_win_a_race() -> None:
    case = run(
        start(),
        element("eventBasedGateway", "g"),
        catch("c", BIG),
        catch("t", timer("timeDuration", "PT1H")),
        catch("m", message()),
        user("A"),
        user("B"),
        user("C"),
        chain("start", "g", "c", "A"),
        chain("g", "t", "B"),
        chain("g", "m", "C"),
        values={"x": 1},
    )
    case.set(x=11)
    assert (case.open, case.jobs, case.subscriptions) == (["A"], {}, {})


def test_a_condition_sees_the_variables_of_its_item() -> None:
    body = sub(
        "S",
        multi("=[1, 2]", variable="n"),
        start("s1"),
        user("A"),
        boundary("b", "A", condition("=x = n")),
        user("R"),
        chain("s1", "A"),
        chain("b", "R"),
    )
    case = run(start(), body, chain("start", "S"))
    first, second = sorted(case.tasks)
    case.set(x=2)
    assert sorted(case.tasks)[0] == first
    assert second not in case.tasks
    assert case.open == ["A", "R"]


def test_a_condition_in_a_called_process_does_not_see_the_caller() -> None:
    called = diagram(process(start("cs"), catch("c", BIG), user("A"), chain("cs", "c", "A"), id="called"))
    case = run(
        start(), element("callActivity", "C", calledElement="called"), chain("start", "C"), files={"c.bpmn": called}
    )
    case.set(x=11)
    assert case.open == []
    (scope,) = case.execution()._case.variables.parents
    execution = case.execution()
    case._write(execution, execution.set_variables({"x": 11}, scope, env=case.env(), implicit=case.implicit()))
    assert case.open == ["A"]


def test_a_condition_in_a_loop_waits_anew_in_each_round() -> None:
    case = run(
        start(),
        exclusive("m"),
        catch("c", BIG),
        script("down", "x = 1"),
        user("A"),
        exclusive("g"),
        chain("start", "m", "c", "down", "A", "g"),
        flow("g", "m"),
        values={"x": 1},
    )
    for _ in range(3):
        assert case.open == []
        case.set(x=11)
        assert case.open == ["A"]
        case.complete("A")


def test_a_condition_that_raises_itself_without_end_is_refused_in_the_step() -> None:
    case = run(
        start(),
        user("A"),
        boundary("b", "A", condition("=x > 0"), interrupting=False),
        script("flip", "x = -1 * x"),
        chain("start", "A"),
        chain("b", "flip"),
        values={"x": -1},
    )
    case.set(x=1)  # once: the script makes it negative again
    assert case.open == ["A"]
    assert case.variables["x"] == -1


def test_only_cases_with_conditions_pay_for_them() -> None:
    case = run(start(), user("A"), chain("start", "A"))
    assert case.execution()._case.conditions == {}


def test_a_condition_whose_expression_fails_is_an_incident_there_and_the_task_lives() -> None:
    heavy = condition("=if x = 1 then count(for i in 1..100000000 return i) > 1 else false")
    case = beside(interrupting=True, trigger=heavy)
    assert [where for _, where in case.incidents()] == ["b"]
    assert case.open == ["A"]


def test_a_filter_on_events_of_variables_is_refused() -> None:
    trigger = BIG.replace("<conditionalEventDefinition", '<conditionalEventDefinition camunda:variableEvents="create"')
    assert after_start(catch("A", trigger)) == [("event.variable_events", "A")]
