"""Compensation: what was completed is undone, the last first; transactions are cancelled as a whole."""

import msgpack
import pytest

from tests.unit.bpmn.drawing import (
    boundary,
    chain,
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
    start,
    sub,
    throw,
    user,
)
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import after_start, found, problems

CANCEL = "<cancelEventDefinition/>"


def compensate(activity: str = "") -> str:
    return f'<compensateEventDefinition activityRef="{activity}"/>' if activity else "<compensateEventDefinition/>"


def undoes(activity: str, kind: str = "userTask", inner: str = "", **attributes: str) -> str:
    """A compensation event on the activity and its handler, called `undo_<activity>`."""
    group = {"camunda_candidateGroups": "clerks"} if kind == "userTask" else {}
    return (
        boundary(f"c_{activity}", activity, compensate())
        + element(kind, f"undo_{activity}", inner, isForCompensation="true", **group, **attributes)
        + f'<association id="as_{activity}" sourceRef="c_{activity}" targetRef="undo_{activity}"/>'
    )


def two(trigger: str = "", kind: str = "intermediateThrowEvent") -> Case:
    """A, then B, both can be undone; then an event that compensates; then Z."""
    thrower = element(kind, "T", trigger or compensate())
    after = [user("Z"), chain("T", "Z")] if kind == "intermediateThrowEvent" else []
    case = run(start(), user("A"), user("B"), undoes("A"), undoes("B"), thrower, *after, chain("start", "A", "B", "T"))
    case.complete("A")
    case.complete("B")
    return case


@pytest.mark.bpmn("boundary event: compensation", "runs")
@pytest.mark.bpmn("intermediate throw event: compensation", "runs")
def test_what_was_completed_is_undone_the_last_first_and_waited_for() -> None:
    # finding 5: the library passes the throw silently
    case = two()
    assert case.open == ["undo_B"]
    case.complete("undo_B")
    assert case.open == ["undo_A"]
    case.complete("undo_A")
    assert case.open == ["Z"]
    case.complete("Z")
    assert case.ended


@pytest.mark.bpmn("end event: compensation", "runs")
def test_an_end_event_compensates_too_and_the_case_ends_after_it() -> None:
    case = two(kind="endEvent")
    case.complete("undo_B")
    assert not case.ended
    case.complete("undo_A")
    assert case.ended


@pytest.mark.bpmn("compensation of one named activity", "runs")
def test_a_named_activity_alone_is_undone() -> None:
    case = two(compensate("A"))
    assert case.open == ["undo_A"]
    case.complete("undo_A")
    assert case.open == ["Z"]


def test_what_was_not_completed_is_not_undone() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A"),
        user("B"),
        undoes("A"),
        undoes("B"),
        throw("T", compensate()),
        user("Z"),
        chain("start", "s", "A", "T", "Z"),
        chain("s", "B"),
    )
    case.complete("A")
    assert case.open == ["B", "undo_A"]
    case.complete("B")  # too late for this compensation
    case.complete("undo_A")
    assert case.open == ["Z"]


def test_nothing_is_undone_twice() -> None:
    case = run(
        start(),
        user("A"),
        undoes("A"),
        throw("T1", compensate()),
        throw("T2", compensate()),
        user("Z"),
        chain("start", "A", "T1", "T2", "Z"),
    )
    case.complete("A")
    case.complete("undo_A")
    assert case.open == ["Z"]


def test_each_round_of_a_loop_is_undone() -> None:
    case = run(
        start(),
        exclusive("m"),
        user("A"),
        undoes("A"),
        exclusive("g", default="g_T"),
        throw("T", compensate()),
        user("Z"),
        chain("start", "m", "A", "g", "T", "Z"),
        flow("g", "m", "=again"),
    )
    for again in (True, True, False):
        case.complete("A", again=again)
    for _ in range(3):
        assert case.open == ["undo_A"]
        case.complete("undo_A")
    assert case.open == ["Z"]


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.bpmn("compensation of a multi-instance activity", "runs")
def test_each_completed_item_is_undone_with_the_variables_of_the_item(sequential: bool) -> None:
    loop = multi("=[7, 8, 9]", variable="n", sequential=sequential)
    case = run(
        start(),
        user("A", loop),
        undoes("A", kind="scriptTask", inner="<script>undone = append(undone, n * factor)</script>"),
        user("B"),
        throw("T", compensate()),
        chain("start", "A", "B", "T"),
        values={"undone": []},
    )
    while "A" in case.open:
        case.complete("A", factor=10)
    assert {scope for scope, _ in case.rows} != {""}
    case.complete("B")
    assert case.ended
    assert case.variables["undone"] == [90, 80, 70]
    assert {scope for scope, _ in case.rows} == {""}


