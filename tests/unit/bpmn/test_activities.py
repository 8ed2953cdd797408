"""Activities: what a task opens with, scripts, decisions, services, sub-processes, called processes."""

from datetime import UTC, datetime

import pytest

from engine.domain.rejection import NotFound
from engine.domain.step import TaskOpened
from tests.unit.bpmn.drawing import (
    boundary,
    chain,
    diagram,
    element,
    error,
    exclusive,
    flow,
    message,
    multi,
    package,
    process,
    script,
    service,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run


def test_a_user_task_opens_with_all_that_the_diagram_says() -> None:
    lanes = '<laneSet id="ls"><lane id="l1" name="Office"><flowNodeRef>A</flowNodeRef></lane></laneSet>'
    case = run(
        start(),
        lanes,
        user(
            "A",
            camunda_assignee="${officer}",
            camunda_candidateGroups="office, section",
            camunda_candidateUsers="=people",
            camunda_dueDate="P3D",
            camunda_priority="80",
            camunda_formRef="accept",
            rongcuo_articles="20,22",
        ),
        chain("start", "A"),
        values={"officer": "p1", "people": ["p2", "p3"]},
        form_ids=["accept"],
    )
    assert list(case.tasks.values()) == [
        TaskOpened(
            token=2,
            element_id="A",
            process_id="p",
            name="A",
            assignee="p1",
            candidate_users=("p2", "p3"),
            candidate_groups=("office", "section"),
            form_ref="accept",
            due_at=datetime(2026, 2, 3, 1, 0, tzinfo=UTC),
            priority=80,
            lane="Office",
            articles=("20", "22"),
        )
    ]


def test_a_due_date_that_is_no_time_is_an_incident_and_can_be_retried() -> None:
    case = run(start(), user("A", camunda_dueDate="=limit"), chain("start", "A"), values={"limit": "soon"})
    ((token, where),) = case.incidents()
    assert (where, case.open) == ("A", [])
    case.rows["", "limit"] = "P1D"
    case.retry(token)
    assert case.open == ["A"]
    assert case.history("entered") == ["start", "A"]


def test_a_script_assigns_line_by_line() -> None:
    case = run(start(), script("A", "a = 1\nb = a + case.id\na = b * 2"), user("B"), chain("start", "A", "B"))
    assert case.variables == {"a": 4, "b": 2}


def test_manual_and_undefined_tasks_pass_and_are_remembered() -> None:
    case = run(start(), element("manualTask", "M"), element("task", "T"), user("A"), chain("start", "M", "T", "A"))
    assert case.history("left") == ["start", "M", "T"]


def test_a_service_task_gives_all_and_takes_all_without_a_mapping() -> None:
    case = run(start(), service("A"), user("B"), chain("start", "A", "B"), values={"x": 1})
    job = case.job("A")
    assert (job.kind, job.topic) == ("service", "work")
    inputs = case.execution().service_inputs(job.token, env=case.env(), implicit=case.implicit())
    assert inputs == {"x": 1}
    case.serve("A", y=2)
    assert (case.open, case.variables, case.armed) == (["B"], {"x": 1, "y": 2}, {})


def test_a_mapping_names_what_goes_in_and_out() -> None:
    inner = (
        "<extensionElements><camunda:inputOutput>"
        '<camunda:inputParameter name="n">=x + 1</camunda:inputParameter>'
        '<camunda:inputParameter name="kind">paper</camunda:inputParameter>'
        '<camunda:outputParameter name="number">=answer.id</camunda:outputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    case = run(start(), service("A", "work", inner), user("B"), chain("start", "A", "B"), values={"x": 1})
    inputs = case.execution().service_inputs(case.job("A").token, env=case.env(), implicit=case.implicit())
    assert inputs == {"n": 2, "kind": "paper"}
    case.serve("A", answer={"id": "N7"})
    assert case.variables == {"x": 1, "answer": {"id": "N7"}, "number": "N7"}


@pytest.mark.bpmn("end event: message with a topic", "runs")
def test_sending_a_message_is_work_for_outside() -> None:
    case = run(
        start(),
        element("sendTask", "A", camunda_type="external", camunda_topic="work"),
        element("endEvent", "E", '<messageEventDefinition camunda:type="external" camunda:topic="work"/>'),
        chain("start", "A", "E"),
    )
    case.serve("A")
    assert not case.ended
    case.serve("E")
    assert case.ended


@pytest.mark.bpmn("sub-process", "runs")
def test_a_sub_process_is_left_when_nothing_moves_in_it_and_has_no_scope_of_its_own() -> None:
    inside = sub("S", start("s1"), user("A"), user("B"), chain("s1", "A"), chain("s1", "B"))
    case = run(start(), inside, user("Z"), chain("start", "S", "Z"))
    case.complete("A", x=1)
    case.complete("B")
    assert (case.open, case.variables) == (["Z"], {"x": 1})
    assert case.history("left") == ["start", "s1", "A", "B", "S"]


def test_sub_processes_may_nest_and_be_cancelled_as_a_whole() -> None:
    inner = sub("T", start("t1"), user("A"), boundary("t", "A", timer("timeDuration", "P1D")), chain("t1", "A"))
    case = run(
        start(),
        sub("S", start("s1"), inner, chain("s1", "T")),
        boundary("b", "S", message()),
        user("R"),
        chain("start", "S"),
        chain("b", "R"),
    )
    case.send("hello")
    assert (case.open, case.armed) == (["R"], {})
    assert case.history("cancelled") == ["A", "T", "S"]


def calling(mapping: str, *inside: str) -> Case:
    call = element("callActivity", "C", f"<extensionElements>{mapping}</extensionElements>", calledElement="called")
    called = diagram(process(start("cs"), *inside, id="called"))
    return run(
        start(), call, user("Z"), chain("start", "C", "Z"), values={"x": 1, "secret": 2}, files={"called.bpmn": called}
    )


def test_a_called_process_sees_what_it_is_given_and_nothing_else() -> None:
    case = calling(
        '<camunda:in sourceExpression="=x + 1" target="n"/><camunda:out source="n" target="result"/>',
        user("A"),
        script("add", "n = n + if secret = null then 10 else 100"),
        chain("cs", "A", "add"),
    )
    (task,) = case.tasks.values()
    assert (task.element_id, task.process_id) == ("A", "called")
    assert case.execution().variables(task.scope) == {"n": 2}
    case.complete("A", own=5)
    assert (case.open, case.variables) == (["Z"], {"x": 1, "secret": 2, "result": 12})


def test_a_called_process_may_be_given_everything_and_give_everything_back() -> None:
    both = '<camunda:in variables="all"/><camunda:out variables="all"/>'
    case = calling(both, script("A", "x = x + secret\ny = 9"), chain("cs", "A"))
    assert case.variables == {"x": 3, "secret": 2, "y": 9}


def test_elements_of_called_processes_are_known_to_the_caller() -> None:
    case = calling("", user("A", rongcuo_articles="7"), chain("cs", "A"))
    assert case.definition.elements["A"].articles == ("7",)


def test_a_process_that_calls_itself_for_ever_is_an_incident() -> None:
    call = element("callActivity", "C", calledElement="p")
    case = run(start(), call, chain("start", "C"))
    assert [where for _, where in case.incidents()] == ["C"]


def test_two_files_may_use_the_same_ids() -> None:
    inner = sub("S", start("s1"), user("A"), chain("s1", "A"))
    called = diagram(process(start("cs"), sub("S", start("s1"), user("B"), chain("s1", "B")), chain("cs", "S"), id="q"))
    call = element("callActivity", "C", calledElement="q")
    case = run(start(), inner, call, chain("start", "S", "C"), files={"q.bpmn": called})
    case.complete("A")
    assert case.open == ["B"]


def test_an_unknown_start_is_not_found() -> None:
    with pytest.raises(NotFound):
        Case(package(start(), user("A"), chain("start", "A")).definitions["p"], "other", {})


def test_a_case_begins_at_the_start_that_is_named() -> None:
    definition = package(
        start("one", "", camunda_formRef="f", rongcuo_startGroups="officer, section"),
        start("two"),
        user("A"),
        user("B"),
        chain("one", "A"),
        chain("two", "B"),
        form_ids=["f"],
    ).definitions["p"]
    assert [(event.id, event.form_ref, event.groups) for event in definition.start_events] == [
        ("one", "f", ("officer", "section")),
        ("two", None, ()),
    ]
    assert Case(definition, "two", {}).open == ["B"]


DECISION = b"""
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
  <decision id="level" name="level"><decisionTable hitPolicy="FIRST">
    <input id="i"><inputExpression id="ie"><text>amount</text></inputExpression></input>
    <output id="o" name="level"/><output id="p" name="who"/>
    <rule id="r1"><inputEntry id="a"><text>&lt; 10</text></inputEntry>
      <outputEntry id="b"><text>"low"</text></outputEntry><outputEntry id="c"><text>"clerk"</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="d"><text>-</text></inputEntry>
      <outputEntry id="e"><text>"high"</text></outputEntry><outputEntry id="f"><text>"head"</text></outputEntry></rule>
  </decisionTable></decision>
  <decision id="slow" name="slow">
    <informationRequirement><requiredDecision href="#level"/></informationRequirement>
    <literalExpression><text>level.level = "high"</text></literalExpression>
  </decision>
</definitions>
"""


def decided(**attributes: str) -> Case:
    return run(
        start(),
        element("businessRuleTask", "R", **attributes),
        user("A"),
        chain("start", "R", "A"),
        values={"amount": 50},
        files={"level.dmn": DECISION},
    )


def test_a_decision_gives_its_whole_result_to_one_variable() -> None:
    case = decided(camunda_decisionRef="level", camunda_resultVariable="found")
    assert case.variables["found"] == {"level": "high", "who": "head"}


def test_a_decision_without_a_result_variable_gives_each_output() -> None:
    assert decided(camunda_decisionRef="level").variables == {"amount": 50, "level": "high", "who": "head"}


def test_a_decision_may_require_another() -> None:
    assert decided(camunda_decisionRef="slow").variables["slow"] is True


def test_a_decision_service_may_be_asked_like_a_decision() -> None:
    service = b"""<decisionService id="desk" name="desk"><outputDecision href="#slow"/>
      <inputDecision href="#level"/></decisionService></definitions>"""
    case = run(
        start(),
        element("businessRuleTask", "R", camunda_decisionRef="desk", camunda_resultVariable="found"),
        user("A"),
        chain("start", "R", "A"),
        values={"level": {"level": "high"}},
        files={"level.dmn": DECISION.replace(b"</definitions>", service)},
    )
    assert case.variables["found"] is True


def test_an_item_of_a_multi_instance_may_decide_for_itself() -> None:
    inside = sub(
        "S",
        multi("=[5, 50]", variable="amount", output="levels", gather="=level"),
        start("s1"),
        element("businessRuleTask", "R", camunda_decisionRef="level"),
        exclusive("g", default="g_B"),
        user("A"),
        user("B"),
        chain("s1", "R", "g"),
        flow("g", "A", '=level = "low"'),
        flow("g", "B"),
    )
    case = run(start(), inside, user("Z"), chain("start", "S", "Z"), files={"level.dmn": DECISION})
    assert case.open == ["A", "B"]
    case.complete("B")
    case.complete("A")
    assert case.variables == {"levels": ["low", "high"]}


def test_a_table_that_contradicts_itself_is_an_incident() -> None:
    # the library takes either rule of a UNIQUE table without a word
    twice = DECISION.replace(b'hitPolicy="FIRST"', b'hitPolicy="UNIQUE"')
    case = run(
        start(),
        element("businessRuleTask", "R", camunda_decisionRef="level"),
        user("A"),
        chain("start", "R", "A"),
        values={"amount": 5},
        files={"level.dmn": twice},
    )
    assert [where for _, where in case.incidents()] == ["R"]


def test_an_error_of_a_called_process_reaches_the_caller() -> None:
    called = diagram(
        process(start("cs"), user("A"), element("endEvent", "bad", error()), chain("cs", "A", "bad"), id="q")
    )
    case = run(
        start(),
        element("callActivity", "C", calledElement="q"),
        boundary("b", "C", error()),
        user("R"),
        chain("start", "C"),
        chain("b", "R"),
        files={"q.bpmn": called},
    )
    case.complete("A", own=1)
    assert (case.open, case.rows) == (["R"], {})


def test_a_multi_instance_may_stand_in_another() -> None:
    inner = sub(
        "T",
        multi("pair", variable="n", output="doubled", gather="=twice"),
        start("t1"),
        user("A"),
        script("x", "twice = n * 2"),
        chain("t1", "A", "x"),
    )
    outer = sub(
        "S",
        multi("=[[1, 2], [3]]", variable="pair", output="all", gather="=doubled"),
        start("s1"),
        inner,
        chain("s1", "T"),
    )
    case = run(start(), outer, user("Z"), chain("start", "S", "Z"))
    assert case.open == ["A", "A", "A"]
    for token in sorted(case.tasks, reverse=True):
        case.complete_token(token)
    assert (case.open, case.variables) == (["Z"], {"all": [[2, 4], [6]]})
