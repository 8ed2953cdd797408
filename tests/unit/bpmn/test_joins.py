"""Joins and splits in mean places: boundary events, loops, tokens that could come by more than one way."""

import pytest

from tests.unit.bpmn.drawing import (
    boundary,
    chain,
    end,
    exclusive,
    flow,
    handler,
    inclusive,
    message,
    multi,
    parallel,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import after_start


def joined(beside: str, trigger: str = "") -> Case:
    """A leads to the join; so does what stands beside B, while B itself leads elsewhere."""
    return run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        beside or boundary("b", "B", trigger),
        inclusive("j"),
        user("Z"),
        user("Y"),
        chain("start", "s", "A", "j", "Z"),
        chain("s", "B", "Y"),
        chain("b", "j"),
    )


@pytest.mark.bpmn("inclusive gateway: tokens that may come by boundary events", "runs")
def test_an_inclusive_join_waits_for_an_activity_whose_boundary_event_leads_there() -> None:
    case = joined("", message())
    case.complete("A")
    assert case.open == ["B"]
    case.complete("B")
    assert case.open == ["Y", "Z"]


def test_the_boundary_event_itself_completes_the_inclusive_join() -> None:
    case = joined("", message())
    case.complete("A")
    case.send("hello")
    assert case.open == ["Z"]


def test_a_timer_beside_that_has_fired_for_the_last_time_is_not_waited_for() -> None:
    case = joined(boundary("b", "B", timer("timeDuration", "PT1H"), interrupting=False))
    case.fire("b")
    assert case.open == ["A", "B"]
    case.complete("A")
    assert case.open == ["B", "Z"]
    again = joined(boundary("b", "B", timer("timeCycle", "R/PT1H"), interrupting=False))
    again.fire("b")
    again.complete("A")
    assert again.open == ["B", "Z"]  # one flow each: the next hour is for the next round


def test_an_inclusive_join_behind_a_boundary_of_a_boundary_path_waits() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        boundary("b", "B", message("hello")),
        user("C"),
        boundary("c", "C", message("again")),
        inclusive("j"),
        user("Z"),
        chain("start", "s", "A", "j", "Z"),
        chain("s", "B"),
        chain("b", "C"),
        chain("c", "j"),
    )
    case.complete("A")
    assert case.open == ["B"]
    case.send("hello")
    assert case.open == ["C"]
    case.send("again")
    assert case.open == ["Z"]


def test_an_event_sub_process_is_not_waited_for() -> None:
    own = handler("H", start("hs", message(), isInterrupting="false"), user("X"), chain("hs", "X"))
    case = run(
        start(),
        inclusive("g"),
        user("A"),
        user("B"),
        inclusive("j"),
        user("Z"),
        own,
        chain("start", "g"),
        flow("g", "A", "=true"),
        flow("g", "B", "=false"),
        chain("A", "j", "Z"),
        chain("B", "j"),
    )
    case.send("hello")
    case.complete("A")
    assert case.open == ["X", "Z"]


def test_an_inclusive_join_waits_for_the_items_of_a_repeated_activity() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B", multi("=[1, 2]")),
        inclusive("j"),
        user("Z"),
        chain("start", "s", "A", "j", "Z"),
        chain("s", "B", "j"),
    )
    case.complete("A")
    case.complete("B")
    assert case.open == ["B"]
    case.complete("B")
    assert case.open == ["Z"]


def test_finding_1_an_inclusive_join_in_a_loop_waits_in_every_round() -> None:
    case = run(
        start(),
        exclusive("m"),
        inclusive("g"),
        user("A"),
        user("B"),
        inclusive("j"),
        exclusive("x", default="x_e"),
        end("e"),
        chain("start", "m", "g"),
        flow("g", "A", "=true"),
        flow("g", "B", "=true"),
        chain("A", "j", "x", "e"),
        chain("B", "j"),
        flow("x", "m", "=again"),
    )
    for again in (True, True, False):
        assert case.open == ["A", "B"]
        case.complete("B")
        assert case.open == ["A"]
        case.complete("A", again=again)
    assert case.ended


