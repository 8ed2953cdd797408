"""Cases moved to another version, stored and restored: what is kept, armed, withdrawn, and why some cannot."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.bpmn.definition import Definition
from engine.bpmn.migration import Migrated
from engine.bpmn.migration import migrate as migrated_to
from engine.domain.changes import MigrationPlan, PlanRefused
from engine.domain.step import Step
from tests.unit.bpmn.blocks import grow, loops
from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    element,
    end,
    error,
    exclusive,
    flow,
    handler,
    inclusive,
    message,
    multi,
    package,
    parallel,
    process,
    service,
    signal,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.drawing import diagram as drawn_file
from tests.unit.bpmn.running import MORNING, Case, run


def version(*inner: str, files: Mapping[str, bytes] | None = None, **known: Any) -> Definition:
    return package(*inner, files=files, **known).definitions["p"]


def trial(case: Case, target: Definition, timers: str = "keep", **elements: str) -> Migrated:
    """The report: what would happen."""
    return migrated_to(
        case.execution(),
        target,
        MigrationPlan(elements=elements, timers=timers),
        lambda: dict(case.rows),
        env=case.env(),
        implicit=case.implicit(),
    )


def migrate(case: Case, target: Definition, timers: str = "keep", **elements: str) -> Step:
    state = case.state
    found = trial(case, target, timers, **elements)
    assert case.execution().state() == state, "the report moved something"
    case.definition = target
    case._write(found.execution, found.step)
    for task in found.tasks:
        case.tasks[task.token] = replace(task, due_at=case.tasks[task.token].due_at)
    for token, place in found.places.items():
        for rows in (case.jobs, case.subscriptions):
            if token in rows:
                rows[token] = replace(rows[token], element_id=place)
    return found.step


def effects(found: Migrated, what: str) -> list[str]:
    return [one.element_id for one in found.effects if one.what == what]


def simple(*more: str) -> Definition:
    return version(start(), user("A"), user("B"), end(), *more, chain("start", "A", "B", "end"))


def simple_case() -> Case:
    return run(start(), user("A"), end(), chain("start", "A", "end"))


def test_an_open_task_is_kept_as_the_same_token_and_the_case_goes_on_in_the_new_version() -> None:
    case = simple_case()
    token = case.token("A")
    step = migrate(case, simple())
    assert (step.tasks_closed, step.tasks_opened) == ([], [])
    assert case.token("A") == token
    case.complete("A")
    assert case.open == ["B"]


def test_a_renamed_task_is_moved_by_the_plan_with_its_token() -> None:
    case = simple_case()
    token = case.token("A")
    target = version(start(), user("A9"), end(), chain("start", "A9", "end"))
    assert effects(trial(case, target, A="A9"), "renamed") == ["A9"]
    migrate(case, target, A="A9")
    assert case.tasks[token].element_id == "A9"
    case.complete_token(token)
    assert case.ended


def test_a_node_that_is_gone_while_the_case_stands_there_is_a_reason_and_not_kept_silently() -> None:
    # the library keeps the old spec object and says nothing
    case = simple_case()
    target = version(start(), user("X"), end(), chain("start", "X", "end"))
    with pytest.raises(PlanRefused, match="'A'"):
        migrate(case, target)
    assert case.open == ["A"]


def test_a_boundary_event_added_to_an_active_task_is_seated_and_armed() -> None:
    # the library migrates without a word and raises later: "Split at A.BoundaryEventSplit was not reached"
    case = simple_case()
    target = simple(boundary("late", "A", timer("timeDuration", "P1D")), user("L"), chain("late", "L"))
    assert effects(trial(case, target), "started") == ["late"]
    migrate(case, target)
    assert case.armed == {"late": MORNING + timedelta(days=1)}
    case.fire("late")
    assert case.open == ["L"]


def test_an_added_boundary_event_goes_with_its_task() -> None:
    case = simple_case()
    migrate(case, simple(boundary("late", "A", timer("timeDuration", "P1D")), user("L"), chain("late", "L")))
    case.complete("A")
    assert (case.open, case.armed) == (["B"], {})


def test_a_boundary_event_that_the_new_version_has_not_is_withdrawn() -> None:
    late = [boundary("late", "A", timer("timeDuration", "P1D")), user("L"), chain("late", "L")]
    call = [boundary("call", "A", message()), user("M"), chain("call", "M")]
    case = run(start(), user("A"), end(), *late, *call, chain("start", "A", "end"))
    target = simple()
    assert sorted(effects(trial(case, target), "cancelled")) == ["call", "late"]
    migrate(case, target)
    assert (case.armed, case.subscriptions) == ({}, {})
    assert case.open == ["A"]


@pytest.mark.parametrize(("timers", "days"), [("keep", 3), ("renew", 8)])
def test_a_running_timer_keeps_its_due_time_unless_asked(timers: str, days: int) -> None:
    def drawn(period: str) -> list[str]:
        late = [boundary("late", "A", timer("timeDuration", period)), user("L"), chain("late", "L")]
        return [start(), user("A"), end(), *late, chain("start", "A", "end")]

    case = run(*drawn("P3D"))
    case.advance(days=1)
    migrate(case, version(*drawn("P7D")), timers)
    assert case.armed == {"late": MORNING + timedelta(days=days)}
    case.fire("late")
    assert case.open == ["L"]


def test_a_timer_that_becomes_a_cycle_is_reckoned_anew_and_repeats() -> None:
    def drawn(kind: str, text: str) -> list[str]:
        late = [boundary("late", "A", timer(kind, text), interrupting=False), user("L"), chain("late", "L")]
        return [start(), user("A"), end(), *late, chain("start", "A", "end")]

    case = run(*drawn("timeDuration", "P3D"))
    migrate(case, version(*drawn("timeCycle", "R2/P1D")))
    case.fire("late")
    case.fire("late")
    assert case.open == ["A", "L", "L"]


def test_an_event_that_waits_for_something_else_now_is_armed_for_that() -> None:
    def drawn(trigger: str) -> list[str]:
        return [start(), catch("W", trigger), user("Z"), chain("start", "W", "Z")]

    case = run(*drawn(timer("timeDuration", "P1D")))
    migrate(case, version(*drawn(message())))
    assert case.armed == {}
    migrate(case, version(*drawn(message("again"))))
    assert [waiting.name for waiting in case.subscriptions.values()] == ["again"]
    migrate(case, version(*drawn(signal())))
    assert [waiting.kind for waiting in case.subscriptions.values()] == ["signal"]
    migrate(case, version(*drawn(timer("timeDuration", "P2D"))))
    assert case.armed == {"W": MORNING + timedelta(days=2)}
    assert case.subscriptions == {}
    case.fire("W")
    assert case.open == ["Z"]


def test_a_service_task_keeps_its_job_and_gets_a_new_one_for_another_topic() -> None:
    def drawn(topic: str) -> list[str]:
        return [start(), service("S", topic), user("Z"), chain("start", "S", "Z")]

    case = run(*drawn("work"))
    step = migrate(case, version(*drawn("work")))
    assert (step.jobs_set, step.jobs_cleared) == ([], [])
    step = migrate(case, version(*drawn("other"), topics=("other",)))
    assert [job.topic for job in step.jobs_set] == ["other"]
    case.serve("S")
    assert case.open == ["Z"]


def voting(*extra: str, gather: str = "=vote") -> list[str]:
    loop = multi("members", variable="member", output="votes", gather=gather)
    return [start(), user("V", loop, camunda_assignee="=member"), user("Z"), *extra, chain("start", "V", "Z")]


def test_running_items_keep_their_values_and_done_ones_stay_done() -> None:
    case = run(*voting(), values={"members": ["ann", "bob", "cem"]})
    case.complete("V", vote="yes")
    target = version(*voting(gather='=member + ":" + vote'))
    report = trial(case, target)
    (items,) = [one for one in report.effects if one.kind == "items"]
    assert (items.what, items.note.split("，")[0]) == ("kept", "1/3 项已完成")
    migrate(case, target)
    assert [task.assignee for task in case.tasks.values()] == ["bob", "cem"]
    case.complete("V", vote="no")
    case.complete("V", vote="yes")
    assert case.variables["votes"] == ["yes", "bob:no", "cem:yes"]
    assert case.open == ["Z"]


def test_a_boundary_event_added_to_a_repeated_task_stands_once_beside_the_whole() -> None:
    case = run(*voting(), values={"members": ["ann", "bob"]})
    late = [boundary("late", "V", timer("timeDuration", "P1D")), user("L"), chain("late", "L")]
    migrate(case, version(*voting(*late)))
    assert list(case.armed) == ["late"]
    case.fire("late")
    assert case.open == ["L"]


@pytest.mark.parametrize("loop", ["", multi("members", variable="member", sequential=True)])
def test_another_way_of_repeating_is_another_kind_and_a_reason(loop: str) -> None:
    case = run(*voting(), values={"members": ["ann", "bob"]})
    target = version(start(), user("V", loop), user("Z"), chain("start", "V", "Z"))
    with pytest.raises(PlanRefused, match="不能互换"):
        migrate(case, target)


def test_a_task_of_another_kind_is_a_reason() -> None:
    case = simple_case()
    target = version(start(), service("A"), end(), chain("start", "A", "end"))
    with pytest.raises(PlanRefused, match="不能互换"):
        migrate(case, target)


def test_who_waits_at_a_join_waits_on_at_the_flow_of_the_same_origin() -> None:
    def drawn(suffix: str = "") -> list[str]:
        flows = flow("A", "join", id=f"a{suffix}") + flow("B", "join", id=f"b{suffix}")
        return [
            start(),
            parallel("split"),
            user("A"),
            user("B"),
            parallel("join"),
            user("Z"),
            chain("start", "split"),
            flow("split", "A"),
            flow("split", "B"),
            flows,
            chain("join", "Z"),
        ]

    case = run(*drawn())
    case.complete("A")
    migrate(case, version(*drawn("_new")))
    case.complete("B")
    assert case.open == ["Z"]


def test_a_join_that_would_wait_for_an_added_branch_is_said_before_anything_moves() -> None:
    def drawn(*branches: str) -> list[str]:
        split = [chain("split", name, "join") for name in branches]
        tasks = [user(name) for name in branches]
        return [
            start(),
            parallel("split"),
            *tasks,
            *split,
            parallel("join"),
            user("Z"),
            chain("start", "split"),
            chain("join", "Z"),
        ]

    case = run(*drawn("A", "B"))
    case.complete("A")
    assert effects(trial(case, version(*drawn("A", "B", "C"))), "starves") == ["join"]
    assert effects(trial(case, version(*drawn("A", "B"))), "starves") == []


def test_a_join_without_the_flow_is_a_reason() -> None:
    case = run(
        start(), parallel("f"), user("A"), user("B"), parallel("j"), user("Z"),
        chain("start", "f", "A", "j", "Z"), chain("f", "B", "j"),
    )  # fmt: skip
    case.complete("A")
    target = version(start(), parallel("f"), user("A"), user("B"), user("C"), parallel("j"), user("Z"),
                     chain("start", "f", "B", "j", "Z"), chain("f", "C", "j"), chain("f", "A"))  # fmt: skip
    with pytest.raises(PlanRefused, match="'A_j'"):
        migrate(case, target)


def test_a_flow_into_a_join_is_mapped_like_an_element() -> None:
    def drawn(*names: str) -> list[str]:
        between = [user(name) for name in names]
        flows = [flow("f", name, id=f"f_{name}") + flow(name, "j", id=f"j_{name}") for name in names]
        return [
            start(),
            parallel("f"),
            *between,
            parallel("j"),
            user("Z"),
            chain("start", "f"),
            *flows,
            chain("j", "Z"),
        ]

    case = run(*drawn("A", "B"))
    case.complete("A")
    migrate(case, version(*drawn("N", "B")), j_A="j_N")
    case.complete("B")
    assert case.open == ["Z"]


def inner(*more: str, name: str = "S") -> list[str]:
    return [start(), sub(name, start("s1"), user("A"), *more, chain("s1", "A")), user("Z"), chain("start", name, "Z")]


def test_an_open_sub_process_goes_along_and_gets_its_new_boundary_event_and_watcher() -> None:
    case = run(*inner())
    watch = handler("H", start("h1", message(), isInterrupting="false"), user("W"), chain("h1", "W"))
    late = [boundary("late", "S", timer("timeDuration", "P1D")), user("L"), chain("late", "L")]
    migrate(case, version(*inner(watch), *late))
    assert list(case.armed) == ["late"]
    case.send("hello")
    assert case.open == ["A", "W"]
    case.complete("W")
    case.complete("A")
    assert (case.open, case.armed, case.subscriptions) == (["Z"], {}, {})


def test_a_watcher_that_the_new_version_has_not_watches_no_more() -> None:
    watch = handler("H", start("h1", message()), user("W"), chain("h1", "W"))
    case = run(*inner(watch))
    migrate(case, version(*inner()))
    assert case.subscriptions == {}
    case.complete("A")
    assert case.open == ["Z"]


def test_a_watcher_that_has_interrupted_its_level_is_not_armed_again() -> None:
    watch = handler("H", start("h1", message()), user("W"), chain("h1", "W"))
    other = handler("K", start("k1", message("again")), user("X"), chain("k1", "X"))
    case = run(start(), user("A"), watch, chain("start", "A"))
    case.send("hello")
    migrate(case, version(start(), user("A"), watch, other, chain("start", "A")))
    assert case.subscriptions == {}
    case.complete("W")
    assert case.ended


def test_a_renamed_sub_process_takes_its_inside_along() -> None:
    case = run(*inner())
    migrate(case, version(*inner(name="T")), S="T")
    case.complete("A")
    assert case.open == ["Z"]


def test_a_task_that_moved_into_a_sub_process_is_a_reason() -> None:
    case = run(start(), user("A"), user("Z"), chain("start", "A", "Z"))
    with pytest.raises(PlanRefused, match="层级"):
        migrate(case, version(*inner()))


def test_a_called_process_goes_along_into_its_new_version() -> None:
    def files(*extra: str) -> dict[str, bytes]:
        return {"q.bpmn": drawn_file(process(start("c1"), user("Q"), *extra, chain("c1", "Q"), id="q"))}

    drawn = [start(), element("callActivity", "C", calledElement="q"), user("Z"), chain("start", "C", "Z")]
    case = run(*drawn, files=files())
    late = [boundary("late", "Q", timer("timeDuration", "P1D")), user("L"), chain("late", "L")]
    migrate(case, version(*drawn, files=files(*late)))
    assert list(case.armed) == ["late"]
    case.complete("Q")
    assert (case.open, case.armed) == (["Z"], {})


def test_a_stuck_token_is_tried_again_in_the_version_that_mends_it() -> None:
    def drawn(condition: str) -> list[str]:
        return [start(), exclusive("X"), user("A"), chain("start", "X"), flow("X", "A", condition)]

    case = run(*drawn("=missing > 1"))
    ((token, _),) = case.incidents()
    migrate(case, version(*drawn("=true")))
    case.retry(token)
    assert case.open == ["A"]


def test_a_new_event_whose_time_cannot_be_reckoned_is_a_reason_and_no_incident() -> None:
    case = simple_case()
    target = simple(boundary("late", "A", timer("timeDuration", "=nothing")), user("L"), chain("late", "L"))
    with pytest.raises(PlanRefused, match="late"):
        migrate(case, target)


def test_behind_an_event_gateway_events_come_and_go_as_long_as_one_stays() -> None:
    def drawn(*events: tuple[str, str]) -> list[str]:
        found = [start(), element("eventBasedGateway", "G"), chain("start", "G")]
        for name, trigger in events:
            found += [catch(name, trigger), user(f"Z{name}"), chain("G", name, f"Z{name}")]
        return found

    message_, day = ("M", message()), ("T", timer("timeDuration", "P1D"))
    case = run(*drawn(message_, day))
    migrate(case, version(*drawn(message_, ("N", message("again")))))
    assert case.armed == {}
    case.send("again")
    assert (case.open, case.subscriptions) == (["ZN"], {})


def test_a_plan_names_elements_that_exist() -> None:
    with pytest.raises(PlanRefused, match="'nowhere'"):
        migrate(simple_case(), simple(), B="nowhere")


def test_an_error_boundary_added_to_a_service_task_catches() -> None:
    drawn = [start(), service("S"), user("Z"), chain("start", "S", "Z")]
    case = run(*drawn)
    migrate(case, version(*drawn, boundary("oops", "S", error()), user("E"), chain("oops", "E")))
    case.fail("S", "broken")
    assert case.open == ["E"]


def test_an_inclusive_join_keeps_who_waits_there() -> None:
    drawn = [start(), inclusive("f"), user("A"), user("B"), inclusive("j"), user("Z")]
    drawn += [
        flow("f", "A", "=true"),
        flow("f", "B", "=true"),
        chain("start", "f"),
        chain("A", "j", "Z"),
        chain("B", "j"),
    ]
    case = run(*drawn)
    case.complete("A")
    migrate(case, version(*drawn))
    case.complete("B")
    assert case.open == ["Z"]


@pytest.mark.parametrize("seed", range(80))
def test_a_random_case_in_a_version_with_clocks_everywhere_still_ends(seed: int) -> None:
    chance = random.Random(seed)
    tree = grow(chance, 3, Counter())
    drawn = [start(), end()]
    drawn.append(chain(tree.draw("start", drawn), "end"))
    case = run(*drawn, values=dict.fromkeys(loops(tree), 0))
    for _ in range(chance.randint(0, 10)):
        if not case.ended:
            case.complete(chance.choice(case.open))
    if case.ended:
        return
    # Sub-processes hold their tasks inside the drawn text: only those of the top level get a clock.
    top = [
        name for name in case.definition.elements if name.startswith("task") and any(user(name) == one for one in drawn)
    ]
    late = [boundary(f"late_{name}", name, timer("timeDuration", "P1D"), interrupting=False) for name in top]
    late += [user(f"remind_{name}") + chain(f"late_{name}", f"remind_{name}") for name in top]
    open_before = case.open
    migrate(case, version(*drawn, *late))
    assert case.open == open_before
    assert sorted(case.armed) == sorted(f"late_{name}" for name in open_before if name in top)
    for _ in range(3_000):
        if case.ended:
            return
        if case.armed and chance.random() < 0.2:
            case.fire(chance.choice(sorted(case.armed)))
        else:
            case.complete(chance.choice(case.open))
        assert not case.last.incidents
    raise AssertionError("the case does not end")
