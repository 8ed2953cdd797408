"""Events where levels, loops, items and calls meet; nothing that was cancelled may leave a job or subscription."""

import pytest

from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    condition,
    diagram,
    element,
    end,
    error,
    exclusive,
    flow,
    handler,
    message,
    multi,
    parallel,
    process,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run

TIMER = timer("timeDuration", "P1D")
CYCLE = timer("timeCycle", "R/P1D")


def watched_item() -> str:
    """Two items, each a sub-process with an event sub-process in a sub-process."""
    inner = sub(
        "I",
        start("i1"),
        user("A"),
        boundary("b", "A", TIMER),
        user("R"),
        handler("H", start("hs", message()), user("B"), chain("hs", "B")),
        handler("N", start("ns", CYCLE, isInterrupting="false"), user("C"), chain("ns", "C")),
        chain("i1", "A"),
        chain("b", "R"),
    )
    return sub("S", multi("=[1, 2]"), start("s1"), inner, user("L"), chain("s1", "I", "L"))


def test_an_event_sub_process_in_a_sub_process_in_an_item_touches_its_own_level_only() -> None:
    case = run(start(), watched_item(), user("Z"), chain("start", "S", "Z"))
    assert (len(case.jobs), len(case.subscriptions)) == (4, 2)
    case.fire("ns")
    assert case.open == ["A", "A", "C"]
    case.send("hello")
    assert case.open == ["A", "B"]  # the reminder of that item went with its level
    assert (len(case.jobs), len(case.subscriptions)) == (2, 1)
    case.complete("B")
    assert case.open == ["A", "L"]
    case.fire("b")
    assert case.open == ["L", "R"]
    case.complete("R")
    case.complete("L")
    case.complete("L")
    assert (case.open, case.jobs, case.subscriptions) == (["Z"], {}, {})


@pytest.mark.parametrize("moment", range(4))
def test_interrupting_the_whole_from_outside_withdraws_everything_inside_at_any_moment(moment: int) -> None:
    case = run(
        start(),
        sub("O", start("o1"), watched_item(), chain("o1", "S")),
        boundary("stop", "O", signal()),
        user("Z"),
        chain("start", "O"),
        chain("stop", "Z"),
    )
    actions = [lambda: case.fire("ns"), lambda: case.send("hello"), lambda: case.fire("b")]
    for action in actions[:moment]:
        action()
    case.hear("alarm")
    assert (case.open, case.jobs, case.subscriptions) == (["Z"], {}, {})
    case.complete("Z")
    assert case.ended


def test_a_signal_that_reaches_a_host_and_its_inside_at_once_ends_both() -> None:
    inside = sub(
        "S",
        start("s1"),
        parallel("s"),
        catch("c", signal()),
        user("X"),
        user("T"),
        throw("cry", signal()),
        handler("H", start("hs", signal(), isInterrupting="false"), user("B"), chain("hs", "B")),
        chain("s1", "s", "c", "X"),
        chain("s", "T", "cry"),
    )
    case = run(start(), inside, boundary("b", "S", signal()), user("R"), chain("start", "S"), chain("b", "R"))
    case.complete("T")
    assert (case.open, case.subscriptions, case.thrown) == (["R"], {}, [("signal", "alarm")])


def test_boundary_events_along_a_path_of_boundary_events_keep_their_own_times() -> None:
    case = run(
        start(),
        user("A"),
        boundary("a", "A", TIMER),
        user("B"),
        boundary("b", "B", TIMER, interrupting=False),
        user("C"),
        boundary("c", "C", message()),
        user("D"),
        chain("start", "A"),
        chain("a", "B"),
        chain("b", "C"),
        chain("c", "D"),
    )
    first = case.armed["a"]
    case.fire("a")
    second = case.armed["b"]
    assert first is not None
    assert second is not None
    assert (second - first).days == 1
    case.fire("b")
    assert case.open == ["B", "C"]
    case.send("hello")
    assert case.open == ["B", "D"]
    case.complete("B")
    case.complete("D")
    assert case.ended


