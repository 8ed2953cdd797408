"""The oddities of other vendors' files, each in a small file of our own: read, reported, never a broken stack."""

import os
from pathlib import Path

import pytest

from engine.bpmn.deployment import lint, read
from engine.domain.rejection import Problem
from tests.unit.bpmn.running import Case

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def report(content: str | bytes) -> list[Problem]:
    data = content.encode() if isinstance(content, str) else content
    return lint({"v.bpmn": data}, form_ids=(), groups=None, topics=None, whole=False)


def keys(content: str | bytes) -> list[tuple[str, str | None]]:
    return [(problem.key, problem.element_id) for problem in report(content)]


def running(content: str, start_event: str = "s") -> Case:
    definitions = read({"v.bpmn": content.encode()}, form_ids=(), groups=None).definitions
    (definition,) = definitions.values()
    return Case(definition, start_event, {})


PREFIXED = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!-- a tool wrote this -->
<?tool hint?>
<semantic:definitions xmlns:semantic="{MODEL}" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
    xmlns:vendor="http://vendor.example/x" exporter="Tool" expressionLanguage="http://www.w3.org/1999/XPath"
    targetNamespace="urn:x" vendor:secret="1">
  <semantic:import importType="http://www.w3.org/2001/XMLSchema" location="http://localhost:1/x.xsd" namespace="x"/>
  <semantic:itemDefinition id="i" structureRef="xs:string"/>
  <semantic:collaboration id="c"><semantic:participant id="pool" processRef="p"/></semantic:collaboration>
  <semantic:process id="p" isExecutable="1" processType="Private" isClosed="false">
    <semantic:extensionElements><vendor:meta a="b"><vendor:deep/></vendor:meta></semantic:extensionElements>
    <semantic:documentation textFormat="text/html">&lt;p&gt;x&lt;/p&gt;</semantic:documentation>
    <semantic:laneSet id="ls"><semantic:lane id="l" name="Office"><semantic:flowNodeRef>u</semantic:flowNodeRef>
      <semantic:childLaneSet id="cls"><semantic:lane id="l2" name="Desk"><semantic:flowNodeRef>u</semantic:flowNodeRef>
      </semantic:lane></semantic:childLaneSet></semantic:lane></semantic:laneSet>
    <semantic:ioSpecification id="io"><semantic:inputSet/><semantic:outputSet/></semantic:ioSpecification>
    <semantic:dataObject id="d" isCollection="false"/><semantic:dataObjectReference id="dr" dataObjectRef="d"/>
    <semantic:startEvent id="s"><semantic:outgoing>f1</semantic:outgoing></semantic:startEvent>
    <semantic:sequenceFlow id="f1" sourceRef="s" targetRef="u"/>
    <semantic:userTask id="u" name="Do&#10;it" implementation="##unspecified" startQuantity="1">
      <semantic:extensionElements><vendor:x/></semantic:extensionElements>
      <semantic:property id="pr"/>
      <semantic:dataInputAssociation id="a"><semantic:sourceRef>dr</semantic:sourceRef>
        <semantic:targetRef>pr</semantic:targetRef></semantic:dataInputAssociation>
    </semantic:userTask>
    <semantic:sequenceFlow id="f2" sourceRef="u" targetRef="e"/>
    <semantic:endEvent id="e"/>
    <semantic:textAnnotation id="t"><semantic:text>note</semantic:text></semantic:textAnnotation>
    <semantic:association id="as" sourceRef="u" targetRef="t"/>
    <semantic:group id="g" categoryValueRef="cv"/>
  </semantic:process>
  <di:BPMNDiagram/>