@pytest.mark.bpmn("exclusive gateway: merge", "runs")
def test_an_exclusive_merge_passes_each_token() -> None:
    case = run(
        start(), parallel("s"), exclusive("m"), user("A"), chain("start", "s", "m", "A"), flow("s", "m", id="again")
    )
    assert case.open == ["A", "A"]


def test_two_tokens_on_one_flow_of_a_parallel_join_make_two_rounds() -> None:
    case = run(
        start(),
        parallel("s"),
        parallel("s2"),
        exclusive("m"),
        parallel("j"),
        user("A"),
        user("B"),
        user("Z"),
        chain("start", "s", "s2", "m", "j", "Z"),
        flow("s2", "m", id="twice"),
        chain("s", "A", "j"),
        chain("s", "B", "j"),
    )
    case.complete("A")
    case.complete("B")
    assert case.open == ["Z"]
    assert [token for token, place in case.execution().places().items() if place == "j"] != []


@pytest.mark.bpmn("conditional flow out of an activity: none can be taken", "runs")
def test_an_activity_whose_conditional_flows_are_all_false_is_an_incident_there() -> None:
    case = run(
        start(),
        user("A"),
        user("B"),
        user("C"),
        chain("start", "A"),
        flow("A", "B", "=x > 1"),
        flow("A", "C", "=x < 0"),
    )
    case.complete("A", x=1)
    ((token, where),) = case.incidents()
    assert (where, case.open) == ("A", [])
    case.rows["", "x"] = 2
    case.retry(token)
    assert case.open == ["B"]


def test_finding_3_a_branch_that_ends_last_keeps_what_the_other_wrote_in_a_loop_of_sub_processes() -> None:
    body = sub(
        "S",
        start("s1"),
        parallel("s"),
        user("A"),
        user("B"),
        parallel("j"),
        end("e1"),
        chain("s1", "s", "A", "j", "e1"),
        chain("s", "B", "j"),
    )
    case = run(
        start(),
        exclusive("m"),
        body,
        exclusive("x", default="x_e"),
        end("e"),
        chain("start", "m", "S", "x", "e"),
        flow("x", "m", "=count(scores) < 6"),
        values={"scores": [1, 2]},
    )
    case.complete("A", scores=[5, 5, 5])
    case.complete("B")
    assert case.variables["scores"] == [5, 5, 5]
    case.complete("B")
    case.complete("A", scores=[1] * 6)
    assert case.ended


@pytest.mark.bpmn("implicit end at a join", "runs")
def test_a_join_may_be_the_end() -> None:
    case = run(
        start(), parallel("s"), user("A"), user("B"), parallel("j"), chain("start", "s", "A", "j"), chain("s", "B", "j")
    )
    case.complete("A")
    case.complete("B")
    assert case.ended


def test_a_default_flow_belongs_to_the_element_that_names_it() -> None:
    split = exclusive("A", default="B_C")
    drawn = [split, user("B"), user("C"), flow("A", "B", "=true"), flow("A", "C", "=false"), chain("B", "C")]
    assert ("flow.default", "A") in after_start(*drawn)
    assert ("flow.default", "A") in after_start(user("A", default="gone"))


def test_flows_of_one_id_are_refused_and_flows_without_an_id_are_told_apart() -> None:
    twice = [user("A"), user("B"), user("C"), flow("A", "B", id="f"), flow("A", "C", id="f")]
    assert after_start(*twice) == [("bpmn.same_id", "f")]
    nameless = '<sequenceFlow sourceRef="{}" targetRef="{}"/>'.format
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        parallel("j"),
        user("Z"),
        *(nameless(*ends) for ends in (["start", "s"], ["s", "A"], ["s", "B"], ["A", "j"], ["B", "j"], ["j", "Z"])),
    )
    case.complete("A")
    case.complete("B")
    assert case.open == ["Z"]


@pytest.mark.bpmn("activity: startQuantity or completionQuantity other than 1", "refused")
def test_quantities_of_tokens_are_refused() -> None:
    assert after_start(user("A", startQuantity="2")) == [("activity.quantity", "A")]
    assert after_start(user("A", completionQuantity="3", startQuantity="1")) == [("activity.quantity", "A")]