def test_a_race_in_a_loop_in_a_called_item_leaves_no_loser_behind() -> None:
    called = diagram(
        process(
            start("cs"),
            exclusive("m"),
            element("eventBasedGateway", "g"),
            element("receiveTask", "r", messageRef="message_hello"),
            catch("t", TIMER),
            catch("k", condition("=stop = true")),
            user("A"),
            end("e"),
            chain("cs", "m", "g", "r", "m"),
            chain("g", "t", "A"),
            chain("g", "k", "e"),
            id="called",
        )
    )
    call = element("callActivity", "C", multi("=[1, 2]"), calledElement="called")
    case = run(start(), call, user("Z"), chain("start", "C", "Z"), files={"c.bpmn": called})
    for _ in range(5):
        assert (len(case.subscriptions), len(case.jobs)) == (2, 2)
        case.send("hello")
    case.fire("t")
    assert (case.open, len(case.subscriptions), len(case.jobs)) == (["A"], 1, 1)
    case.fire("t")
    case.complete("A")
    case.complete("A")
    assert (case.open, case.subscriptions, case.jobs) == (["Z"], {}, {})


def test_an_error_out_of_three_levels_and_a_call_withdraws_jobs_tasks_and_subscriptions() -> None:
    called = diagram(
        process(
            start("cs"),
            parallel("s"),
            service("W"),
            user("U"),
            catch("c", message()),
            handler("H", start("hs", CYCLE, isInterrupting="false"), user("B"), chain("hs", "B")),
            chain("cs", "s", "W"),
            chain("s", "U"),
            chain("s", "c"),
            id="called",
        )
    )
    call = element("callActivity", "C", multi("=[1, 2]"), calledElement="called")
    inner = sub("I", start("i1"), call, chain("i1", "C"))
    body = sub("S", start("s1"), inner, boundary("t", "I", CYCLE, interrupting=False), user("R"), chain("s1", "I"))
    body = body.removesuffix("</subProcess>") + chain("t", "R") + "</subProcess>"
    case = run(
        start(),
        body,
        boundary("b", "S", error(None)),
        user("Z"),
        chain("start", "S"),
        chain("b", "Z"),
        files={"c.bpmn": called},
    )
    case.fire("t")
    case.fire("hs")
    case.fail("W", "strange")
    assert (case.open, case.jobs, case.subscriptions) == (["Z"], {}, {})
    assert {scope for scope, _ in case.rows} <= {""}


def test_an_interrupting_event_sub_process_inside_an_event_sub_process_ends_the_inner_one_only() -> None:
    deeper = handler("D", start("ds", message("again")), user("X"), chain("ds", "X"))
    own = handler("H", start("hs", message("hello"), isInterrupting="false"), user("B"), deeper, chain("hs", "B"))
    case = run(start(), user("A"), own, chain("start", "A"))
    case.send("hello")
    case.send("hello")
    assert case.open == ["A", "B", "B"]
    case.send("again")
    assert case.open == ["A", "B", "X"]
    for task in ("A", "B", "X"):
        case.complete(task)
    assert (case.ended, case.subscriptions) == (True, {})


def both(*, interrupting: bool) -> Case:
    return run(
        start(),
        user("A"),
        boundary("t", "A", TIMER, interrupting=interrupting),
        boundary("m", "A", message(), interrupting=interrupting),
        user("R"),
        chain("start", "A"),
        chain("t", "R"),
        chain("m", "R"),
    )


def test_of_two_interrupting_events_the_first_withdraws_the_second() -> None:
    case = both(interrupting=True)
    case.send("hello")
    assert (case.open, case.jobs) == (["R"], {})


@pytest.mark.bpmn("event sub-process: signal, interrupting", "runs")
def test_a_signal_thrown_inside_interrupts_its_own_scope_and_the_thrower_with_it() -> None:
    body = sub(
        "S",
        start("s1"),
        user("A"),
        throw("cry", signal()),
        user("never"),
        handler("H", start("hs", signal()), user("B"), chain("hs", "B")),
        chain("s1", "A", "cry", "never"),
    )
    case = run(start(), body, user("Z"), chain("start", "S", "Z"))
    case.complete("A")
    assert (case.open, case.subscriptions) == (["B"], {})
    case.complete("B")
    assert case.open == ["Z"]


@pytest.mark.bpmn("sub-process inside a loop", "runs")
def test_a_level_that_is_entered_again_starts_anew() -> None:
    body = sub(
        "S",
        start("s1"),
        user("A"),
        handler("H", start("hs", message()), user("B"), chain("hs", "B")),
        chain("s1", "A"),
    )
    case = run(start(), exclusive("m"), body, exclusive("g"), chain("start", "m", "S", "g"), flow("g", "m"))
    size = 0
    for round_ in range(4):
        assert (case.open, len(case.subscriptions)) == (["A"], 1)
        if round_ % 2:
            case.send("hello")
            case.complete("B")
        else:
            case.complete("A")
        size = size or len(case.state)
        assert len(case.state) <= size + 4
