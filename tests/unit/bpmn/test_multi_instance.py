"""Repeated activities: parallel and sequential multi-instance, standard loop."""

from typing import Any

import pytest

from tests.unit.bpmn.drawing import (
    boundary,
    chain,
    element,
    message,
    multi,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    user,
)
from tests.unit.bpmn.drawing import diagram as drawn_file
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import after_start

MEMBERS = ["ann", "bob", "cem"]


def vote(loop: str, **values: Any) -> Case:
    return run(
        start(),
        user("A", loop, camunda_assignee="=member"),
        user("Z"),
        chain("start", "A", "Z"),
        values={"members": MEMBERS} | values,
    )


def voting(**options: Any) -> Case:
    loop = multi("members", variable="member", output="votes", gather="={who: member, vote: vote}", **options)
    return vote(loop)


@pytest.mark.bpmn("multi-instance: parallel", "runs")
@pytest.mark.bpmn("multi-instance: collection", "runs")
def test_all_items_of_a_parallel_multi_instance_open_at_once_each_for_its_own() -> None:
    case = voting()
    assert sorted(str(task.assignee) for task in case.tasks.values()) == MEMBERS


def test_outputs_are_gathered_in_the_order_of_the_items_not_of_their_ends() -> None:
    # the library merges lists element by element and drops what is equal
    case = voting()
    first, second, third = sorted(case.tasks)
    for token, choice in ((third, "yes"), (first, "yes"), (second, "no")):
        case.complete_token(token, vote=choice)
    assert case.open == ["Z"]
    assert case.variables["votes"] == [
        {"who": "ann", "vote": "yes"},
        {"who": "bob", "vote": "no"},
        {"who": "cem", "vote": "yes"},
    ]


def test_what_an_item_submits_stays_in_its_scope_and_goes_with_it() -> None:
    case = voting()
    case.rows["", "vote"] = "of the case"
    case.complete_token(min(case.tasks), vote="yes")
    assert case.variables["vote"] == "of the case"
    assert len(case.last.scopes_dropped) == 1
    assert all(scope not in case.last.scopes_dropped for scope, _ in case.last.variables)


@pytest.mark.bpmn("multi-instance: completion condition", "runs")
def test_the_completion_condition_sees_what_is_gathered_and_cancels_the_rest() -> None:
    case = voting(until='=count(votes[vote = "yes"]) >= 2')
    first, second, third = sorted(case.tasks)
    case.complete_token(first, vote="yes")
    case.complete_token(third, vote="yes")
    assert case.open == ["Z"]
    assert [(closed.token, closed.reason) for closed in case.last.tasks_closed] == [
        (third, "completed"),
        (second, "cancelled"),
    ]
    assert [entry["who"] for entry in case.variables["votes"]] == ["ann", "cem"]


@pytest.mark.bpmn("multi-instance: built-in counters", "runs")
def test_the_counters_of_a_multi_instance_are_known() -> None:
    # the library does not know them
    case = voting(until="=nrOfCompletedInstances / nrOfInstances >= 0.6 and nrOfActiveInstances = 1")
    case.complete_token(min(case.tasks), vote="yes")
    case.complete_token(min(case.tasks), vote="yes")
    assert case.open == ["Z"]


@pytest.mark.bpmn("multi-instance: sequential", "runs")
def test_a_sequential_multi_instance_opens_one_item_after_the_other() -> None:
    case = voting(sequential=True)
    for member in MEMBERS:
        (task,) = case.tasks.values()
        assert task.assignee == member
        case.complete("A", vote=member)
    assert case.open == ["Z"]
    assert [entry["vote"] for entry in case.variables["votes"]] == MEMBERS


def test_a_sequential_multi_instance_may_stop_early() -> None:
    case = voting(sequential=True, until='=vote = "no"')
    case.complete("A", vote="no")
    assert case.open == ["Z"]
    assert {scope for scope, _ in case.rows} == {""}


def test_changing_the_collection_meanwhile_changes_no_item() -> None:
    case = voting(sequential=True)
    case.rows["", "members"] = []
    case.complete("A", vote="yes")
    (task,) = case.tasks.values()
    assert task.assignee == "bob"


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.bpmn("multi-instance: empty collection", "runs")
def test_nothing_to_repeat_goes_on_at_once_with_nothing_gathered(sequential: bool) -> None:
    loop = multi("members", output="votes", gather="=vote", sequential=sequential)
    case = vote(loop, members=[], votes=["of the round before"])
    assert (case.open, case.variables["votes"]) == (["Z"], [])


@pytest.mark.bpmn("multi-instance: cardinality", "runs")
def test_a_cardinality_counts_from_zero() -> None:
    case = vote(multi(cardinality="=2 + 1", output="seen", gather="=loopCounter"), seen=["old"])
    while "A" in case.open:
        case.complete("A")
    assert case.variables["seen"] == [0, 1, 2]