def test_items_of_a_multi_instance_that_was_cancelled_are_not_undone() -> None:
    case = run(
        start(),
        user("A", multi("=[1, 2]")),
        boundary("b", "A", message()),
        undoes("A"),
        throw("T", compensate()),
        user("Z"),
        chain("start", "A"),
        chain("b", "T", "Z"),
    )
    case.complete("A")
    case.send("hello")
    assert case.open == ["Z"]
    assert {scope for scope, _ in case.rows} <= {""}


def test_items_are_not_undone_while_the_whole_still_runs() -> None:
    case = run(
        start(),
        parallel("s"),
        user("A", multi("=[1, 2]")),
        undoes("A"),
        user("B"),
        throw("T", compensate()),
        user("Z"),
        chain("start", "s", "A"),
        chain("s", "B", "T", "Z"),
    )
    case.complete("A")
    case.complete("B")
    assert case.open == ["A", "Z"]


INNER = (start("s1"), user("A"), user("B"), undoes("A"), undoes("B"), chain("s1", "A", "B"))


@pytest.mark.bpmn("compensation of a completed sub-process", "runs")
def test_a_completed_sub_process_undoes_what_was_completed_inside() -> None:
    case = run(start(), sub("S", *INNER), throw("T", compensate("S")), user("Z"), chain("start", "S", "T", "Z"))
    case.complete("A")
    case.complete("B")
    for task in ("undo_B", "undo_A"):
        assert case.open == [task]
        case.complete(task)
    assert case.open == ["Z"]
    case.complete("Z")
    assert case.ended


def test_sub_processes_and_tasks_are_undone_in_the_reverse_order_of_their_completion() -> None:
    case = run(
        start(),
        user("F"),
        undoes("F"),
        sub("S", start("s1"), sub("S2", *INNER).replace("s1", "s2"), chain("s1", "S2")),
        user("L"),
        undoes("L"),
        throw("T", compensate()),
        user("Z"),
        chain("start", "F", "S", "L", "T", "Z"),
    )
    for task in ("F", "A", "B", "L"):
        case.complete(task)
    for task in ("undo_L", "undo_B", "undo_A", "undo_F"):
        assert case.open == [task]
        case.complete(task)
    assert case.open == ["Z"]
    case.complete("Z")
    assert (case.ended, len(msgpack.unpackb(case.state)[3])) == (True, 1)


def test_a_handler_of_the_sub_process_itself_stands_for_those_inside() -> None:
    case = run(
        start(), sub("S", *INNER), undoes("S"), throw("T", compensate()), user("Z"), chain("start", "S", "T", "Z")
    )
    case.complete("A")
    case.complete("B")
    assert case.open == ["undo_S"]
    assert len(msgpack.unpackb(case.state)[3]) == 1
    case.complete("undo_S")
    assert case.open == ["Z"]


@pytest.mark.bpmn("event sub-process: compensation", "runs")
def test_a_compensation_event_sub_process_undoes_its_sub_process() -> None:
    own = handler("H", start("hs", compensate()), user("first"), throw("T2", compensate("A")), user("last")).replace(
        "</subProcess>", chain("hs", "first", "T2", "last") + "</subProcess>"
    )
    case = run(start(), sub("S", *INNER, own), throw("T", compensate()), user("Z"), chain("start", "S", "T", "Z"))
    case.complete("A")
    case.complete("B")
    for task in ("first", "undo_A", "last"):
        assert case.open == [task]
        case.complete(task)
    assert case.open == ["Z"]
    case.complete("Z")
    assert case.ended


