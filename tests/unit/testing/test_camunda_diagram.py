"""A diagram as Camunda Modeler writes it for Camunda 7 runs unchanged, on the real services."""

import pytest

from engine.testing import Scenario

INVOICE = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn"
    exporter="Camunda Modeler" exporterVersion="5.0.0" modeler:executionPlatform="Camunda Platform"
    modeler:executionPlatformVersion="7.18.0">
  <bpmn:process id="invoice" name="Invoice" isExecutable="true" camunda:versionTag="V2.0"
      camunda:historyTimeToLive="P30D" camunda:candidateStarterGroups="accounting">
    <bpmn:startEvent id="received" camunda:initiator="starter" camunda:asyncBefore="true">
      <bpmn:outgoing>Flow_1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="received" targetRef="approve" />
    <bpmn:userTask id="approve" name="Approve" camunda:assignee="${approver}"
        camunda:formKey="embedded:app:approve.html" camunda:dueDate="${dateTime().plusDays(7)}">
      <bpmn:extensionElements>
        <camunda:inputOutput>
          <camunda:inputParameter name="limit">${amount * 2}</camunda:inputParameter>
          <camunda:inputParameter name="facts">
            <camunda:map><camunda:entry key="kind">invoice</camunda:entry></camunda:map>
          </camunda:inputParameter>
          <camunda:outputParameter name="accepted">${approved == true and limit &gt; 10}</camunda:outputParameter>
        </camunda:inputOutput>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="approve" targetRef="accepted_gate" />
    <bpmn:exclusiveGateway id="accepted_gate" default="Flow_4" />
    <bpmn:sequenceFlow id="Flow_3" name="yes" sourceRef="accepted_gate" targetRef="sum">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${accepted}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_4" name="no" sourceRef="accepted_gate" targetRef="rejected" />
    <bpmn:serviceTask id="sum" camunda:expression="${amount + 1}" camunda:resultVariable="total" />
    <bpmn:sequenceFlow id="Flow_5" sourceRef="sum" targetRef="review" />
    <bpmn:userTask id="review" name="Review" camunda:assignee="${reviewer}">
      <bpmn:multiInstanceLoopCharacteristics camunda:collection="reviewers" camunda:elementVariable="reviewer">
        <bpmn:completionCondition xsi:type="bpmn:tFormalExpression"
          >${nrOfCompletedInstances &gt;= 2}</bpmn:completionCondition>
      </bpmn:multiInstanceLoopCharacteristics>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="Flow_6" sourceRef="review" targetRef="paid" />
    <bpmn:endEvent id="paid" />
    <bpmn:endEvent id="rejected" />
  </bpmn:process>
</bpmn:definitions>
"""


def started() -> Scenario:
    scenario = Scenario(INVOICE)
    scenario.start("invoice", {"amount": 7, "approver": "bob", "reviewers": ["al", "bo", "cy"]})
    return scenario


@pytest.mark.bpmn("a diagram of Camunda Modeler", "runs")
def test_an_accepted_invoice_is_reviewed_by_two_of_three() -> None:
    scenario = started()
    (task,) = scenario.tasks()
    assert (task.element_id, task.assignee) == ("approve", "bob")
    assert (task.variables["limit"], task.variables["facts"]) == (14, {"kind": "invoice"})
    scenario.complete("approve", {"approved": True})
    assert [task.assignee for task in scenario.tasks()] == ["al", "bo", "cy"]
    assert "limit" not in scenario.variables
    scenario.complete("review")
    scenario.complete("review")
    assert scenario.ended
    assert scenario.path[-1] == "paid"
    assert (scenario.variables["accepted"], scenario.variables["total"]) == (True, 8)


def test_an_invoice_that_is_not_approved_ends() -> None:
    scenario = started()
    scenario.complete("approve", {"approved": False})
    assert (scenario.ended, scenario.path[-1]) == (True, "rejected")
