"""Tasks as Camunda 7 draws them: who, expressions, decisions, and what is refused with the way out."""

from datetime import UTC, datetime

import pytest

from engine.domain.actor import Actor
from engine.domain.rejection import Problem
from tests.unit.bpmn.drawing import (
    boundary,
    chain,
    diagram,
    element,
    error,
    package,
    process,
    script,
    service,
    start,
    user,
)
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import after_start, problems


def told(drawn: str) -> list[Problem]:
    """The problems of an element A that follows the start."""
    return problems(start(), chain("start", "A"), drawn)


@pytest.mark.bpmn("user task: camunda assignment", "runs")
def test_expressions_say_who_may_do_a_task_and_until_when() -> None:
    case = run(
        start(),
        user(
            "A",
            camunda_assignee="${boss}",
            camunda_candidateUsers="#{helper},carol",
            camunda_candidateGroups="${groups}",
            camunda_dueDate="${due}",
            camunda_priority="${10 * 7}",
        ),
        chain("start", "A"),
        values={"boss": "bob", "helper": "al", "groups": ["x", "y"], "due": "2026-02-01T09:00:00Z"},
    )
    (task,) = case.tasks.values()
    assert (task.assignee, task.candidate_users, task.candidate_groups) == ("bob", ("al", "carol"), ("x", "y"))
    assert (task.due_at, task.priority) == (datetime(2026, 2, 1, 9, tzinfo=UTC), 70)


@pytest.mark.bpmn("user task: roles of the standard", "runs")
def test_roles_with_expressions_assign_a_task() -> None:
    expression = "<resourceAssignmentExpression><formalExpression>{}</formalExpression></resourceAssignmentExpression>"
    owners = expression.format("user(al), group(office), group(law)")
    roles = f"<humanPerformer>{expression.format('${boss}')}</humanPerformer><potentialOwner>{owners}</potentialOwner>"
    case = run(start(), element("userTask", "A", roles), chain("start", "A"), values={"boss": "bob"})
    (task,) = case.tasks.values()
    assert (task.assignee, task.candidate_users, task.candidate_groups) == ("bob", ("al",), ("office", "law"))


def test_a_role_that_names_nobody_is_refused() -> None:
    assert after_start(user("A", "<potentialOwner><resourceRef>r</resourceRef></potentialOwner>")) == [
        ("task.resource", "A")
    ]


@pytest.mark.bpmn("user task: formKey", "runs")
def test_a_task_whose_form_lives_elsewhere_runs_without_one_and_says_so() -> None:
    (problem,) = told(user("A", camunda_formKey="embedded:app:forms/a.html"))
    assert (problem.key, problem.severity, problem.element_id) == ("form.key", "warning", "A")
    case = run(start(), user("A", camunda_formKey="embedded:x"), user("B"), chain("start", "A", "B"))
    case.complete("A", x=1)
    assert (case.open, case.variables) == (["B"], {"x": 1})


@pytest.mark.parametrize(
    "attribute",
    ["asyncBefore", "asyncAfter", "exclusive", "jobPriority", "taskPriority", "modelerTemplate"],
)
def test_attributes_that_change_no_result_are_passed_over(attribute: str) -> None:
    assert told(service("A").replace(" name=", f' camunda:{attribute}="true" name=', 1)) == []


@pytest.mark.bpmn("service task: camunda:expression", "runs")
def test_a_service_task_may_compute_a_variable() -> None:
    drawn = element("serviceTask", "A", camunda_expression="${x * 2}", camunda_resultVariable="y")
    case = run(start(), drawn, user("B"), chain("start", "A", "B"), values={"x": 4})
    assert (case.open, case.variables) == (["B"], {"x": 4, "y": 8})


@pytest.mark.bpmn("service task: camunda:expression", "runs")
def test_a_service_task_may_set_a_variable_by_a_call() -> None:
    drawn = element("serviceTask", "A", camunda_expression="${execution.setVariable('y', x * 2)}")
    case = run(start(), drawn, user("B"), chain("start", "A", "B"), values={"x": 4})
    assert (case.open, case.variables) == (["B"], {"x": 4, "y": 8})


