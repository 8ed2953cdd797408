"""Tasks, sub-processes, call activities and repetition, as the standard says."""

from decimal import Decimal

import pytest

from engine.domain.rejection import ProblemsFound
from engine.testing import Scenario
from tests.conformance.drawing import boundary, end, flows, process, script, start, sub_process, task

DMN = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="test">
  <decision id="grade" name="grade"><variable name="grade" typeRef="string"/>
    <decisionTable hitPolicy="UNIQUE">
      <input id="i"><inputExpression typeRef="number"><text>points</text></inputExpression></input>
      <output id="o" typeRef="string"/>
      <rule id="r1"><inputEntry id="e1"><text>&gt;= 60</text></inputEntry>
        <outputEntry id="x1"><text>"pass"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="e2"><text>&lt; 60</text></inputEntry>
        <outputEntry id="x2"><text>"fail"</text></outputEntry></rule>
    </decisionTable></decision></definitions>"""


def alone(element: str, element_id: str, *files: bytes) -> Scenario:
    """A process of one element and a user task behind it."""
    return Scenario(
        [process(start(), element, task("after"), flows(f"start>{element_id}", f"{element_id}>after")), *files]
    )


@pytest.mark.bpmn("user task", "runs")
def test_a_user_task_waits_for_a_person() -> None:
    scenario = alone(task("ask", camunda_candidateGroups="clerk,chief"), "ask")
    scenario.start()
    (open_task,) = scenario.tasks()
    assert open_task.candidate_groups == ("clerk", "chief")
    scenario.complete("ask", {"answer": "yes"})

    assert scenario.variables == {"answer": "yes"}
    assert scenario.active() == ["after"]


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("task", marks=pytest.mark.bpmn("undefined task", "runs")),
        pytest.param("manualTask", marks=pytest.mark.bpmn("manual task", "runs")),
    ],
)
def test_a_task_that_the_engine_has_no_part_in_is_passed(kind: str) -> None:
    scenario = alone(task("by-hand", kind=kind), "by-hand")
    scenario.start()

    assert scenario.path == ["start", "by-hand", "after"]


@pytest.mark.bpmn("script task", "runs")
def test_a_script_assigns_variables() -> None:
    scenario = alone(script("count", "total = price * 2\nlabel = string(total)"), "count")
    scenario.start(variables={"price": 1.25})

    assert scenario.variables["total"] == Decimal("2.5")
    assert scenario.variables["label"] == "2.5"


@pytest.mark.bpmn("business rule task", "runs")
def test_a_business_rule_task_asks_its_decision() -> None:
    rule = task("decide", kind="businessRuleTask", camunda_decisionRef="grade", camunda_resultVariable="grade")
    scenario = alone(rule, "decide", DMN)
    scenario.start(variables={"points": 72})

    assert scenario.variables["grade"] == "pass"


@pytest.mark.bpmn("service task: external topic", "runs")
def test_a_service_task_waits_for_its_work_outside() -> None:
    service = task("call", kind="serviceTask", camunda_type="external", camunda_topic="stamp")
    scenario = alone(service, "call")
    scenario.start()
    assert scenario.active() == []
    scenario.trigger("call", {"stamp": "A1"})

    assert scenario.active() == ["after"]
    assert scenario.variables == {"stamp": "A1"}


@pytest.mark.bpmn("send task", "runs")
@pytest.mark.bpmn("receive task", "runs")
def test_what_a_send_task_sends_a_receive_task_receives() -> None:
    receiving = process(
        start(),
        task("get", kind="receiveTask", messageRef="M"),
        task("after"),
        flows("start>get", "get>after"),
        id_="r",
    )
    sending = process(
        start(), task("put", kind="sendTask", messageRef="M"), end(), flows("start>put", "put>end"), id_="s"
    )
    scenario = Scenario([receiving, sending])
    scenario.start("s")
    assert scenario.active() == []
    scenario.start("r")

    assert scenario.active() == ["after"]


def test_a_receive_task_that_names_no_message_is_let_go_by_trigger() -> None:
    scenario = alone(task("wait", kind="receiveTask"), "wait")
    scenario.start()
    assert scenario.active() == []
    scenario.trigger("wait")

    assert scenario.active() == ["after"]


@pytest.mark.bpmn("sub-process", "runs")
def test_a_sub_process_is_left_when_all_inside_has_ended() -> None:
    inside = sub_process("sub", start("in"), task("a"), task("b"), end("out"), flows("in>a", "in>b", "a>out", "b>out"))
    scenario = alone(inside, "sub")
    scenario.start()
    scenario.complete("a", {"x": 1})
    assert scenario.active() == ["b"]
    scenario.complete("b", {"y": 2})

    assert scenario.active() == ["after"]
    assert scenario.variables == {"x": 1, "y": 2}


CALLED = process(start("c-start"), task("c-task"), end("c-end"), flows("c-start>c-task", "c-task>c-end"), id_="called")


@pytest.mark.bpmn("call activity", "runs")
def test_a_called_process_runs_in_its_place() -> None:
    scenario = alone(task("call", kind="callActivity", calledElement="called"), "call", CALLED)
    scenario.start("p")
    assert scenario.active() == ["c-task"]
    scenario.complete("c-task")

    assert scenario.active() == ["after"]


@pytest.mark.bpmn("call activity: data mapping", "runs")
def test_a_called_process_sees_what_is_given_and_gives_back_what_is_asked() -> None:
    mapping = (
        '<bpmn:extensionElements><camunda:in source="amount" target="sum"/>'
        '<camunda:in sourceExpression="${amount * 2}" target="double"/>'
        '<camunda:out source="answer" target="reply"/></bpmn:extensionElements>'
    )
    scenario = alone(task("call", mapping, kind="callActivity", calledElement="called"), "call", CALLED)
    scenario.start("p", {"amount": 4, "secret": "x"})
    (open_task,) = scenario.tasks()
    seen = {name: open_task.variables[name] for name in open_task.variables if name != "case"}
    assert seen == {"sum": 4, "double": 8}
    scenario.complete("c-task", {"answer": "yes", "noise": 1})

    assert scenario.variables == {"amount": 4, "secret": "x", "reply": "yes"}


def vote(loop: str, **attributes: str) -> str:
    return task("vote", loop, camunda_assignee="${member}", **attributes)


def multi_instance(attributes: str = "", inside: str = "") -> str:
    return f"<bpmn:multiInstanceLoopCharacteristics {attributes}>{inside}</bpmn:multiInstanceLoopCharacteristics>"


MEMBERS = 'camunda:collection="members" camunda:elementVariable="member"'


@pytest.mark.bpmn("multi-instance: parallel", "runs")
@pytest.mark.bpmn("multi-instance: collection", "runs")
def test_a_parallel_multi_instance_opens_one_task_for_each_item() -> None:
    scenario = alone(vote(multi_instance(MEMBERS)), "vote")
    scenario.start(variables={"members": ["a", "b", "c"]})
    assert [open_task.assignee for open_task in scenario.tasks()] == ["a", "b", "c"]
    for member in ("b", "c", "a"):
        scenario.complete("vote", {"choice": member}, assignee=member)

    assert scenario.active() == ["after"]


@pytest.mark.bpmn("multi-instance: sequential", "runs")
def test_a_sequential_multi_instance_opens_one_task_after_the_other() -> None:
    scenario = alone(vote(multi_instance(f'isSequential="true" {MEMBERS}')), "vote")
    scenario.start(variables={"members": ["a", "b"]})
    seen = []
    while scenario.active() == ["vote"]:
        seen.append(scenario.tasks()[0].assignee)
        scenario.complete("vote")

    assert seen == ["a", "b"]
    assert scenario.active() == ["after"]


@pytest.mark.bpmn("multi-instance: cardinality", "runs")
def test_a_cardinality_says_how_often() -> None:
    loop = multi_instance(inside="<bpmn:loopCardinality>${copies}</bpmn:loopCardinality>")
    scenario = alone(task("copy", loop), "copy")
    scenario.start(variables={"copies": 3})

    assert scenario.active() == ["copy", "copy", "copy"]


def test_an_empty_collection_is_passed_at_once() -> None:
    scenario = alone(vote(multi_instance(MEMBERS)), "vote")
    scenario.start(variables={"members": []})

    assert scenario.active() == ["after"]


@pytest.mark.bpmn("multi-instance: completion condition", "runs")
@pytest.mark.bpmn("multi-instance: counters", "runs")
def test_the_completion_condition_sees_the_counters_and_cancels_the_rest() -> None:
    condition = (
        "<bpmn:completionCondition>${nrOfCompletedInstances / nrOfInstances &gt;= 0.5 and nrOfActiveInstances &lt; 3}"
        "</bpmn:completionCondition>"
    )
    scenario = alone(vote(multi_instance(MEMBERS, condition)), "vote")
    scenario.start(variables={"members": ["a", "b", "c", "d"]})
    scenario.complete("vote", assignee="a")
    assert scenario.active() == ["vote", "vote", "vote"]
    scenario.complete("vote", assignee="c")

    assert scenario.active() == ["after"]


def test_each_item_knows_its_number() -> None:
    scenario = alone(vote(multi_instance(MEMBERS)), "vote")
    scenario.start(variables={"members": ["a", "b"]})

    assert [open_task.variables["loopCounter"] for open_task in scenario.tasks()] == [0, 1]


def test_a_boundary_event_stands_on_the_whole_of_a_multi_instance() -> None:
    scenario = Scenario(
        [
            process(
                start(),
                vote(multi_instance(MEMBERS)),
                boundary("late", "vote", "timer"),
                task("instead"),
                flows("start>vote", "late>instead"),
            )
        ]
    )
    scenario.start(variables={"members": ["a", "b", "c"]})
    scenario.complete("vote", assignee="b")
    scenario.advance("PT1H")

    assert scenario.active() == ["instead"]


def test_sub_processes_are_repeated_with_variables_of_their_own() -> None:
    inside = sub_process("visit", start("in"), task("look"), flows("in>look"), multi_instance(MEMBERS))
    scenario = alone(inside, "visit")
    scenario.start(variables={"members": ["a", "b"]})
    assert [open_task.variables["member"] for open_task in scenario.tasks()] == ["a", "b"]
    scenario.complete("look")
    assert scenario.active() == ["look"]
    scenario.complete("look")

    assert scenario.active() == ["after"]


@pytest.mark.bpmn("standard loop", "runs")
def test_a_standard_loop_goes_on_while_its_condition_holds() -> None:
    loop = (
        "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>=ready != true</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )
    scenario = alone(task("try", loop), "try")
    scenario.start()
    scenario.complete("try", {"ready": False})
    assert scenario.active() == ["try"]
    scenario.complete("try", {"ready": True})

    assert scenario.active() == ["after"]


@pytest.mark.bpmn("ad-hoc sub-process", "refused")
def test_an_ad_hoc_sub_process_is_refused_with_its_id() -> None:
    with pytest.raises(ProblemsFound) as found:
        alone(sub_process("free", task("a"), kind="adHocSubProcess"), "free")

    assert "free" in {problem.element_id for problem in found.value.problems}


def test_what_the_items_submit_is_known_afterwards_even_if_nothing_gathers_it() -> None:
    condition = "<bpmn:completionCondition>${approved == false}</bpmn:completionCondition>"
    scenario = alone(vote(multi_instance(MEMBERS, condition)), "vote")
    scenario.start(variables={"members": ["a", "b", "c"]})
    scenario.complete("vote", {"approved": True}, assignee="a")
    scenario.complete("vote", {"approved": False}, assignee="c")

    assert scenario.active() == ["after"]
    assert scenario.variables == {"members": ["a", "b", "c"], "approved": False}


def test_items_do_not_see_what_the_others_submit_while_they_run() -> None:
    inside = sub_process(
        "visit", start("in"), task("look"), task("tell"), flows("in>look", "look>tell"), multi_instance(MEMBERS)
    )
    scenario = alone(inside, "visit")
    scenario.start(variables={"members": ["a", "b"]})
    scenario.complete("look", {"found": "x"})

    assert [open_task.variables.get("found") for open_task in scenario.tasks()] == [None, "x"]