@pytest.mark.parametrize("members", [None, "ann", 3])
def test_a_collection_that_is_no_list_is_an_incident(members: object) -> None:
    case = vote(multi("members", variable="member"), members=members)
    assert [where for _, where in case.incidents()] == ["A"]


@pytest.mark.bpmn("multi-instance: sub-process", "runs")
def test_each_item_may_be_a_sub_process_with_joins_of_its_own() -> None:
    body = sub(
        "S",
        multi("members", variable="member", output="done", gather="=sum"),
        start("s1"),
        parallel("s"),
        user("A"),
        user("B"),
        parallel("j"),
        script("add", "sum = a + b"),
        chain("s1", "s", "A", "j", "add"),
        chain("s", "B", "j"),
    )
    case = run(start(), body, user("Z"), chain("start", "S", "Z"), values={"members": ["x", "y"]})
    assert case.open == ["A", "A", "B", "B"]
    scopes = sorted({task.scope for task in case.tasks.values()})
    for n, scope in enumerate(scopes):
        for name in ("A", "B"):
            token = next(t.token for t in case.tasks.values() if t.scope == scope and t.element_id == name)
            case.complete_token(token, **{name.lower(): n + 1})
    assert case.open == ["Z"]
    assert case.variables["done"] == [2, 4]
    assert "sum" not in case.variables


@pytest.mark.bpmn("multi-instance: call activity", "runs")
def test_each_item_may_be_a_called_process() -> None:
    called = drawn_file(process(start("cs"), user("A"), chain("cs", "A"), id="called"))
    call = element(
        "callActivity",
        "C",
        '<extensionElements><camunda:in source="member" target="who"/><camunda:out source="vote" target="vote"/>'
        "</extensionElements>" + multi("members", variable="member", output="votes", gather="=vote"),
        calledElement="called",
    )
    case = run(
        start(), call, user("Z"), chain("start", "C", "Z"), values={"members": ["x", "y"]}, files={"c.bpmn": called}
    )
    for token in sorted(case.tasks):
        execution = case.execution()
        who = execution.variables(case.tasks[token].scope)["who"]
        case.complete_token(token, vote=f"vote of {who}")
    assert case.open == ["Z"]
    assert case.variables["votes"] == ["vote of x", "vote of y"]


def test_a_service_task_may_repeat() -> None:
    case = run(
        start(),
        service("A", "work", multi("=[1, 2]", output="all", gather="=answer")),
        user("Z"),
        chain("start", "A", "Z"),
    )
    case.serve("A", answer=10)
    case.serve("A", answer=20)
    assert case.variables == {"all": [10, 20]}


def test_an_output_that_fails_is_tried_again_without_asking_the_person_again() -> None:
    heavy = "=if heavy then count(for i in 1..100000000 return i) else vote"
    case = vote(multi("members", variable="member", output="votes", gather=heavy), heavy=True, members=["ann"])
    case.complete("A", vote="yes")
    ((token, where),) = case.incidents()
    assert (where, case.open) == ("A", [])
    case.rows["", "heavy"] = False
    case.retry(token)
    assert (case.open, case.variables["votes"]) == (["Z"], ["yes"])


@pytest.mark.bpmn("standard loop", "runs")
def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    loop = "<standardLoopCharacteristics><loopCondition>=again</loopCondition></standardLoopCharacteristics>"
    case = vote(loop, member="ann")
    case.complete("A", again=True)
    assert case.open == ["A"]
    case.complete("A", again=False)
    assert case.open == ["Z"]


@pytest.mark.bpmn("standard loop: test before, maximum", "runs")
def test_a_standard_loop_may_ask_before_the_first_round_and_stop_at_its_maximum() -> None:
    inner = "<loopCondition>=again</loopCondition>"
    loop = f'<standardLoopCharacteristics testBefore="true" loopMaximum="2">{inner}</standardLoopCharacteristics>'
    assert vote(loop, again=False).open == ["Z"]
    case = vote(loop, again=True)
    case.complete("A")
    case.complete("A")
    assert case.open == ["Z"]


def bpmn_multi(inner: str, **attributes: str) -> str:
    return element("multiInstanceLoopCharacteristics", "loop", inner, **attributes).replace(
        ' id="loop" name="loop"', ""
    )


DATA = '<loopDataInputRef>{}</loopDataInputRef><inputDataItem id="in" name="member"/>'
GATHERED = '<loopDataOutputRef>votes</loopDataOutputRef><outputDataItem id="out" name="vote"/>'


