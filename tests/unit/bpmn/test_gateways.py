"""Gateways and flows: what is chosen, what joins, what is stuck."""

import pytest

from engine.bpmn.workflow import RunsForEver
from tests.unit.bpmn.drawing import chain, end, exclusive, flow, inclusive, parallel, script, start, user
from tests.unit.bpmn.running import Case, run


def test_a_process_of_one_task_runs_from_start_to_end() -> None:
    case = run(start(), user("A"), end(), chain("start", "A", "end"))
    assert case.open == ["A"]
    case.complete("A", x=1)
    assert case.ended
    assert case.variables == {"x": 1}
    assert case.history("entered") == ["start", "A", "end"]
    assert case.history("left") == ["start", "A", "end"]
    assert case.history("taken") == ["start_A", "A_end"]


def choice(x: object) -> Case:
    return run(
        start(),
        exclusive("g", default="g_C"),
        user("A"),
        user("B"),
        user("C"),
        chain("start", "g"),
        flow("g", "A", "=x = 1"),
        flow("g", "B", "x < 3"),
        flow("g", "C"),
        values={"x": x},
    )


@pytest.mark.parametrize(("x", "task"), [(1, "A"), (2, "B"), (3, "C"), (None, "C"), ("text", "C")])
@pytest.mark.bpmn("exclusive gateway", "runs")
@pytest.mark.bpmn("default flow behind a gateway", "runs")
def test_an_exclusive_gateway_takes_the_first_flow_that_holds(x: object, task: str) -> None:
    assert choice(x).open == [task]


@pytest.mark.bpmn("exclusive gateway: no flow can be taken", "runs")
def test_a_gateway_without_a_flow_that_holds_is_an_incident_and_the_rest_lives() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        exclusive("g"),
        user("C"),
        user("D"),
        chain("start", "s", "A", "g"),
        chain("s", "B"),
        flow("g", "C", "=x = 1"),
        flow("g", "D", "=x = 2"),
    )
    case.complete("A", x=7)
    (token, element), *more = case.incidents()
    assert (element, more, case.open) == ("g", [], ["B"])
    case.rows["", "x"] = 2
    case.retry(token)
    assert case.open == ["B", "D"]
    case.complete("B")
    assert not case.ended
    case.complete("D")
    assert case.ended


@pytest.mark.bpmn("parallel gateway", "runs")
def test_a_parallel_join_waits_for_every_branch() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        parallel("j"),
        user("C"),
        chain("start", "s", "A", "j", "C"),
        chain("s", "B", "j"),
    )
    case.complete("B")
    assert case.open == ["A"]
    case.complete("A")
    assert case.open == ["C"]


def test_the_branch_that_ends_last_does_not_bring_old_values_back() -> None:
    # the library merges the copies of the branches
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        parallel("j"),
        user("C"),
        chain("start", "s", "A", "j", "C"),
        chain("s", "B", "j"),
        values={"scores": [1, 2]},
    )
    case.complete("A", scores=[5, 5, 5])
    case.complete("B", other=1)
    assert case.variables == {"scores": [5, 5, 5], "other": 1}


@pytest.mark.bpmn("parallel gateway in a loop", "runs")
def test_a_parallel_join_in_a_loop_waits_in_every_round() -> None:
    # the library counts the arrivals of the round before
    case = run(
        start(),
        exclusive("m"),
        parallel("s"),
        user("A"),
        user("B"),
        parallel("j"),
        exclusive("g", default="g_end"),
        end(),
        chain("start", "m", "s", "A", "j", "g", "end"),
        chain("s", "B", "j"),
        flow("g", "m", "=again"),
    )
    for again in (True, True, False):
        assert case.open == ["A", "B"]
        case.complete("A", again=again)
        assert case.open == ["B"]
        case.complete("B")
    assert case.ended


def split_and_join(**values: bool) -> Case:
    return run(
        start(),
        inclusive("s", default="s_C"),
        user("A"),
        user("B"),
        user("C"),
        inclusive("j"),
        user("Z"),
        chain("start", "s"),
        flow("s", "A", "=a"),
        flow("s", "B", "=b"),
        flow("s", "C"),
        chain("A", "j", "Z"),
        chain("B", "j"),
        chain("C", "j"),
        values=values,
    )


@pytest.mark.parametrize(
    ("values", "tasks"),
    [
        ({"a": True, "b": True}, ["A", "B"]),
        ({"a": False, "b": True}, ["B"]),
        ({"a": False, "b": False}, ["C"]),
    ],
)
@pytest.mark.bpmn("inclusive gateway", "runs")
def test_an_inclusive_join_waits_for_the_branches_taken_and_no_others(
    values: dict[str, bool], tasks: list[str]
) -> None:
    case = split_and_join(**values)
    assert case.open == tasks
    for task in tasks:
        assert "Z" not in case.open
        case.complete(task)
    assert case.open == ["Z"]
    case.complete("Z")
    assert case.ended