def test_a_repeated_sub_process_undoes_item_by_item() -> None:
    body = sub("S", multi("=[1, 2]", variable="n"), start("s1"), user("A"), undoes("A"), chain("s1", "A"))
    case = run(start(), body, user("B"), throw("T", compensate()), user("Z"), chain("start", "S", "B", "T", "Z"))
    scopes = [task.scope for _, task in sorted(case.tasks.items())]
    for token in sorted(case.tasks, reverse=True):
        case.complete_token(token)
    case.complete("B")
    undone = []
    while case.open == ["undo_A"]:
        (task,) = case.tasks.values()
        undone.append(task.scope)
        case.complete("undo_A")
    assert undone == scopes  # the second was completed first
    assert case.open == ["Z"]
    assert {scope for scope, _ in case.rows} <= {""}


@pytest.mark.parametrize("kind", ["userTask", "subProcess", "callActivity", "serviceTask"])
def test_any_activity_may_undo(kind: str) -> None:
    inner = {"subProcess": start("u1") + user("U") + chain("u1", "U")}.get(kind, "")
    attributes = {
        "callActivity": {"calledElement": "called"},
        "serviceTask": {"camunda_type": "external", "camunda_topic": "work"},
    }.get(kind, {})
    called = diagram(process(start("cs"), user("U"), chain("cs", "U"), id="called"))
    case = run(
        start(),
        user("A"),
        undoes("A", kind, inner, **attributes),
        throw("T", compensate()),
        user("Z"),
        chain("start", "A", "T", "Z"),
        files={"c.bpmn": called},
    )
    case.complete("A")
    assert "Z" not in case.open
    if kind == "serviceTask":
        case.serve("undo_A")
    else:
        case.complete(case.open[0])
    assert case.open == ["Z"]


def test_a_handler_may_repeat_and_be_interrupted() -> None:
    case = run(
        start(),
        user("A"),
        undoes("A", inner=multi("=[1, 2]")),
        boundary("b", "undo_A", message()),
        user("R"),
        throw("T", compensate()),
        user("Z"),
        chain("start", "A", "T", "Z"),
        chain("b", "R"),
    )
    case.complete("A")
    assert case.open == ["undo_A", "undo_A"]
    case.complete("undo_A")
    case.send("hello")
    assert case.open == ["R", "Z"]


def test_an_error_of_a_handler_reaches_the_scope_around_it() -> None:
    body = sub(
        "S",
        start("s1"),
        user("A"),
        undoes("A", "serviceTask", camunda_type="external", camunda_topic="work"),
        throw("T", compensate()),
        chain("s1", "A", "T"),
    )
    case = run(start(), body, boundary("b", "S", error()), user("R"), chain("start", "S"), chain("b", "R"))
    case.complete("A")
    case.fail("undo_A", "broken")
    assert (case.open, case.jobs) == (["R"], {})


def test_an_interrupting_event_sub_process_may_undo_what_its_scope_completed() -> None:
    own = handler("H", start("hs", error()), throw("T", compensate()), user("R"), chain("hs", "T", "R"))
    body = sub("S", start("s1"), user("A"), undoes("A"), service("B"), chain("s1", "A", "B"), own)
    case = run(start(), body, user("Z"), chain("start", "S", "Z"))
    case.complete("A")
    case.fail("B", "broken")
    assert case.open == ["undo_A"]
    case.complete("undo_A")
    assert case.open == ["R"]
    case.complete("R")
    assert case.open == ["Z"]


def test_a_sub_process_that_was_interrupted_is_not_undone() -> None:
    case = run(
        start(),
        sub("S", *INNER),
        boundary("b", "S", message()),
        throw("T", compensate()),
        user("Z"),
        chain("start", "S"),
        chain("b", "T", "Z"),
    )
    case.complete("A")
    case.send("hello")
    assert case.open == ["Z"]


def test_a_called_process_undoes_its_own_and_the_caller_its_own() -> None:
    called = diagram(
        process(start("cs"), user("A"), undoes("A"), throw("T", compensate()), chain("cs", "A", "T"), id="called")
    )
    case = run(
        start(),
        element("callActivity", "C", calledElement="called"),
        undoes("C"),
        throw("T0", compensate()),
        user("Z"),
        chain("start", "C", "T0", "Z"),
        files={"c.bpmn": called},
    )
    case.complete("A")
    for task in ("undo_A", "undo_C"):
        assert case.open == [task]
        case.complete(task)
    assert case.open == ["Z"]


def test_where_nothing_can_compensate_nothing_is_remembered() -> None:
    case = run(start(), exclusive("m"), user("A"), undoes("A"), chain("start", "m", "A", "m"))
    before = len(case.state)
    for _ in range(20):
        case.complete("A")
    assert len(case.state) == before