</semantic:definitions>"""


def test_prefixes_comments_instructions_pictures_and_vendor_data_are_no_obstacle() -> None:
    assert keys(PREFIXED) == [("task.nobody", "u")]
    case = running(PREFIXED)
    (task,) = case.tasks.values()
    assert (task.name, task.lane) == ("Do\nit", "Desk")
    case.complete("u")
    assert case.ended


def test_elements_of_no_namespace_or_of_an_older_bpmn_are_no_diagram() -> None:
    assert keys("<definitions><process id='p'/></definitions>") == [("bpmn.root", None)]
    assert keys(PREFIXED.replace(MODEL, "http://schema.omg.org/spec/BPMN/2.0")) == [("bpmn.root", None)]
    assert keys("<Package xmlns='http://www.wfmc.org/2009/XPDL2.2'/>") == [("bpmn.root", None)]


def plain(body: str, attributes: str = 'id="p" isExecutable="true"') -> str:
    return f'<definitions xmlns="{MODEL}"><process {attributes}>{body}</process></definitions>'


def test_missing_ids_are_told_for_each_element() -> None:
    body = '<startEvent id="s"/><task name="nameless"/><task/><sequenceFlow sourceRef="s" targetRef="s"/>'
    found = [(problem.key, problem.element_name) for problem in report(plain(body))]
    assert found.count(("bpmn.no_id", None)) == 2


def test_a_process_without_id_is_told() -> None:
    assert ("bpmn.no_id", None) in keys(plain('<startEvent id="s"/><task id="t"/>', 'isExecutable="true"'))


def test_ids_with_blanks_and_signs_are_told_and_those_with_other_letters_are_fine() -> None:
    body = '<startEvent id="{0}"/><task id="审批_Ä"/><sequenceFlow id="f" sourceRef="{0}" targetRef="审批_Ä"/>'
    assert keys(plain(body.format("s"))) == []
    assert ("bpmn.id", "a b") in keys(plain(body.format("a b")))
    assert ("bpmn.id", "{1-2}") in keys(plain(body.format("{1-2}")))


def test_flows_that_lead_nowhere_are_told_with_their_ends() -> None:
    body = '<startEvent id="s"/><task id="t"/><sequenceFlow id="f" sourceRef="s"/><sequenceFlow id="g" targetRef="t"/>'
    assert [key for key in keys(plain(body)) if key[0] == "flow.ends"] == [("flow.ends", "f"), ("flow.ends", "g")]


def test_references_with_a_namespace_prefix_are_found() -> None:
    content = plain(
        '<startEvent id="s"/><receiveTask id="r" messageRef="tns:m"/><sequenceFlow id="f" sourceRef="s" targetRef="r"/>'
    ).replace("<process", '<message id="m" name="hello"/><process')
    assert keys(content) == []


def test_conditions_of_another_language_are_told_once() -> None:
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g" default="d"/><task id="a"/><task id="b"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="g"/><sequenceFlow id="d" sourceRef="g" targetRef="b"/>'
        '<sequenceFlow id="c" sourceRef="g" targetRef="a">'
        '<conditionExpression language="http://www.w3.org/1999/XPath">getDataObject("x") = 1</conditionExpression>'
        "</sequenceFlow>"
    )
    assert keys(plain(body)) == [("expression.language", "c")]


def test_what_follows_from_a_problem_is_not_told_again() -> None:
    body = (
        '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition/></intermediateCatchEvent>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
    )
    assert keys(plain(body)) == [("timer.empty", "t")]
    zeebe = (
        '<startEvent id="s"/><serviceTask id="t"><extensionElements xmlns:z="http://camunda.org/schema/zeebe/1.0">'
        '<z:taskDefinition type="x"/></extensionElements></serviceTask>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
    )
    assert keys(plain(zeebe)) == [("foreign.zeebe", "t")]


@pytest.mark.parametrize("kind", ["complexGateway", "adHocSubProcess", "choreographyTask"])
@pytest.mark.bpmn("complex gateway, ad-hoc sub-process, choreography", "refused")
def test_elements_that_do_not_run_are_refused_with_what_to_draw_instead(kind: str) -> None:
    (problem,) = [each for each in report(plain(f'<startEvent id="s"/><{kind} id="x"/>')) if each.element_id == "x"]
    assert problem.key == "element.unsupported"
    assert problem.hint


def test_a_file_of_choreographies_or_conversations_has_no_process() -> None:
    content = f'<definitions xmlns="{MODEL}"><choreography id="c"/><collaboration id="k"/></definitions>'
    assert keys(content) == [("bpmn.no_process", None)]


def test_an_element_of_a_vendor_among_the_flow_elements_is_passed_over() -> None:
    body = '<startEvent id="s"/><v:node xmlns:v="urn:v" id="v"/><task id="t"/>'
    assert keys(plain(body + '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>')) == []


MIWG = os.environ.get("RONGCUO_MIWG_DIR", "")


@pytest.mark.skipif(not MIWG, reason="RONGCUO_MIWG_DIR names no folder with the BPMN MIWG test suite")
def test_the_suite_of_the_model_interchange_working_group_is_read_whole() -> None:
    files = sorted(Path(MIWG).rglob("*.bpmn"))
    assert files
    for file in files:
        for problem in lint({file.name: file.read_bytes()}, form_ids=(), groups=None, topics=None, whole=False):
            assert problem.message
            assert problem.hint
            assert problem.element_id is not None or problem.key in {"bpmn.no_id", "bpmn.no_process", "xml.syntax"}