@pytest.mark.bpmn("script task: one expression with a result variable", "runs")
@pytest.mark.parametrize(("language", "text"), [("feel", "x * 2"), ("feel", "= x * 2"), ("juel", "${x * 2}")])
def test_a_script_with_a_result_variable_is_one_expression(language: str, text: str) -> None:
    drawn = element("scriptTask", "A", f"<script>{text}</script>", scriptFormat=language, camunda_resultVariable="y")
    case = run(start(), drawn, user("B"), chain("start", "A", "B"), values={"x": 4})
    assert case.variables == {"x": 4, "y": 8}


@pytest.mark.parametrize(
    ("drawn", "key", "hint"),
    [
        (element("serviceTask", "A", camunda_class="com.Work"), "extension.java", "camunda:topic"),
        (element("serviceTask", "A", camunda_delegateExpression="${bean}"), "extension.java", "camunda:topic"),
        (element("sendTask", "A", camunda_class="com.Work"), "extension.java", "camunda:topic"),
        (element("businessRuleTask", "A", camunda_class="com.Work"), "extension.java", "camunda:topic"),
        (
            element("serviceTask", "A", "<extensionElements><camunda:connector/></extensionElements>"),
            "extension.java",
            "camunda:topic",
        ),
        (element("serviceTask", "A", camunda_expression="${x.run()}"), "service.result", "resultVariable"),
        (element("scriptTask", "A", "<script>x</script>", scriptFormat="groovy"), "script.language", "feel"),
        (element("scriptTask", "A", "<script>x</script>", scriptFormat="javascript"), "script.language", "feel"),
        (element("scriptTask", "A", "<script>${x}</script>", scriptFormat="juel"), "script.result", "resultVariable"),
        (
            user("A", "<extensionElements><camunda:taskListener event='create' class='x'/></extensionElements>"),
            "extension.listener",
            "scriptTask",
        ),
        (
            service("A", "work", "<extensionElements><camunda:executionListener event='start'/></extensionElements>"),
            "extension.listener",
            "scriptTask",
        ),
    ],
)
@pytest.mark.bpmn("task: Java code, listeners and other scripts", "refused")
def test_what_would_need_java_is_refused_with_the_way_out(drawn: str, key: str, hint: str) -> None:
    (problem,) = told(drawn)
    assert (problem.key, problem.severity, problem.element_id) == (key, "error", "A")
    assert problem.hint is not None
    assert hint.replace("scriptTask", "script task") in problem.hint


DECISION = """
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
  <decision id="{id}" name="{id}"><decisionTable hitPolicy="{policy}">
    <input id="i"><inputExpression id="ie"><text>amount</text></inputExpression></input>
    {outputs}
    <rule id="r1"><inputEntry id="a"><text>&gt; 1</text></inputEntry>{first}</rule>
    <rule id="r2"><inputEntry id="d"><text>&gt; 10</text></inputEntry>{second}</rule>
  </decisionTable></decision>
</definitions>
"""


def entries(*texts: str) -> str:
    return "".join(f"<outputEntry><text>{text}</text></outputEntry>" for text in texts)


ONE = DECISION.format(
    id="one", policy="COLLECT", outputs='<output name="level"/>', first=entries('"a"'), second=entries('"b"')
).encode()
TWO = DECISION.format(
    id="two",
    policy="RULE ORDER",
    outputs='<output name="level"/><output name="who"/>',
    first=entries('"a"', "1"),
    second=entries('"b"', "2"),
).encode()


def decided(decision: str, shape: str, amount: int) -> Case:
    rule = element(
        "businessRuleTask",
        "A",
        camunda_decisionRef=decision,
        camunda_resultVariable="found",
        camunda_mapDecisionResult=shape,
    )
    files = {"one.dmn": ONE, "two.dmn": TWO}
    return run(start(), rule, user("B"), chain("start", "A", "B"), values={"amount": amount}, files=files)


