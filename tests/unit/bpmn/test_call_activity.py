"""Call activities: which process, which version, and which variables go over."""

import pytest

from tests.unit.bpmn.drawing import chain, diagram, element, message, package, process, script, start, user
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import found, problems


def called(id: str, *inner: str, attributes: str = "") -> dict[str, bytes]:
    """A file with a process that doubles `n`, or holds these elements behind its start `cs`."""
    drawn = inner or (script("double", "n = n * 2"), chain("cs", "double"))
    return {f"{id}.bpmn": diagram(process(start("cs"), *drawn, id=id, attributes=attributes))}


def call(mapping: str = "", **attributes: str) -> str:
    return element(
        "callActivity",
        "A",
        f"<extensionElements>{mapping}</extensionElements>",
        **({"calledElement": "q"} | attributes),
    )


def calling(drawn: str, files: dict[str, bytes], **values: object) -> Case:
    return run(start(), drawn, user("Z"), chain("start", "A", "Z"), values=values, files=files)


def refused(drawn: str, files: dict[str, bytes]) -> list[tuple[str, str | None]]:
    return found(start(), drawn, chain("start", "A"), files=files)


BOTH = '<camunda:in source="x" target="n"/><camunda:out source="n" target="y"/>'


@pytest.mark.bpmn("call activity: data mapping", "runs")
def test_sources_and_expressions_go_in_and_come_out() -> None:
    assert calling(call(BOTH), called("q"), x=4).variables == {"x": 4, "y": 8}
    formulas = (
        '<camunda:in sourceExpression="${x + 1}" target="n"/><camunda:out sourceExpression="#{n + 1}" target="y"/>'
    )
    assert calling(call(formulas), called("q"), x=4).variables == {"x": 4, "y": 11}


@pytest.mark.bpmn("call activity: all variables", "runs")
def test_all_variables_may_go_over_and_single_ones_besides() -> None:
    everything = '<camunda:in variables="all"/><camunda:in sourceExpression="=5" target="n"/>'
    assert calling(call(everything + '<camunda:out source="n" target="y"/>'), called("q"), n=1).variables == {
        "n": 1,
        "y": 10,
    }
    back = called("q", script("t", "n = n + 1\nm = 3"), chain("cs", "t"))
    assert calling(call('<camunda:in variables="all"/><camunda:out variables="all"/>'), back, n=1).variables == {
        "n": 2,
        "m": 3,
    }


@pytest.mark.parametrize(
    "mapping", ['<camunda:in source="x"/>', '<camunda:in target="n"/>', '<camunda:out sourceExpression="=n"/>']
)
def test_half_a_mapping_is_refused(mapping: str) -> None:
    assert refused(call(mapping), called("q")) == [("call.mapping", "A")]


def test_the_business_key_of_the_case_goes_over_by_itself_and_another_is_warned_of() -> None:
    own = '<camunda:in businessKey="#{execution.processBusinessKey}"/>'
    assert refused(call(own), called("q")) == []
    (problem,) = problems(start(), call('<camunda:in businessKey="${x}"/>'), chain("start", "A"), files=called("q"))
    assert (problem.key, problem.severity) == ("call.business_key", "warning")


@pytest.mark.bpmn("call activity: version binding", "runs")
@pytest.mark.parametrize(
    "binding",
    [
        {},
        {"camunda_calledElementBinding": "latest"},
        {"camunda_calledElementBinding": "deployment"},
        {"camunda_calledElementBinding": "versionTag", "camunda_calledElementVersionTag": "2.0"},
    ],
)
def test_the_process_of_the_same_deployment_is_called(binding: dict[str, str]) -> None:
    files = called("q", attributes='camunda:versionTag="2.0"')
    assert calling(call(BOTH, **binding), files, x=4).variables == {"x": 4, "y": 8}


@pytest.mark.bpmn("call activity: version binding by number", "refused")
@pytest.mark.parametrize(
    "binding",
    [
        {"camunda_calledElementBinding": "version", "camunda_calledElementVersion": "3"},
        {"camunda_calledElementBinding": "versionTag"},
        {"camunda_calledElementBinding": "versionTag", "camunda_calledElementVersionTag": "1.0"},
    ],
)
def test_a_version_that_is_not_in_the_deployment_is_refused(binding: dict[str, str]) -> None:
    files = called("q", attributes='camunda:versionTag="2.0"')
    assert refused(call(BOTH, **binding), files) == [("call.version", "A")]


@pytest.mark.bpmn("call activity: process chosen by expression", "runs")
def test_an_expression_may_choose_the_process_when_the_call_is_reached() -> None:
    files = called("q") | called("r", user("A2"), script("t", "n = -1"), chain("cs", "A2", "t"))
    drawn = call(BOTH, calledElement="${which}")
    assert calling(drawn, files, x=4, which="q").variables == {"x": 4, "which": "q", "y": 8}
    case = calling(drawn, files, x=4, which="r")
    assert case.open == ["A2"]
    assert "A2" in case.definition.elements
    case.complete("A2")
    assert (case.open, case.variables["y"]) == (["Z"], -1)


@pytest.mark.parametrize("which", ["nowhere", "waits", "p/A", None, 5])
def test_a_chosen_process_that_cannot_be_called_is_an_incident(which: object) -> None:
    files = called("q") | {
        "waits.bpmn": diagram(process(start("ws", message()), user("W"), chain("ws", "W"), id="waits"))
    }
    case = calling(call(calledElement="${which}"), files, which=which)
    assert [where for _, where in case.incidents()] == ["A"]


@pytest.mark.bpmn("call activity: CMMN case, Java mapping", "refused")
def test_calls_of_java_and_cmmn_are_refused() -> None:
    assert refused(call(camunda_variableMappingClass="com.Mapping"), called("q")) == [("extension.java", "A")]
    assert refused(call(camunda_caseRef="c"), called("q")) == [("call.case", "A")]


def test_a_process_that_calls_itself_without_end_stops_at_an_incident_that_names_the_call() -> None:
    case = run(start(), call("", calledElement="p"), chain("start", "A"))
    (raised,) = case.last.incidents
    assert raised.element_id == "A"
    assert "without end" in raised.message


def test_two_processes_that_call_each_other_without_end_stop_too() -> None:
    other = called("q", element("callActivity", "B", calledElement="p"), chain("cs", "B"))
    case = calling(call(), other)
    assert [where for _, where in case.incidents()] in (["A"], ["B"])


def test_a_process_that_calls_itself_until_it_is_done_runs() -> None:
    content = diagram(
        process(
            start("cs"),
            element("exclusiveGateway", "g", default="g_done"),
            element(
                "callActivity",
                "A",
                '<extensionElements><camunda:in sourceExpression="=n - 1" target="n"/>'
                '<camunda:out source="total" target="total"/></extensionElements>',
                calledElement="q",
            ),
            script("add", "total = total + n"),
            script("done", "total = 0"),
            '<sequenceFlow id="g_A" sourceRef="g" targetRef="A"><conditionExpression>=n &gt; 0</conditionExpression>'
            "</sequenceFlow>",
            chain("cs", "g", "done"),
            chain("A", "add"),
            id="q",
        )
    )
    definition = package(files={"q.bpmn": content}).definitions["q"]
    case = Case(definition, "cs", {"n": 10})
    assert (case.ended, case.variables["total"]) == (True, 55)
