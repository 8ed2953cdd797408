"""Gateways and sequence flows, as the standard says."""

import pytest

from engine.domain.rejection import ProblemsFound
from engine.testing import Scenario
from tests.conformance.drawing import catch, end, flows, gateway, process, script, start, task


@pytest.mark.bpmn("exclusive gateway", "runs")
def test_an_exclusive_gateway_takes_the_first_flow_that_holds_else_the_default() -> None:
    file = process(
        start(),
        gateway("which", "exclusive", default="which-c"),
        task("a"),
        task("b"),
        task("c"),
        flows("start>which", "which>a|=n &gt; 10", "which>b|=n &gt; 5", "which>c"),
    )
    taken = []
    for number in (20, 7, 1):
        scenario = Scenario([file])
        scenario.start(variables={"n": number})
        taken += scenario.active()

    assert taken == ["a", "b", "c"]


def test_an_exclusive_merge_passes_one_token_each() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                gateway("split", "parallel"),
                gateway("merge", "exclusive"),
                task("t"),
                flows("start>split", "split>merge", "merge>t").replace('id="split-merge"', 'id="one"')
                + flows("split>merge"),
            )
        ]
    )
    scenario.start()

    assert scenario.active() == ["t", "t"]


@pytest.mark.bpmn("parallel gateway", "runs")
def test_a_parallel_gateway_splits_and_waits_for_every_flow() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                gateway("split", "parallel"),
                task("a"),
                task("b"),
                gateway("join", "parallel"),
                task("after"),
                flows("start>split", "split>a", "split>b", "a>join", "b>join", "join>after"),
            )
        ]
    )
    scenario.start()
    assert scenario.active() == ["a", "b"]
    scenario.complete("a")
    assert scenario.active() == ["b"]
    scenario.complete("b")

    assert scenario.active() == ["after"]


def test_a_parallel_join_in_a_loop_waits_in_every_round() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                gateway("again", "exclusive"),
                gateway("split", "parallel"),
                task("a"),
                task("b"),
                gateway("join", "parallel"),
                task("review"),
                gateway("done", "exclusive", default="done-again"),
                end(),
                flows("start>again", "again>split", "split>a", "split>b", "a>join", "b>join", "join>review"),
                flows("review>done", "done>again", "done>end|=ok = true"),
            )
        ]
    )
    scenario.start()
    for _ in range(3):
        assert scenario.active() == ["a", "b"]
        scenario.complete("a")
        assert scenario.active() == ["b"]
        scenario.complete("b")
        assert scenario.active() == ["review"]
        scenario.complete("review", {"ok": False})
    scenario.complete("b")
    scenario.complete("a")
    scenario.complete("review", {"ok": True})

    assert scenario.ended


@pytest.mark.bpmn("inclusive gateway", "runs")
def test_an_inclusive_join_waits_for_the_flows_that_were_taken() -> None:
    file = process(
        start(),
        gateway("split", "inclusive", default="split-c"),
        task("a"),
        task("b"),
        task("c"),
        gateway("join", "inclusive"),
        task("after"),
        flows("start>split", "split>a|=n &gt; 1", "split>b|=n &gt; 2", "split>c"),
        flows("a>join", "b>join", "c>join", "join>after"),
    )
    scenario = Scenario([file])
    scenario.start(variables={"n": 3})
    assert scenario.active() == ["a", "b"]
    scenario.complete("b")
    assert scenario.active() == ["a"]
    scenario.complete("a")
    assert scenario.active() == ["after"]
    scenario = Scenario([file])
    scenario.start(variables={"n": 0})
    scenario.complete("c")

    assert scenario.active() == ["after"]


@pytest.mark.bpmn("event-based gateway", "runs")
def test_the_first_event_behind_an_event_based_gateway_wins() -> None:
    file = process(
        start(),
        gateway("race", "eventBased"),
        catch("letter", "message"),
        catch("late", "timer"),
        catch("alarm", "signal"),
        task("a"),
        task("b"),
        task("c"),
        flows("start>race", "race>letter", "race>late", "race>alarm", "letter>a", "late>b", "alarm>c"),
    )
    scenario = Scenario([file])
    scenario.start()
    scenario.advance("PT1H")
    scenario.signal("sig")

    assert scenario.active() == ["b"]


@pytest.mark.bpmn("complex gateway", "refused")
def test_a_complex_gateway_is_refused_with_its_id() -> None:
    with pytest.raises(ProblemsFound) as found:
        Scenario([process(start(), gateway("which", "complex"), end(), flows("start>which", "which>end"))])

    assert "which" in {problem.element_id for problem in found.value.problems}


@pytest.mark.bpmn("conditional flow out of an activity", "runs")
@pytest.mark.bpmn("default flow out of an activity", "runs")
def test_conditions_behind_a_task_are_asked_and_the_default_is_for_when_none_holds() -> None:
    file = process(
        start(),
        task("ask", default="ask-c"),
        task("a"),
        task("b"),
        task("c"),
        flows("start>ask", "ask>a|=n &gt; 1", "ask>b|=n &gt; 2", "ask>c"),
    )
    taken = []
    for number in (3, 2, 0):
        scenario = Scenario([file])
        scenario.start()
        scenario.complete("ask", {"n": number})
        taken.append(scenario.active())

    assert taken == [["a", "b"], ["a"], ["c"]]


@pytest.mark.bpmn("several flows out of an activity", "runs")
@pytest.mark.bpmn("several flows into an activity", "runs")
def test_an_activity_splits_into_all_its_flows_and_runs_once_for_each_token_that_comes() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                task("ask"),
                task("a"),
                task("b"),
                task("c"),
                flows("start>ask", "ask>a", "ask>b", "a>c", "b>c"),
            )
        ]
    )
    scenario.start()
    scenario.complete("ask")
    scenario.complete("a")
    scenario.complete("b")

    assert scenario.active() == ["c", "c"]


@pytest.mark.bpmn("implicit start", "runs")
@pytest.mark.bpmn("implicit end", "runs")
def test_a_process_without_start_and_end_begins_where_no_flow_leads_and_ends_where_none_goes_on() -> None:
    scenario = Scenario([process(task("a"), task("b"), flows("a>b"))])
    scenario.start()
    assert scenario.active() == ["a"]
    scenario.complete("a")
    scenario.complete("b")

    assert scenario.ended


def test_where_no_flow_can_be_taken_the_case_stops_there_and_the_step_before_stands() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                task("ask"),
                gateway("which", "exclusive"),
                task("a"),
                task("b"),
                flows("start>ask", "ask>which", "which>a|=n = 1", "which>b|=n = 2"),
            )
        ]
    )
    scenario.start()
    scenario.complete("ask", {"n": 3})

    assert [incident.element_id for incident in scenario.incidents] == ["which"]
    assert scenario.variables == {"n": 3}


def test_a_loop_of_thousands_of_rounds_in_one_step_ends_right() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                script("count", "n = if n = null then 1 else n + 1"),
                gateway("again", "exclusive", default="again-count"),
                end(),
                flows("start>count", "count>again", "again>count", "again>end|=n = 2000"),
            )
        ]
    )
    scenario.start()

    assert scenario.ended
    assert scenario.variables == {"n": 2000}