@pytest.mark.parametrize(
    ("decision", "shape", "amount", "result"),
    [
        ("one", "singleEntry", 5, "a"),
        ("one", "singleResult", 5, {"level": "a"}),
        ("one", "collectEntries", 50, ["a", "b"]),
        ("one", "resultList", 50, [{"level": "a"}, {"level": "b"}]),
        ("one", "resultList", 0, []),
        ("one", "singleEntry", 0, None),
        ("two", "singleResult", 5, {"level": "a", "who": 1}),
        ("two", "resultList", 50, [{"level": "a", "who": 1}, {"level": "b", "who": 2}]),
    ],
)
@pytest.mark.bpmn("business rule task: mapDecisionResult", "runs")
def test_the_result_of_a_decision_has_the_shape_that_is_asked_for(
    decision: str, shape: str, amount: int, result: object
) -> None:
    assert decided(decision, shape, amount).variables["found"] == result


@pytest.mark.parametrize(
    ("decision", "shape"), [("one", "singleEntry"), ("two", "singleResult"), ("two", "collectEntries")]
)
def test_a_result_that_does_not_fit_its_shape_is_an_incident(decision: str, shape: str) -> None:
    assert [where for _, where in decided(decision, shape, 50).incidents()] == ["A"]


@pytest.mark.parametrize(
    ("attributes", "key"),
    [
        ({"camunda_decisionRefBinding": "version", "camunda_decisionRefVersion": "3"}, "rule.version"),
        ({"camunda_decisionRefBinding": "versionTag"}, "rule.version"),
        ({"camunda_mapDecisionResult": "everything"}, "rule.shape"),
        ({"camunda_decisionRef": "${which}"}, "rule.computed"),
    ],
)
@pytest.mark.bpmn("business rule task: version binding", "refused")
def test_a_decision_of_another_version_is_refused(attributes: dict[str, str], key: str) -> None:
    drawn = element("businessRuleTask", "A", **({"camunda_decisionRef": "one"} | attributes))
    assert (key, "A") in after_start(drawn, files={"one.dmn": ONE})


@pytest.mark.bpmn("business rule task: external topic", "runs")
def test_a_business_rule_task_may_be_work_for_outside() -> None:
    drawn = element("businessRuleTask", "A", camunda_type="external", camunda_topic="work")
    case = run(start(), drawn, user("B"), chain("start", "A", "B"))
    case.serve("A", verdict="yes")
    assert (case.open, case.variables) == (["B"], {"verdict": "yes"})


@pytest.mark.bpmn("start event: camunda:initiator", "runs")
def test_the_initiator_is_kept_in_a_variable() -> None:
    case = run(start("start", "", camunda_initiator="who"), user("A", camunda_assignee="${who}"), chain("start", "A"))
    assert case.variables == {"who": "alice"}
    assert [task.assignee for task in case.tasks.values()] == ["alice"]


def starters(attributes: str, **of_event: str) -> list[bool]:
    content = diagram(process(start("start", "", **of_event), user("A"), chain("start", "A"), attributes=attributes))
    (event,) = package(files={"p.bpmn": content}).definitions["p"].start_events
    persons = [
        Actor(person_id="al", name="Al", groups=frozenset()),
        Actor(person_id="bo", name="Bo", groups=frozenset({"office"})),
    ]
    return [event.open_to(person) for person in persons]


def test_candidate_starters_of_a_process_may_start_it() -> None:
    both = 'camunda:candidateStarterGroups="office, law" camunda:candidateStarterUsers="al"'
    assert starters(both) == [True, True]
    assert starters('camunda:candidateStarterGroups="office"') == [False, True]
    assert starters("") == [False, False]
    assert starters(f'{both} camunda:isStartableInTasklist="false"') == [False, False]
    assert starters('camunda:candidateStarterGroups="office"', rongcuo_startGroups="law") == [False, False]


ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'


@pytest.mark.bpmn("extensions of Camunda 8", "refused")
def test_a_diagram_for_camunda_8_is_told_what_is_not_executed() -> None:
    inner = f'<extensionElements {ZEEBE}><zeebe:taskDefinition type="pay"/><zeebe:ioMapping/></extensionElements>'
    found = {problem.key: problem for problem in told(service("A", "work", inner))}
    assert list(found) == ["foreign.zeebe"]
    assert "zeebe:ioMapping, zeebe:taskDefinition" in found["foreign.zeebe"].message
    assert "zeebe:ioMapping → camunda:inputOutput" in (found["foreign.zeebe"].hint or "")