def test_an_inclusive_join_waits_for_a_branch_that_is_still_far_away() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        exclusive("g", default="g_end"),
        inclusive("j"),
        user("Z"),
        end(),
        chain("start", "s", "A", "j", "Z"),
        chain("s", "B", "g", "end"),
        flow("g", "j", "=near"),
    )
    case.complete("A")
    assert case.open == ["B"]
    case.complete("B", near=False)
    assert case.open == ["Z"]


@pytest.mark.bpmn("several flows out of an activity", "runs")
@pytest.mark.bpmn("implicit end", "runs")
def test_several_flows_out_of_a_task_are_all_taken() -> None:
    # the library's parser refuses an implicit split
    case = run(start(), user("A"), user("B"), user("C"), chain("start", "A", "B"), chain("A", "C"))
    case.complete("A")
    assert case.open == ["B", "C"]


@pytest.mark.bpmn("conditional flow out of an activity", "runs")
@pytest.mark.bpmn("default flow out of an activity", "runs")
def test_conditions_on_flows_out_of_a_task_are_kept() -> None:
    # the library ignores them
    case = run(
        start(),
        user("A"),
        user("B"),
        user("C"),
        chain("start", "A"),
        flow("A", "B", "=x = 1"),
        flow("A", "C", "=x = 2"),
    )
    case.complete("A", x=2)
    assert case.open == ["C"]


@pytest.mark.bpmn("several flows into an activity", "runs")
def test_two_flows_may_meet_in_a_task_which_then_runs_twice() -> None:
    case = run(start(), parallel("s"), user("A"), chain("start", "s", "A"), flow("s", "A", id="second"))
    assert case.open == ["A", "A"]
    case.complete("A")
    assert not case.ended
    case.complete("A")
    assert case.ended


def test_a_loop_of_a_thousand_rounds_keeps_the_state_small() -> None:
    # the library ends such a case silently at a depth of 1,000 tasks
    case = run(
        start(),
        user("A"),
        script("count", "n = n + 1"),
        exclusive("g", default="g_end"),
        end(),
        chain("start", "A", "count", "g", "end"),
        flow("g", "A", "=n < 1000"),
        values={"n": 0},
    )
    for _ in range(999):
        case.complete("A")
    assert case.open == ["A"]
    assert len(case.state) < 40
    case.complete("A")
    assert case.ended
    assert case.variables == {"n": 1000}


def test_a_loop_that_never_waits_is_refused_and_does_not_hang() -> None:
    with pytest.raises(RunsForEver):
        run(start(), exclusive("m"), script("A", "n = 1"), chain("start", "m", "A", "m"))


def test_five_thousand_rounds_within_one_step_are_allowed() -> None:
    case = run(
        start(),
        script("A", "n = n + 1"),
        exclusive("g", default="g_B"),
        user("B"),
        chain("start", "A", "g", "B"),
        flow("g", "A", "=n < 5000"),
        values={"n": 0},
    )
    assert (case.open, case.variables) == (["B"], {"n": 5000})


def test_four_parallel_blocks_of_ten_branches_make_eleven_tokens_not_fifty_thousand() -> None:
    drawn, last = [start(), end()], "start"
    for block in range(4):
        split, join = f"s{block}", f"j{block}"
        drawn += [parallel(split), parallel(join), chain(last, split)]
        drawn += [user(f"u{block}{n}") + chain(split, f"u{block}{n}", join) for n in range(10)]
        last = join
    case = run(*drawn, chain(last, "end"))
    assert len(case.execution().places()) == 10


def test_ids_of_the_library_do_not_collide_with_those_of_the_diagram() -> None:
    case = run(start(), user("Start"), user("End"), user("p.EndJoin"), chain("start", "Start", "End", "p.EndJoin"))
    for task in ("Start", "End", "p.EndJoin"):
        assert case.open == [task]
        case.complete(task)
    assert case.ended


def test_a_thousand_elements_in_a_row_are_no_problem() -> None:
    # the library's parser recurses once for each
    names = [f"e{n}" for n in range(1500)]
    drawn = [f'<manualTask id="{name}"/>' for name in names]
    case = run(start(), *drawn, user("A"), chain("start", *names, "A"))
    assert case.open == ["A"]


def test_a_join_that_can_never_be_complete_is_an_incident_once() -> None:
    case = run(
        start(),
        user("T"),
        exclusive("x", default="x_A"),
        user("A"),
        user("B"),
        parallel("j"),
        user("Z"),
        chain("start", "T", "x", "A", "j", "Z"),
        flow("x", "B", "=b"),
        chain("B", "j"),
    )
    case.complete("T")
    case.complete("A")
    assert [where for _, where in case.incidents()] == ["j"]
    assert not case.ended