@pytest.mark.bpmn("multi-instance: loopDataInputRef, inputDataItem, loopDataOutputRef, outputDataItem", "runs")
@pytest.mark.parametrize("reference", ["members", "held", "given"])
def test_the_data_references_of_the_standard_name_variables(reference: str) -> None:
    data = (
        '<dataObject id="object" name="members"/><dataObjectReference id="held" dataObjectRef="object"/>'
        '<dataObjectReference id="given" name="members" dataObjectRef="object"/>'
    )
    case = run(
        start(),
        data,
        user("A", bpmn_multi(DATA.format(reference) + GATHERED), camunda_assignee="=member"),
        user("Z"),
        chain("start", "A", "Z"),
        values={"members": MEMBERS},
    )
    assert sorted(str(task.assignee) for task in case.tasks.values()) == MEMBERS
    for token in sorted(case.tasks, reverse=True):
        case.complete_token(token, vote=f"vote of {case.tasks[token].assignee}")
    assert case.variables["votes"] == ["vote of ann", "vote of bob", "vote of cem"]


@pytest.mark.bpmn("multi-instance: behavior other than All", "refused")
@pytest.mark.parametrize("behaviour", ["None", "One", "Complex"])
def test_items_that_throw_events_of_their_own_are_refused(behaviour: str) -> None:
    loop = bpmn_multi("<loopCardinality>2</loopCardinality>", behavior=behaviour)
    assert after_start(user("A", loop)) == [("loop.behavior", "A")]
    assert after_start(user("A", loop.replace(f'"{behaviour}"', '"All"'))) == []


def test_expressions_inside_an_item_see_the_counters() -> None:
    note = "seen = append(seen, [loopCounter, nrOfInstances, nrOfCompletedInstances, nrOfActiveInstances])"
    body = sub("S", multi("=[7, 8, 9]"), start("s1"), user("A"), script("n", note), chain("s1", "A", "n"))
    case = run(start(), body, chain("start", "S"), values={"seen": []})
    for _ in range(3):
        case.complete("A")
    assert case.variables["seen"] == [[0, 3, 0, 3], [1, 3, 1, 2], [2, 3, 2, 1]]


def test_the_counters_of_the_inner_loop_come_first() -> None:
    loop = (
        "<standardLoopCharacteristics><loopCondition>=loopCounter &lt; 2</loopCondition></standardLoopCharacteristics>"
    )
    inner = sub(
        "I",
        multi("=[7, 8]", sequential=True),
        start("i1"),
        script("n", "seen = append(seen, loopCounter)"),
        chain("i1", "n"),
    )
    body = sub("S", loop, start("s1"), script("o", 'seen = append(seen, "round " + string(loopCounter))'), inner)
    body = body.replace("</subProcess></subProcess>", "</subProcess>" + chain("s1", "o", "I") + "</subProcess>")
    case = run(start(), body, chain("start", "S"), values={"seen": []})
    assert case.ended
    assert case.variables["seen"] == ["round 0", 0, 1, "round 1", 0, 1]


@pytest.mark.bpmn("multi-instance: terminate in one item", "runs")
def test_terminate_in_one_item_ends_that_item_only() -> None:
    body = sub(
        "S",
        multi("=[1, 2]"),
        start("s1"),
        parallel("s"),
        user("A"),
        user("B"),
        element("endEvent", "kill", "<terminateEventDefinition/>"),
        chain("s1", "s", "A", "kill"),
        chain("s", "B"),
    )
    case = run(start(), body, user("Z"), chain("start", "S", "Z"))
    case.complete("A")
    assert case.open == ["A", "B"]
    case.complete("A")
    assert case.open == ["Z"]


@pytest.mark.bpmn("end event: terminate, in a called process", "runs")
def test_terminate_in_a_called_item_lets_the_call_return() -> None:
    called = drawn_file(
        process(
            start("cs"),
            parallel("s"),
            user("A"),
            user("B"),
            element("endEvent", "kill", "<terminateEventDefinition/>"),
            chain("cs", "s", "A", "kill"),
            chain("s", "B"),
            id="called",
        )
    )
    call = element("callActivity", "C", multi("=[1, 2]", sequential=True), calledElement="called")
    case = run(start(), call, user("Z"), chain("start", "C", "Z"), files={"c.bpmn": called})
    for _ in range(2):
        assert case.open == ["A", "B"]
        case.complete("A")
    assert case.open == ["Z"]


@pytest.mark.bpmn("multi-instance: boundary event on the whole", "runs")
def test_a_boundary_event_that_does_not_interrupt_stands_beside_the_whole() -> None:
    case = run(
        start(),
        user("A", multi("=[1, 2, 3]", sequential=True)),
        boundary("b", "A", message(), interrupting=False),
        user("R"),
        user("Z"),
        chain("start", "A", "Z"),
        chain("b", "R"),
    )
    for count in (1, 2, 3):
        assert len(case.subscriptions) == 1
        case.send("hello")
        case.complete("A")
        assert case.open.count("R") == count
    assert (case.open.count("Z"), case.subscriptions) == (1, {})