def test_dormant_places_are_not_where_the_case_stands() -> None:
    case = run(start(), user("A"), undoes("A"), user("B"), throw("T", compensate()), chain("start", "A", "B", "T"))
    case.complete("A")
    assert list(case.execution().places().values()) == ["B"]


def test_a_case_ends_with_dormant_places_left() -> None:
    case = run(
        start(),
        user("A"),
        undoes("A"),
        exclusive("g", default="g_end"),
        throw("T", compensate()),
        end(),
        chain("start", "A", "g", "end"),
        flow("g", "T", "=false"),
    )
    case.complete("A")
    assert case.ended


# -- transactions


def transaction(*more: str, beside: str = "") -> Case:
    body = element(
        "transaction",
        "X",
        "".join(
            [
                start("s1"),
                parallel("s"),
                user("A"),
                undoes("A"),
                user("B"),
                undoes("B"),
                user("C"),
                exclusive("g", default="g_e"),
                end("e"),
                element("endEvent", "stop", CANCEL),
                chain("s1", "s", "A", "B", "g", "e"),
                chain("s", "C"),
                flow("g", "stop", "=bad"),
                *more,
            ]
        ),
    )
    return run(
        start(),
        body,
        boundary("b", "X", CANCEL),
        user("R"),
        user("Z"),
        chain("start", "X", "Z"),
        chain("b", "R"),
        beside,
    )


@pytest.mark.bpmn("transaction", "runs")
def test_a_transaction_that_is_not_cancelled_goes_on() -> None:
    case = transaction()
    for task in ("A", "C"):
        case.complete(task)
    case.complete("B", bad=False)
    assert case.open == ["Z"]
    case.complete("Z")
    assert case.ended


@pytest.mark.bpmn("end event: cancel", "runs")
@pytest.mark.bpmn("boundary event: cancel", "runs")
def test_a_cancelled_transaction_undoes_what_was_completed_then_leaves_by_its_cancel_event() -> None:
    case = transaction()
    case.complete("A")
    case.complete("B", bad=True)
    assert case.open == ["undo_B"]  # C is gone
    case.complete("undo_B")
    case.complete("undo_A")
    assert case.open == ["R"]
    assert "X" in case.history("cancelled")
    case.complete("R")
    assert case.ended


@pytest.mark.bpmn("transaction: hazard", "runs")
def test_an_error_leaves_a_transaction_without_undoing() -> None:
    case = transaction(
        user("D"),
        element("endEvent", "bad", error()),
        chain("s", "D", "bad"),
        beside=boundary("hazard", "X", error()) + user("H") + chain("hazard", "H"),
    )
    case.complete("A")
    case.complete("D")
    assert case.open == ["H"]


def test_a_completed_transaction_may_be_undone_from_outside() -> None:
    body = element("transaction", "X", "".join(INNER))
    case = run(start(), body, throw("T", compensate("X")), user("Z"), chain("start", "X", "T", "Z"))
    for task in ("A", "B", "undo_B", "undo_A", "Z"):
        case.complete(task)
    assert case.ended


# -- refused


@pytest.mark.bpmn("compensation that nobody waits for", "refused")
def test_compensation_that_cannot_be_right_is_refused() -> None:
    loose = boundary("c", "A", compensate())
    assert ("compensation.handler", "c") in after_start(user("A"), loose, throw("T", compensate()), chain("A", "T"))
    alone = element("manualTask", "U", isForCompensation="true")
    assert after_start(user("A"), alone) == [("compensation.unused", "U")]
    drawn = [user("A"), undoes("A"), throw("T", compensate("gone")), chain("A", "T")]
    assert after_start(*drawn) == [("compensation.target", "T")]
    drawn = [user("A"), user("B"), undoes("A"), throw("T", compensate("B")), chain("A", "B", "T")]
    assert after_start(*drawn) == [("compensation.target", "T")]
    drawn = [user("A"), undoes("A"), throw("T", '<compensateEventDefinition waitForCompletion="false"/>')]
    assert after_start(*drawn, chain("A", "T")) == [("compensation.wait", "T")]
    drawn = [user("A"), undoes("A"), user("B"), chain("A", "B"), chain("undo_A", "B")]
    assert ("compensation.flow", "undo_A") in after_start(*drawn)


