"""Moving and migrating what has more than tokens: things to undo, mapped variables, several triggers, chosen calls."""

from datetime import timedelta

import pytest

from engine.domain.changes import PlanRefused
from tests.unit.bpmn.drawing import (
    boundary,
    chain,
    diagram,
    element,
    message,
    multi,
    process,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.unit.bpmn.running import MORNING, Case, run
from tests.unit.bpmn.test_compensation import compensate, undoes
from tests.unit.bpmn.test_mappings import mapped
from tests.unit.bpmn.test_migration import effects, migrate, trial, version
from tests.unit.bpmn.test_seating import back


def undoable(*inner: str, name: str = "A") -> list[str]:
    return [
        start(),
        user(name),
        undoes(name),
        user("B"),
        throw("T", compensate()),
        user("Z"),
        *inner,
        chain("start", name, "B", "T", "Z"),
    ]


def test_what_was_completed_can_still_be_undone_in_the_new_version() -> None:
    case = run(*undoable())
    case.complete("A")
    migrate(case, version(*undoable()))
    case.complete("B")
    assert case.open == ["undo_A"]
    case.complete("undo_A")
    assert case.open == ["Z"]


def test_what_the_new_version_cannot_undo_is_forgotten_and_this_is_said() -> None:
    case = run(*undoable())
    case.complete("A")
    target = version(start(), user("A"), user("B"), user("Z"), chain("start", "A", "B", "Z"))
    assert [one.kind for one in trial(case, target).effects if one.what == "cancelled"] == ["done"]
    migrate(case, target)
    case.complete("B")
    case.complete("Z")
    assert case.ended


def test_a_completed_sub_process_that_can_be_undone_goes_along_under_its_new_name() -> None:
    def drawn(name: str) -> list[str]:
        inner = [start("s1"), user("A"), undoes("A"), user("C"), undoes("C"), chain("s1", "A", "C")]
        flows = chain("start", name, "B", "T", "Z")
        return [start(), sub(name, *inner), user("B"), throw("T", compensate()), user("Z"), flows]

    case = run(*drawn("S"))
    case.complete("A")
    case.complete("C")
    migrate(case, version(*drawn("R")), S="R")
    case.complete("B")
    assert case.open == ["undo_C"]
    case.complete("undo_C")
    case.complete("undo_A")
    assert case.open == ["Z"]


def test_an_activity_done_twice_is_undone_twice() -> None:
    case = run(*undoable())
    case.complete("A")
    back(case, "A")
    case.complete("A")
    case.complete("B")
    case.complete("undo_A")
    assert case.open == ["undo_A"]
    case.complete("undo_A")
    assert case.open == ["Z"]


def test_sent_back_while_something_is_undone_the_undoing_stops() -> None:
    case = run(*undoable())
    case.complete("A")
    case.complete("B")
    assert case.open == ["undo_A"]
    back(case, "B")
    assert case.open == ["B"]
    assert case.execution().stuck() == frozenset()


def mapping_case() -> Case:
    return run(
        start(),
        user("A", mapped({"n": "${x + 1}"}, {"x": "${n}"})),
        user("Z"),
        chain("start", "A", "Z"),
        values={"x": 1},
    )


def test_mapped_inputs_vanish_when_the_task_is_moved_away_and_are_mapped_again_when_it_is_begun() -> None:
    case = mapping_case()
    case.complete("A")
    assert case.variables == {"x": 2}
    back(case, "A")
    back(case, "A")
    assert {scope for scope, _ in case.rows} == {"", case.tasks[case.token("A")].scope}
    case.complete("A")
    assert (case.variables, {scope for scope, _ in case.rows}) == ({"x": 3}, {""})


def test_a_boundary_event_added_to_a_task_with_mapped_inputs_outlives_them() -> None:
    case = mapping_case()
    late = [boundary("late", "A", timer("timeDuration", "P1D")), user("L"), chain("late", "L")]
    migrate(case, version(start(), user("A", mapped({"n": "${x + 1}"})), user("Z"), chain("start", "A", "Z"), *late))
    case.fire("late")
    assert case.open == ["L"]
    assert case.tasks[case.token("L")].scope == ""
    case.complete("L")
    assert case.ended


def test_a_mapped_sub_process_that_is_opened_for_an_inner_element_maps_its_inputs() -> None:
    inner = sub("S", mapped({"who": "${boss}"}), start("s1"), user("A"), user("B", camunda_assignee="=who"))
    inner = inner.replace("</subProcess>", f"{chain('s1', 'A', 'B')}</subProcess>")
    case = run(start(), user("X"), inner, user("Z"), chain("start", "X", "S", "Z"), values={"boss": "ann"})
    back(case, "B")
    assert [task.assignee for task in case.tasks.values()] == ["ann"]
    case.complete("B")
    assert case.open == ["Z"]


SEVERAL = timer("timeDuration", "P1D") + message()


def several(*, more: str = "") -> list[str]:
    late = boundary("late", "A", SEVERAL + more)
    return [start(), user("A"), late, user("L"), user("Z"), chain("start", "A", "Z"), chain("late", "L")]


def test_an_event_with_several_triggers_keeps_each_of_them() -> None:
    case = run(*several())
    case.advance(hours=5)
    step = migrate(case, version(*several()))
    assert (step.jobs_set, step.subscribed) == ([], [])
    assert case.armed == {"late": MORNING + timedelta(days=1)}
    case.send("hello")
    assert (case.open, case.armed, case.subscriptions) == (["L"], {}, {})


def test_an_event_that_gets_another_trigger_is_armed_anew_for_all() -> None:
    case = run(*several())
    migrate(case, version(*several(more='<signalEventDefinition signalRef="signal_alarm"/>')))
    assert sorted(row.kind for row in case.subscriptions.values()) == ["message", "signal"]
    case.complete("A")
    assert (case.open, case.armed, case.subscriptions) == (["Z"], {}, {})


def test_a_task_behind_an_event_with_several_triggers_can_be_sent_back() -> None:
    case = run(*several())
    case.send("hello")
    back(case, "A")
    assert case.open == ["A"]
    assert list(case.armed) == ["late"]


def called(*extra: str) -> dict[str, bytes]:
    return {"q.bpmn": diagram(process(start("c1"), user("Q"), user("R"), *extra, chain("c1", "Q", "R"), id="q"))}


def chosen() -> list[str]:
    return [start(), element("callActivity", "C", calledElement="${which}"), user("Z"), chain("start", "C", "Z")]


def test_a_process_that_a_call_has_chosen_can_be_moved_in_and_goes_along() -> None:
    case = run(*chosen(), files=called(), values={"which": "q"})
    case.complete("Q")
    back(case, "Q")
    assert case.open == ["Q"]
    migrate(case, version(*chosen(), files=called()))
    case.complete("Q")
    case.complete("R")
    assert case.open == ["Z"]


def test_a_chosen_process_that_is_closed_can_only_be_begun_at_its_call() -> None:
    case = run(*chosen(), files=called(), values={"which": "q"})
    case.complete("Q")
    case.complete("R")
    with pytest.raises(PlanRefused):
        back(case, "Q")
    back(case, "C")
    assert case.open == ["Q"]


def test_gathered_results_of_items_survive_a_migration() -> None:
    def drawn() -> list[str]:
        inner = [multi("members", variable="m", output="all", gather="=vote"), start("s1"), user("V"), chain("s1", "V")]
        return [start(), sub("S", *inner), user("Z"), chain("start", "S", "Z")]

    case = run(*drawn(), values={"members": [1, 2]})
    case.complete("V", vote="yes")
    migrate(case, version(*drawn()))
    assert effects(trial(case, version(*drawn())), "cancelled") == []
    case.complete("V", vote="no")
    assert case.variables["all"] == ["yes", "no"]
    assert case.open == ["Z"]
