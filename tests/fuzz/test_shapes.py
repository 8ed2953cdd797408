"""Deep and wide diagrams run, or are refused with a reason; both soon."""

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from engine.bpmn.workflow import RunsForEver
from engine.domain.rejection import ProblemsFound
from tests.unit.bpmn.drawing import (
    boundary,
    chain,
    element,
    end,
    exclusive,
    flow,
    inclusive,
    multi,
    parallel,
    script,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run

SECONDS = 20.0


@pytest.fixture(autouse=True)
def _soon() -> object:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < SECONDS


def in_a_row(draw: Callable[[str], str], count: int) -> Case:
    names = [f"e{n}" for n in range(count)]
    return run(start(), *(draw(name) for name in names), user("Z"), chain("start", *names, "Z"))


@pytest.mark.parametrize(
    "draw", [lambda name: element("task", name), lambda name: script(name, "n = 1"), exclusive, parallel, inclusive]
)
def test_a_thousand_elements_in_a_row_run(draw: Callable[[str], str]) -> None:
    assert in_a_row(draw, 1_000).open == ["Z"]


def test_a_thousand_user_tasks_in_a_row_are_done_one_after_the_other() -> None:
    names = [f"u{n}" for n in range(1_000)]
    case = run(start(), *map(user, names), chain("start", *names))
    for name in names:
        assert case.open == [name]
        case.complete(name)
    assert case.ended


@pytest.mark.parametrize("gateway", [parallel, inclusive])
def test_two_hundred_branches_split_and_join(gateway: Callable[[str], str]) -> None:
    names = [f"u{n}" for n in range(200)]
    branches = "".join(flow("s", name, None if gateway is parallel else "=true") for name in names)
    default = "" if gateway is parallel else user("D") + flow("s", "D", "=false") + chain("D", "j")
    joined = "".join(chain(name, "j") for name in names)
    ends = chain("start", "s") + chain("j", "Z")
    case = run(start(), gateway("s"), *map(user, names), gateway("j"), user("Z"), branches, joined, default, ends)
    for name in names:
        assert "Z" not in case.open
        case.complete(name)
    assert case.open == ["Z"]


def test_two_hundred_boundary_timers_stand_on_one_task_and_go_with_it() -> None:
    clocks = "".join(boundary(f"b{n}", "A", timer("timeDuration", f"PT{n + 1}H")) for n in range(200))
    case = run(start(), user("A"), user("Z"), clocks, *(user(f"r{n}") + chain(f"b{n}", f"r{n}") for n in range(200)),
               chain("start", "A", "Z"))  # fmt: skip
    assert len(case.armed) == 200
    case.complete("A")
    assert (case.open, case.armed) == (["Z"], {})


def nested(depth: int) -> str:
    inner = user("T")
    last = "T"
    for level in range(depth):
        inner = sub(f"s{level}", start(f"st{level}"), inner, chain(f"st{level}", last))
        last = f"s{level}"
    return inner + chain("start", last)


def test_ninety_sub_processes_in_each_other_run() -> None:
    case = run(start(), nested(90))
    assert case.open == ["T"]
    case.complete("T")
    assert case.ended


def test_a_hundred_sub_processes_in_each_other_are_refused_for_their_depth() -> None:
    with pytest.raises(ProblemsFound) as refused:
        run(start(), nested(100))
    assert [problem.key for problem in refused.value.problems] == ["xml.depth"]


@pytest.mark.parametrize("sequential", [False, True])
def test_five_thousand_items_of_a_script_run_in_one_step(sequential: bool) -> None:
    loop = multi(cardinality="5000", sequential=sequential)
    case = run(start(), script("A", "n = n + 1", loop), user("Z"), chain("start", "A", "Z"), values={"n": 0})
    assert (case.open, case.variables) == (["Z"], {"n": 5_000})


def test_five_thousand_open_tasks_of_one_activity_wait_and_go_together() -> None:
    case = run(
        start(),
        user("A", multi(cardinality="5000")),
        boundary("b", "A", timer("timeDuration", "PT1H")),
        user("Z"),
        chain("start", "A"),
        chain("b", "Z"),
    )
    assert len(case.open) == 5_000
    case.complete("A")
    assert len(case.open) == 4_999
    case.fire("b")
    assert case.open == ["Z"]


def test_five_thousand_items_and_one_are_an_incident() -> None:
    case = run(start(), user("A", multi(cardinality="5001")), chain("start", "A"))
    assert [where for _, where in case.incidents()] == ["A"]
    assert case.open == []


ENDLESS = {
    "a loop of scripts": [script("A", "n = 1"), chain("start", "A"), flow("A", "A", id="again")],
    "two that lead to each other": [element("task", "A"), element("task", "B"), chain("start", "A", "B", "A")],
    "a split that doubles its tokens": [exclusive("m"), parallel("s"), element("task", "A"), element("task", "B"),
                                        chain("start", "m", "s", "A", "m"), chain("s", "B", "m")],
    "a join that fills": [exclusive("m"), parallel("s"), parallel("j"), element("task", "A"), user("U"),
                          chain("start", "m", "s", "A", "m"), chain("s", "j"), chain("start", "U", "j"), end(),
                          chain("j", "end")],
    "activities that leave an event behind": [
        element("task", "A", multi(cardinality="0")), user("U"), boundary("b", "A", timer("timeDuration", "PT1H")),
        chain("start", "A", "U"), flow("A", "A", id="again"), chain("b", "U")],
    "sub-processes without end": [sub("S", start("s1"), element("task", "T"), chain("s1", "T")),
                                  chain("start", "S"), flow("S", "S", id="again")],
    "a tree of sub-processes": [sub("S", start("s1"), parallel("p"), *map(user, "ABC"), chain("s1", "p", "A"),
                                    chain("p", "B"), chain("p", "C")),
                                element("task", "T"), chain("start", "T", "S"), flow("T", "T", id="again")],
}  # fmt: skip


@pytest.mark.parametrize("name", ENDLESS)
def test_a_process_that_never_waits_is_refused(name: str) -> None:
    with pytest.raises(RunsForEver) as refused:
        run(start(), *ENDLESS[name])
    assert refused.value.data["element"]


def test_processes_that_call_each_other_without_end_are_an_incident() -> None:
    case = run(start(), element("callActivity", "C", calledElement="p"), end(), chain("start", "C", "end"))
    assert [where for _, where in case.incidents()] == ["C"]


def test_a_long_chain_of_conditions_reads_every_variable() -> None:
    names = [f"g{n}" for n in range(300)]
    choices = "".join(flow(a, b, f"=v{a} = null") + flow(a, "E", id=f"{a}_E") for a, b in pairwise([*names, "Z"]))
    gateways = (exclusive(name, default=f"{name}_E") for name in names)
    case = run(start(), *gateways, user("Z"), end("E"), chain("start", "g0"), choices)
    assert case.open == ["Z"]