@pytest.mark.parametrize(
    ("prefix", "space"), [("flowable", "http://flowable.org/bpmn"), ("activiti", "http://activiti.org/bpmn")]
)
@pytest.mark.bpmn("extensions of Flowable and Activiti", "refused")
def test_a_cousin_is_told_the_camunda_attribute(prefix: str, space: str) -> None:
    drawn = user("A").replace(
        " name=", f' xmlns:{prefix}="{space}" {prefix}:assignee="bob" {prefix}:async="true" name='
    )
    (problem,) = told(drawn)
    assert (problem.key, problem.severity) == ("foreign.prefix", "error")
    assert f"{prefix}:assignee" in problem.message
    assert "camunda:assignee" in (problem.hint or "")
    assert "async" not in problem.message


def test_the_form_key_of_a_cousin_is_only_warned_of() -> None:
    drawn = user("A").replace(" name=", ' xmlns:a="http://activiti.org/bpmn" a:formKey="x" name=')
    assert [(problem.key, problem.severity) for problem in told(drawn)] == [("foreign.prefix", "warning")]


@pytest.mark.bpmn("manual task, undefined task", "runs")
def test_tasks_without_work_may_map_variables() -> None:
    mapping = (
        '<extensionElements><camunda:inputOutput><camunda:outputParameter name="{}">=x + 1</camunda:outputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    case = run(
        start(),
        element("task", "T", mapping.format("y")),
        element("manualTask", "M", mapping.format("z")),
        user("A"),
        chain("start", "T", "M", "A"),
        values={"x": 1},
    )
    assert case.variables == {"x": 1, "y": 2, "z": 2}


@pytest.mark.bpmn("data association with an assignment", "refused")
def test_data_lines_are_pictures_unless_they_tell_how_to_change_data() -> None:
    line = "<dataInputAssociation><sourceRef>d</sourceRef><targetRef>p</targetRef>{}</dataInputAssociation>"
    picture = '<ioSpecification><dataInput id="i1"/><inputSet/><outputSet/></ioSpecification><property id="p"/>'
    assert after_start(script("A", "x = 1", picture + line.format(""))) == []
    change = "<assignment><from>1</from><to>x</to></assignment>"
    assert after_start(script("A", "x = 1", picture + line.format(change))) == [("data.association", "A")]


def with_errors(*definitions: str) -> str:
    return service("A", "work", f"<extensionElements>{''.join(definitions)}</extensionElements>")


def error_when(expression: str, reference: str = "error_broken") -> str:
    return f'<camunda:errorEventDefinition errorRef="{reference}" expression="{expression}"/>'


@pytest.mark.bpmn("service task: camunda:errorEventDefinition", "runs")
def test_what_comes_back_from_outside_may_mean_an_error() -> None:
    drawn = with_errors(error_when("${status == 'other'}", "error_other"), error_when("${status == 'bad'}"))
    elements = (start(), drawn, boundary("b", "A", error("broken")), user("B"), user("R"))
    flows = (chain("start", "A", "B"), chain("b", "R"))
    case = run(*elements, *flows)
    case.serve("A", status="good")
    assert case.open == ["B"]
    case = run(*elements, *flows)
    case.serve("A", status="bad")
    assert (case.open, case.armed, case.variables) == (["R"], {}, {"status": "bad"})
    case = run(*elements, *flows)
    case.serve("A", status="other")
    assert [where for _, where in case.incidents()] == ["A"]


@pytest.mark.parametrize(
    "definition", [error_when("${externalTask.retries == 0}"), error_when("${x}", "error_nowhere"), error_when("")]
)
def test_an_error_that_cannot_be_told_from_what_comes_back_is_refused(definition: str) -> None:
    assert after_start(with_errors(definition)) == [("service.error", "A")]


def test_expressions_may_ask_for_the_number_of_the_case() -> None:
    case = run(start(), user("A", camunda_assignee="${execution.processBusinessKey}"), chain("start", "A"))
    assert [task.assignee for task in case.tasks.values()] == ["N1"]