@pytest.mark.bpmn("start event: compensation, of a process", "refused")
def test_a_process_cannot_be_undone() -> None:
    own = handler("H", start("hs", compensate()), user("B"), chain("hs", "B"))
    assert after_start(user("A"), own) == [("compensation.process", "hs")]
    assert found(start("start", compensate()), user("A"), chain("start", "A")) == [("process.start_trigger", "start")]


def test_what_cancels_stands_in_a_transaction_with_a_cancel_event_beside_it() -> None:
    stop = element("endEvent", "stop", CANCEL)
    assert after_start(user("A"), stop, chain("A", "stop")) == [("cancel.place", "stop")]
    body = element("transaction", "A", start("s1") + stop + chain("s1", "stop"))
    assert after_start(body) == [("cancel.nowhere", "stop")]
    calm = element("transaction", "A", start("s1") + user("B") + chain("s1", "B"))
    beside = [boundary("b", "A", CANCEL), user("R"), chain("b", "R")]
    assert after_start(calm, *beside) == [("boundary.never", "b")]
    assert after_start(user("A"), *beside) == [("cancel.host", "b")]
    looped = element("transaction", "A", multi("=[1]") + start("s1") + stop + chain("s1", "stop"))
    assert after_start(looped, *beside) == [("cancel.loop", "stop")]


def test_a_compensation_that_nothing_ever_asks_for_is_a_warning() -> None:
    (warning,) = problems(start(), user("A"), undoes("A"), chain("start", "A"))
    assert (warning.key, warning.element_id, warning.severity) == ("compensation.never", "c_A", "warning")


def mapping(value: str) -> str:
    parameter = f'<camunda:inputParameter name="k">{value}</camunda:inputParameter>'
    return f"<extensionElements><camunda:inputOutput>{parameter}</camunda:inputOutput></extensionElements>"


def test_what_is_undone_inside_a_sub_process_still_sees_its_mapped_inputs() -> None:
    mapped = mapping("=factor * 2")
    note = "<script>undone = append(undone, k * n)</script>"
    body = sub(
        "S",
        mapped,
        multi("=[1, 2]", variable="n"),
        start("s1"),
        user("A"),
        undoes("A", "scriptTask", note),
        chain("s1", "A"),
    )
    case = run(
        start(),
        body,
        user("B"),
        throw("T", compensate()),
        chain("start", "S", "B", "T"),
        values={"undone": [], "factor": 5},
    )
    case.complete("A")
    case.complete("A")
    case.complete("B", factor=0)
    assert case.ended
    assert case.variables["undone"] == [20, 10]
    assert {scope for scope, _ in case.rows} == {""}


def test_a_case_that_ends_or_is_interrupted_drops_what_was_kept() -> None:
    mapped = mapping("=1")
    outer = sub(
        "O",
        start("o1"),
        sub("S", mapped, *INNER),
        user("L"),
        exclusive("g", default="g_e"),
        throw("T", compensate()),
        end("e"),
        chain("o1", "S", "L", "g", "e"),
        flow("g", "T", "=false"),
    )
    case = run(start(), outer, boundary("b", "O", message()), user("R"), chain("start", "O"), chain("b", "R"))
    case.complete("A")
    case.complete("B")
    assert case.execution()._case.variables.parents != {}
    case.send("hello")
    assert (case.open, case.execution()._case.variables.parents) == (["R"], {})
    assert len(msgpack.unpackb(case.state)[3]) == 1


@pytest.mark.parametrize("how", ["message", "terminate"])
def test_what_is_being_undone_stops_when_its_scope_is_interrupted(how: str) -> None:
    stop = element("endEvent", "kill", "<terminateEventDefinition/>")
    own = handler("H", start("hs", message()), user("B2"), chain("hs", "B2"))
    case = run(
        start(),
        parallel("s"),
        sub("S", *INNER),
        user("K"),
        stop,
        throw("T", compensate("S")),
        own,
        chain("start", "s", "S", "T"),
        chain("s", "K", "kill"),
    )
    case.complete("A")
    case.complete("B")
    assert case.open == ["K", "undo_B"]
    if how == "message":
        case.send("hello")
        assert case.open == ["B2"]
        case.complete("B2")
    else:
        case.complete("K")
    assert (case.ended, case.open) == (True, [])
