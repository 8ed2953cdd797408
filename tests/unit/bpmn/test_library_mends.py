"""What the library underneath was found to do wrong, by number, and what we do instead; one test for each finding.

Those of decision tables (15), data (12, 13) and ad-hoc sub-processes (7) have their tests beside those subjects.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import msgpack
import pytest

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
    parallel,
    script,
    start,
    throw,
    timer,
    user,
)
from tests.unit.bpmn.running import run
from tests.unit.bpmn.test_compensation import compensate, undoes


@pytest.mark.parametrize("gate", [parallel, inclusive])
def test_finding_1_a_join_in_a_loop_does_not_count_arrivals_of_earlier_rounds(gate: Callable[[str], str]) -> None:
    always = {"condition": "=true"} if gate is inclusive else {}
    case = run(
        start(),
        exclusive("m"),
        gate("g"),
        user("A"),
        user("B"),
        gate("j"),
        exclusive("x"),
        chain("start", "m", "g"),
        flow("g", "A", **always),
        flow("g", "B", **always),
        chain("A", "j", "x", "m"),
        chain("B", "j"),
    )
    for first, second in (("A", "B"), ("B", "A"), ("A", "B"), ("B", "A")):
        assert case.open == ["A", "B"]
        case.complete(first)
        assert case.open == [second]
        case.complete(second)


def test_finding_2_a_loop_of_more_than_a_thousand_elements_goes_on_and_stays_small() -> None:
    names = [f"n{index}" for index in range(30)]
    case = run(
        start(),
        exclusive("m"),
        user("A"),
        *(script(name, f"x = {index}") for index, name in enumerate(names)),
        exclusive("g", default="g_e"),
        end("e"),
        chain("start", "m", "A", *names, "g", "e"),
        flow("g", "m", "=again"),
    )
    size = len(case.state)
    for _ in range(60):
        case.complete("A", again=True)
    assert (case.open, case.ended) == (["A"], False)
    assert len(case.state) <= size + 4
    case.complete("A", again=False)
    assert case.ended


def test_finding_3_a_join_does_not_merge_stale_copies_of_data() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        parallel("j"),
        user("Z"),
        chain("start", "s", "A", "j", "Z"),
        chain("s", "B", "j"),
        values={"scores": [1, 2]},
    )
    case.complete("A", scores=[5, 5, 5])
    case.complete("B", other=1)
    assert case.variables["scores"] == [5, 5, 5]


def test_finding_4_a_link_leads_on_from_several_throws() -> None:
    there = '<linkEventDefinition name="there"/>'
    case = run(
        start(),
        parallel("s"),
        user("A"),
        throw("go1", there),
        throw("go2", there),
        catch("come", there),
        user("Z"),
        chain("start", "s", "A", "go1"),
        chain("s", "go2"),
        chain("come", "Z"),
    )
    assert case.open == ["A", "Z"]
    case.complete("A")
    assert case.open == ["Z", "Z"]


def test_finding_5_compensation_runs_and_conditions_behind_tasks_and_implicit_splits_are_kept() -> None:
    case = run(
        start(),
        user("A"),
        undoes("A"),
        user("B"),
        user("C"),
        throw("T", compensate()),
        chain("start", "A", "B"),
        flow("A", "C", "=x > 1"),
        chain("B", "T"),
    )
    case.complete("A", x=1)
    assert case.open == ["B"]
    case.complete("B")
    assert case.open == ["undo_A"]


@pytest.mark.parametrize("interrupting", ["true", "false"])
def test_finding_6_event_sub_processes_keep_is_interrupting_and_do_not_hold_or_start_by_themselves(
    interrupting: str,
) -> None:
    late = handler("L", start("ls", timer("timeDuration", "P9D")), user("never"), chain("ls", "never"))
    own = handler("H", start("hs", message(), isInterrupting=interrupting), user("B"), chain("hs", "B"))
    bad = handler("E", start("es", error()), user("X"), chain("es", "X"))
    case = run(start(), user("A"), late, own, bad, chain("start", "A"))
    assert case.open == ["A"]
    case.send("hello")
    assert case.open == (["B"] if interrupting == "true" else ["A", "B"])
    for task in case.open:
        case.complete(task)
    assert case.ended


def test_finding_8_two_timers_behind_a_gateway_keep_their_times_and_only_one_wins() -> None:
    case = run(
        start(),
        element("eventBasedGateway", "g"),
        catch("five", timer("timeDuration", "PT5H")),
        catch("one", timer("timeDuration", "PT1H")),
        user("A"),
        user("B"),
        chain("start", "g", "five", "A"),
        chain("g", "one", "B"),
    )
    case.advance(hours=6)  # both are due
    case.fire("one")
    assert (case.open, case.jobs) == (["B"], {})


def test_finding_9_multi_instance_with_a_cardinality_counters_and_an_output_that_exists() -> None:
    loop = multi(cardinality="3", output="out", gather="=item", until="=nrOfCompletedInstances = 2")
    case = run(start(), user("A", loop), user("Z"), chain("start", "A", "Z"), values={"out": ["old"], "item": "there"})
    case.complete("A", item=1)
    case.complete("A", item=2)
    assert (case.open, case.variables["out"]) == (["Z"], [1, 2])


def test_finding_10_a_message_beside_a_task_comes_often_and_an_uncaught_error_is_never_a_success() -> None:
    case = run(
        start(),
        user("A"),
        boundary("b", "A", message(), interrupting=False),
        user("R"),
        element("endEvent", "bad", error()),
        chain("start", "A", "bad"),
        chain("b", "R"),
    )
    for count in (1, 2, 3):
        case.send("hello")
        assert case.open.count("R") == count
    case.complete("A")
    assert [where for _, where in case.incidents()] == ["bad"]
    assert not case.ended


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT1H", datetime(2026, 1, 31, 2, 0, tzinfo=UTC)),
        ("P1M", datetime(2026, 2, 28, 1, 0, tzinfo=UTC)),
        ('=duration("PT1H")', datetime(2026, 1, 31, 2, 0, tzinfo=UTC)),
        ("${wait}", datetime(2026, 1, 31, 1, 30, tzinfo=UTC)),
    ],
)
def test_finding_11_timers_are_no_python_and_a_month_is_a_month(text: str, due: datetime) -> None:
    case = run(start(), catch("t", timer("timeDuration", text)), chain("start", "t"), values={"wait": "PT30M"})
    assert case.armed == {"t": due}


def test_finding_11_a_negative_duration_and_a_date_of_july_are_taken_as_they_are() -> None:
    case = run(start(), catch("t", timer("timeDuration", "=wait")), chain("start", "t"), values={"wait": "-PT1H"})
    assert [where for _, where in case.incidents()] == ["t"]
    case = run(start(), catch("t", timer("timeDate", "2026-07-01T09:00:00")), chain("start", "t"))
    assert case.armed == {"t": datetime(2026, 7, 1, 1, 0, tzinfo=UTC)}  # of the office, not of the machine


def test_finding_14_ids_of_the_library_and_long_chains_are_no_problem() -> None:
    names = ["Start", "End", "Root", "A.BoundaryEventSplit", "p.EndJoin", *(f"n{index}" for index in range(995))]
    case = run(start(), *(element("manualTask", name) for name in names), user("Z"), chain("start", *names, "Z"))
    assert case.open == ["Z"]


def test_finding_16_a_message_that_nobody_waits_for_disturbs_nothing_in_the_case() -> None:
    # Keeping it until somebody does is the work of the services.
    case = run(start(), user("A"), catch("c", message()), user("B"), chain("start", "A", "c", "B"))
    before = msgpack.unpackb(case.state)
    assert case.subscriptions == {}
    assert msgpack.unpackb(case.state) == before
    case.complete("A")
    case.send("hello")
    assert case.open == ["B"]


def test_finding_16_correlation_uses_the_key_of_the_element_not_any_of_them() -> None:
    keyed = element("intermediateCatchEvent", "c", message(), rongcuo_correlationKey="=order")
    case = run(start(), keyed, chain("start", "c"), values={"order": 17, "other": 18})
    assert [(s.name, s.key) for s in case.subscriptions.values()] == [("hello", "17")]
