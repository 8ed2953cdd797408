"""The stored state: small, by element id, safe to share definitions between threads."""

import sys
from concurrent.futures import ThreadPoolExecutor

import msgpack
import pytest

from engine.bpmn.codec import UnknownState
from engine.bpmn.interpreter import restore
from engine.bpmn.workflow import NoScripts
from tests.unit.bpmn.drawing import (
    chain,
    exclusive,
    flow,
    inclusive,
    multi,
    package,
    parallel,
    script,
    start,
    sub,
    user,
)
from tests.unit.bpmn.running import Case


def simple() -> Case:
    return Case(package(start(), user("A"), user("B"), chain("start", "A", "B")).definitions["p"], "start", {})


def test_the_state_names_places_by_element_id_and_carries_a_version() -> None:
    assert msgpack.unpackb(simple().state) == [1, 2, {}, [[0, "p", [[2, "A", 32]]]]]


def test_finished_places_leave_nothing_in_the_state() -> None:
    case = simple()
    before = len(case.state)
    case.complete("A", x="a long text " * 100)
    assert len(case.state) == before


def test_a_state_of_another_version_or_shape_is_refused() -> None:
    case = simple()
    for state in (
        b"",
        b"\xc1",
        msgpack.packb([99, 1, {}, []]),
        msgpack.packb([1, 2, {}, [[0, "p", [[2, "gone", 32]]]]]),
    ):
        with pytest.raises(UnknownState):
            restore(case.definition, state, dict)


def test_a_case_goes_on_under_a_definition_with_more_elements() -> None:
    case = simple()
    case.definition = package(start(), user("A"), user("N"), user("B"), chain("start", "A", "N", "B")).definitions["p"]
    case.complete("A")
    assert case.open == ["N"]


def test_token_numbers_are_never_used_again() -> None:
    case = simple()
    first = case.token("A")
    case.complete("A")
    assert case.token("B") > first
    assert case.token("B") > 2


def test_restoring_a_waiting_case_reads_no_variables() -> None:
    case = simple()

    def never() -> dict[tuple[str, str], object]:
        raise AssertionError("the variables were loaded")

    execution = restore(case.definition, case.state, never)
    step = execution.complete(case.token("A"), {"x": 1}, env=case.env(), implicit={})
    assert step.variables == {("", "x"): 1}


def test_no_text_reaches_the_script_engine_of_the_library() -> None:
    engine = NoScripts()
    for call in (engine.evaluate, engine.execute, engine.environment.evaluate):
        with pytest.raises(RuntimeError):
            call(None, "1 + 1")


def test_one_definition_serves_many_threads() -> None:
    definition = package(
        start(),
        exclusive("m"),
        parallel("s"),
        user("A", multi("=[1, 2, 3]", output="out", gather="=n")),
        sub("S", start("s1"), user("B"), script("x", "total = 1"), chain("s1", "B", "x")),
        inclusive("j"),
        exclusive("g", default="g_Z"),
        user("Z"),
        chain("start", "m", "s", "A", "j", "g", "Z"),
        chain("s", "S", "j"),
        flow("g", "m", "=total > 1"),
    ).definitions["p"]

    def one(number: int) -> dict[str, object]:
        case = Case(definition, "start", {})
        case.complete("B")
        while "A" in case.open:
            case.complete("A", n=number)
        case.complete("Z")
        assert case.ended
        return case.variables

    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.00001)
    try:
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(one, range(64)))
    finally:
        sys.setswitchinterval(interval)
    assert results == [{"total": 1, "out": [number] * 3} for number in range(64)]
