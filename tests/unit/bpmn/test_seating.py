"""Tokens moved by hand: cancelled, begun elsewhere, sent back; stored and restored in between."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from engine.bpmn import proposals, seating
from engine.bpmn.standing import effects, standing, starving
from engine.bpmn.workflow import CaseWorkflow
from engine.domain.changes import MovePlan, PlanRefused, StartAt
from tests.unit.bpmn.blocks import grow, loops
from tests.unit.bpmn.drawing import (
    boundary,
    chain,
    element,
    end,
    exclusive,
    flow,
    handler,
    message,
    multi,
    parallel,
    process,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.drawing import diagram as drawn_file
from tests.unit.bpmn.running import MORNING, Case, run


def move(case: Case, *to: str, cancel: tuple[int, ...] = (), inside: int | None = None) -> None:
    starts = tuple(StartAt(element_id=name, inside=inside) for name in to)
    case.act(lambda tree: seating.move(tree, MovePlan(cancel=cancel, start=starts)))


def back(case: Case, to: str, *, inside: int | None = None) -> MovePlan:
    plan = proposals.back_to(case.execution().case, to, inside=inside)
    case.act(lambda tree: seating.move(tree, plan))
    return plan


def tree(case: Case) -> CaseWorkflow:
    return case.execution().case


def branches() -> Case:
    """A, then B1-B2 beside C, then Z."""
    return run(
        start(),
        user("A"),
        parallel("split"),
        user("B1"),
        user("B2"),
        user("C"),
        parallel("join"),
        user("Z"),
        end(),
        chain("start", "A", "split", "B1", "B2", "join", "Z", "end"),
        chain("split", "C", "join"),
    )


def test_a_token_moves_to_another_element_and_its_task_closes() -> None:
    case = run(start(), user("A"), user("B"), end(), chain("start", "A", "B", "end"))
    case.complete("A")
    move(case, "A", cancel=(case.token("B"),))
    assert case.open == ["A"]
    assert case.history("cancelled") == ["B"]
    case.complete("A")
    case.complete("B")
    assert case.ended


def test_back_within_one_branch_leaves_the_other_branch_alone() -> None:
    case = branches()
    case.complete("A")
    case.complete("B1")
    other = case.token("C")
    plan = back(case, "B1")
    assert case.open == ["B1", "C"]
    assert case.token("C") == other
    assert len(plan.cancel) == 1


def test_back_before_the_split_takes_both_branches_and_those_who_wait_at_the_join() -> None:
    case = branches()
    case.complete("A")
    case.complete("C")  # waits at the join
    back(case, "A")
    assert case.open == ["A"]
    for name in ("A", "B1", "B2", "C", "Z"):
        case.complete(name)
    assert case.ended


def test_back_from_behind_the_join_into_one_branch_counts_the_other_as_arrived() -> None:
    case = branches()
    for name in ("A", "C", "B1", "B2"):
        case.complete(name)
    assert case.open == ["Z"]
    plan = back(case, "B2")
    assert StartAt(element_id="join", via="C_join") in plan.start
    assert case.open == ["B2"]
    case.complete("B2")
    assert case.open == ["Z"]
    case.complete("Z")
    assert case.ended


def test_a_token_taken_out_of_a_branch_leaves_a_join_that_starves_and_this_is_said() -> None:
    case = branches()
    case.complete("A")
    before = standing(tree(case))
    execution = case.execution()
    plan = MovePlan(cancel=(case.token("C"),), start=(StartAt(element_id="Z"),))
    step = execution.act(lambda it: seating.move(it, plan), env=case.env(), implicit={})
    found = effects(before, execution.case, step)
    assert [(one.element_id, one.note.split(": ")[1].split("。")[0]) for one in found if one.what == "starves"] == [
        ("join", "C_join")
    ]
    assert [one.element_id for one in found if one.what == "cancelled"] == ["C"]
    assert [one.element_id for one in found if one.what == "started"] == ["Z"]
    assert [one.element_id for one in found if one.what == "kept"] == ["B1"]


def test_nothing_starves_in_a_case_that_runs_as_drawn() -> None:
    case = branches()
    assert starving(tree(case)) == []
    case.complete("A")
    case.complete("C")
    assert starving(tree(case)) == []


def test_back_from_one_way_of_a_choice_to_the_other_does_not_double_the_token() -> None:
    case = run(
        start(),
        exclusive("which", default="which_B"),
        user("A"),
        user("B"),
        user("Z"),
        flow("which", "A", "=false"),
        flow("which", "B"),
        chain("start", "which"),
        chain("A", "Z"),
        chain("B", "Z"),
    )
    back(case, "A")
    assert case.open == ["A"]


def test_a_loop_back_does_not_make_the_parallel_branch_a_follower() -> None:
    case = run(
        start(),
        exclusive("again"),
        parallel("split"),
        user("B"),
        user("B9"),
        user("C"),
        parallel("join"),
        exclusive("done", default="done_end"),
        end(),
        chain("start", "again", "split", "B", "B9", "join", "done", "end"),
        chain("split", "C", "join"),
        flow("done", "again", "=more"),
        values={"more": False},
    )
    case.complete("B")
    kept = case.token("C")
    back(case, "B")
    assert case.open == ["B", "C"]
    assert case.token("C") == kept


def test_an_element_inside_a_closed_sub_process_opens_it_as_a_level() -> None:
    case = run(
        start(),
        sub("S", start("s1"), user("A"), user("B"), end("s2"), chain("s1", "A", "B", "s2")),
        boundary("late", "S", timer("timeDuration", "P1D")),
        user("Z"),
        user("L"),
        chain("start", "S", "Z"),
        chain("late", "L"),
    )
    case.complete("A")
    case.complete("B")
    back(case, "B")
    assert case.open == ["B"]
    assert case.armed == {"late": MORNING + timedelta(days=1)}
    case.complete("B")
    assert case.open == ["Z"]
    assert case.armed == {}


def test_a_join_inside_a_closed_sub_process_counts_its_other_branch_as_arrived() -> None:
    inner = [start("s1"), parallel("f"), user("A"), user("B"), parallel("j"), end("s2")]
    inner += [chain("s1", "f", "A", "j", "s2"), chain("f", "B", "j")]
    case = run(start(), sub("S", *inner), user("Z"), chain("start", "S", "Z"))
    case.complete("A")
    case.complete("B")
    back(case, "A")
    assert case.open == ["A"]
    case.complete("A")
    assert case.open == ["Z"]


def test_the_last_token_out_of_a_sub_process_closes_it_without_ending_it_as_done() -> None:
    case = run(
        start(),
        sub("S", start("s1"), user("A"), end("s2"), chain("s1", "A", "s2")),
        user("Y"),
        user("Z"),
        chain("start", "S", "Y", "Z"),
    )
    move(case, "Z", cancel=(case.token("A"),))
    assert case.open == ["Z"]
    assert case.history("cancelled") == ["A", "S"]


def test_an_element_of_a_called_process_is_begun_with_the_variables_the_call_hands_over() -> None:
    called = drawn_file(process(start("c1"), user("Q", camunda_assignee="=who"), chain("c1", "Q"), id="q"))
    given = '<extensionElements><camunda:in source="boss" target="who"/></extensionElements>'
    case = run(
        start(),
        user("A"),
        element("callActivity", "C", given, calledElement="q"),
        chain("start", "A", "C"),
        values={"boss": "ann"},
        files={"q.bpmn": called},
    )
    back(case, "Q")
    assert case.open == ["Q"]
    assert [task.assignee for task in case.tasks.values()] == ["ann"]


def voters(*, sequential: bool = False) -> Case:
    loop = multi("members", variable="member", sequential=sequential, output="votes", gather="=vote")
    return run(
        start(),
        user("A"),
        user("V", loop, camunda_assignee="=member"),
        user("Z"),
        chain("start", "A", "V", "Z"),
        values={"members": ["ann", "bob", "cem"]},
    )


def test_back_out_of_a_multi_instance_closes_all_items_and_their_variables() -> None:
    case = voters()
    case.complete("A")
    case.complete("V", vote="yes")
    back(case, "A")
    assert case.open == ["A"]
    assert {scope for scope, _ in case.rows} == {""}
    case.complete("A")
    assert case.open == ["V", "V", "V"]


def test_the_variables_that_go_with_items_are_named() -> None:
    case = voters()
    case.complete("A")
    execution = case.execution()
    plan = proposals.back_to(execution.case, "A")
    before, names = standing(execution.case), execution.case.variables.names()
    step = execution.act(lambda it: seating.move(it, plan), env=case.env(), implicit={})
    (lost,) = [one for one in effects(before, execution.case, step, names) if one.what == "variables_lost"]
    assert lost.note == "loopCounter, member"


def test_one_item_taken_out_of_a_multi_instance_is_not_waited_for() -> None:
    case = voters()
    case.complete("A")
    move(case, cancel=(case.token("V"),))
    assert case.open == ["V", "V"]
    case.complete("V", vote="yes")
    case.complete("V", vote="no")
    assert case.open == ["Z"]
    assert case.variables["votes"] == ["yes", "no"]


def test_an_item_skipped_in_a_sequence_lets_the_next_begin() -> None:
    case = voters(sequential=True)
    case.complete("A")
    case.complete("V", vote="yes")
    move(case, cancel=(case.token("V"),))
    assert [task.assignee for task in case.tasks.values()] == ["cem"]
    case.complete("V", vote="no")
    assert case.variables["votes"] == ["yes", "no"]
    assert case.open == ["Z"]


def test_inside_one_of_several_items_the_item_must_be_named() -> None:
    inner = sub("S", multi(cardinality="2"), start("s1"), user("A"), user("B"), chain("s1", "A", "B"))
    case = run(start(), inner, chain("start", "S"))
    case.complete("A")
    with pytest.raises(PlanRefused, match="inside="):
        back(case, "A")
    item = next(place.inside for place in standing(tree(case)).values() if place.element_id == "B")
    back(case, "A", inside=item)
    assert case.open == ["A", "A"]


def test_a_multi_instance_sub_process_that_is_not_open_is_begun_as_a_whole_only() -> None:
    inner = sub("S", multi(cardinality="2"), start("s1"), user("A"), chain("s1", "A"))
    case = run(start(), user("X"), inner, chain("start", "X", "S"))
    with pytest.raises(PlanRefused, match="多实例"):
        back(case, "A")
    back(case, "S")
    assert case.open == ["A", "A"]


def test_back_behind_an_event_sub_process_that_interrupted_lets_it_watch_again() -> None:
    caught = start("h1", message(), isInterrupting="true")
    case = run(
        start(), user("A"), handler("H", caught, user("W"), end("h2"), chain("h1", "W", "h2")), chain("start", "A")
    )
    case.send("hello")
    assert case.open == ["W"]
    back(case, "A")
    assert case.open == ["A"]
    case.send("hello")
    assert case.open == ["W"]


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (MovePlan(cancel=(999,)), "已不存在"),
        (MovePlan(start=(StartAt(element_id="nowhere"),)), "没有元素"),
        (MovePlan(start=(StartAt(element_id="late"),)), "边界事件"),
        (MovePlan(start=(StartAt(element_id="join", via="nowhere"),)), "不通向"),
        (MovePlan(start=(StartAt(element_id="A", inside=999),)), "999"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_with_its_reason(plan: MovePlan, why: str) -> None:
    case = run(
        start(),
        user("A"),
        boundary("late", "A", timer("timeDuration", "P1D")),
        user("L"),
        parallel("join"),
        user("Z"),
        chain("start", "A", "join", "Z"),
        chain("late", "L", "join"),
    )
    state = case.state
    with pytest.raises(PlanRefused, match=why):
        case.act(lambda it: seating.move(it, plan))
    assert case.state == state


def test_a_plan_that_leaves_nothing_is_refused() -> None:
    case = run(start(), user("A"), chain("start", "A"))
    with pytest.raises(PlanRefused, match="terminate"):
        move(case, cancel=(case.token("A"),))


def test_terminating_cancels_every_token_and_leaves_nothing_behind() -> None:
    case = branches()
    case.complete("A")
    case.act(seating.terminate)
    assert case.ended
    assert sorted(case.history("cancelled")) == ["B1", "C"]


@pytest.mark.parametrize("seed", range(120))
def test_a_random_process_sent_back_anywhere_still_ends_and_no_task_is_doubled(seed: int) -> None:
    chance = random.Random(seed)
    tree_ = grow(chance, 3, Counter())
    drawn = [start(), end()]
    drawn.append(chain(tree_.draw("start", drawn), "end"))
    case = run(*drawn, values=dict.fromkeys(loops(tree_), 0))
    everywhere = sorted(name for name in case.definition.elements if name.startswith("task"))
    for _ in range(chance.randint(0, 12)):
        if case.ended:
            return
        case.complete(chance.choice(case.open))
    for _ in range(3):
        if case.ended:
            return
        target = chance.choice(everywhere)
        back(case, target)
        assert target in case.open
        assert starving(tree(case)) == []
        _play(case, chance, chance.randint(0, 4))
    _play(case, chance, 3_000)
    assert case.ended


def _play(case: Case, chance: random.Random, steps: int) -> None:
    for _ in range(steps):
        assert not any(step.incidents for step in case.steps)
        assert len(set(case.open)) == len(case.open), "a token was doubled"
        if case.ended:
            return
        case.complete(chance.choice(case.open))
