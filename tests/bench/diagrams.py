"""Diagrams for measuring: a loop of one task, and blocks of parallel branches in a row."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:rongcuo="https://rongcuo.cn/schema/1.0" targetNamespace="bench" id="definitions">"""


def loop() -> bytes:
    """A task done again and again until `finished`."""
    return f"""{_HEAD}
  <bpmn:process id="loop" name="循环" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:userTask id="work" name="办理" camunda:candidateGroups="clerk"/>
    <bpmn:exclusiveGateway id="again" default="back"/>
    <bpmn:endEvent id="finish"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="work"/>
    <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="again"/>
    <bpmn:sequenceFlow id="back" sourceRef="again" targetRef="work"/>
    <bpmn:sequenceFlow id="out" sourceRef="again" targetRef="finish">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=finished = true</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
  </bpmn:process>
</bpmn:definitions>""".encode()


def blocks(rows: int = 4, branches: int = 10) -> bytes:
    """`rows` parallel blocks one behind the other, each of `branches` manual tasks, then a user task."""
    elements = ['<bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>']
    flows: list[tuple[str, str]] = []
    before = "begin"
    for row in range(rows):
        elements += [f'<bpmn:parallelGateway id="s{row}"/>', f'<bpmn:parallelGateway id="j{row}"/>']
        flows.append((before, f"s{row}"))
        for branch in range(branches):
            elements.append(f'<bpmn:manualTask id="m{row}_{branch}"/>')
            flows += [(f"s{row}", f"m{row}_{branch}"), (f"m{row}_{branch}", f"j{row}")]
        before = f"j{row}"
    elements += ['<bpmn:userTask id="work" camunda:candidateGroups="clerk"/>', '<bpmn:endEvent id="finish"/>']
    flows += [(before, "work"), ("work", "finish")]
    elements += [
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{source}" targetRef="{target}"/>'
        for n, (source, target) in enumerate(flows)
    ]
    return f"""{_HEAD}
  <bpmn:process id="blocks" name="并行" isExecutable="true">{"".join(elements)}</bpmn:process>
</bpmn:definitions>""".encode()
