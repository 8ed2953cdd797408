"""The diagram that a new process begins with: a start, an end and the flow between them."""

from xml.sax.saxutils import quoteattr

from engine.bpmn import xml
from engine.domain.rejection import ProblemsFound

_TEMPLATE = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:rongcuo="https://rongcuo.cn/schema/1.0" id="definitions" targetNamespace="https://rongcuo.cn">
  <bpmn:process id={id} name={name} isExecutable="true">
    <bpmn:startEvent id="start" name="开始"><bpmn:outgoing>flow</bpmn:outgoing></bpmn:startEvent>
    <bpmn:endEvent id="end" name="结束"><bpmn:incoming>flow</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="flow" sourceRef="start" targetRef="end"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement={id}>
      <bpmndi:BPMNShape id="start_shape" bpmnElement="start">
        <dc:Bounds x="180" y="160" width="36" height="36"/>
        <bpmndi:BPMNLabel><dc:Bounds x="187" y="203" width="22" height="14"/></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="end_shape" bpmnElement="end">
        <dc:Bounds x="480" y="160" width="36" height="36"/>
        <bpmndi:BPMNLabel><dc:Bounds x="487" y="203" width="22" height="14"/></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="flow_edge" bpmnElement="flow">
        <di:waypoint x="216" y="178"/><di:waypoint x="480" y="178"/>
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def empty_diagram(process_id: str, name: str) -> bytes:
    """A process that deploys as it is."""
    return _TEMPLATE.format(id=quoteattr(process_id), name=quoteattr(name)).encode()


def process_ids(content: bytes, *, file: str) -> list[str]:
    """Ids of the processes that a file draws, finished or not. Raises ProblemsFound when it is no XML we take."""
    try:
        root = xml.parse(content, file=file)
    except xml.Refused as refused:
        raise ProblemsFound([refused.problem]) from refused
    return [str(process.get("id", "")) for process in xml.children(root, "process")]
