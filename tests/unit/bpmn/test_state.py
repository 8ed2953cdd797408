"""The stored state: small, by element id, safe to share definitions between threads."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import msgpack
import pytest

from engine.bpmn.codec import UnknownState
from engine.bpmn.interpreter import restore
from engine.bpmn.no_scripts import NoScripts
from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    diagram,
    element,
    exclusive,
    flow,
    inclusive,
    message,
    multi,
    package,
    parallel,
    process,
    script,
    start,
    sub,
    timer,
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


def test_values_of_people_never_reach_the_state() -> None:
    # the library cannot load a case again whose data holds such a value
    case = simple()
    case.complete("A", typename={"typename": "BpmnWorkflow"}, amount=Decimal("1.5"), day=date(2026, 1, 1))
    assert case.execution().variables("")["typename"] == {"typename": "BpmnWorkflow"}
    assert b"typename" not in case.state


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


def released() -> Case:
    """A case that stands at every kind of place; its state was stored by the first release."""
    called = diagram(process(start("cs"), user("D"), chain("cs", "D"), id="called"))
    definition = package(
        start(),
        parallel("s"),
        user("A", multi("=[7, 8, 9]", variable="n", output="out", gather="=n * k", sequential=True)),
        element("callActivity", "C", calledElement="called"),
        sub("S", start("s1"), user("B"), boundary("b", "B", timer("timeCycle", "R3/P1D"), interrupting=False)).replace(
            "</subProcess>", user("R") + chain("s1", "B") + chain("b", "R") + "</subProcess>"
        ),
        user("E"),
        catch("m", message()),
        parallel("j"),
        user("Z"),
        chain("start", "s", "A", "j", "Z"),
        chain("s", "C", "j"),
        chain("s", "S", "j"),
        chain("s", "E", "j"),
        chain("s", "m", "j"),
        files={"called.bpmn": called},
    ).definitions["p"]
    case = Case(definition, "start", {})
    case.fire("b")
    case.complete("E")
    case.complete("A", k=10)
    return case


FIRST_RELEASE = bytes.fromhex(
    "94011383a56974656d3992a000a66974656d313092a000a563616c6c3492a001939300a170969503a14120a083a16e03a464"
    "6f6e659100a673636f70657391a66974656d31309304a143209305a153209307a16d209512a16a20a081a3766961a3455f6a"
    "9513a6412f6974656d20a56974656d3983a46c6f6f7003a36f776e01a5696e646578019304a663616c6c656491940ea14420"
    "a563616c6c349305a3702f5393930fa142209510a16220a082a4686f73740fa56379636c6593a652332f503144b932303236"
    "2d30312d33315430313a30303a30302b30303a3030019311a15220"
)


def test_a_state_of_the_first_release_can_still_be_restored() -> None:
    case = released()
    case.state = FIRST_RELEASE
    assert case.open == ["A", "B", "D", "R"]
    case.complete("A", k=10)
    case.complete("A", k=10)
    case.complete("D")
    case.fire("b")
    for task in ("B", "R", "R"):
        case.complete(task)
    case.send("hello")
    assert (case.open, case.variables) == (["Z"], {"out": [70, 80, 90]})
    case.complete("Z")
    assert case.ended
