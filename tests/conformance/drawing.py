"""Small diagrams for the conformance tests: elements as text, flows as `a>b`."""

from engine.testing import Scenario

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:rongcuo="https://rongcuo.cn/schema/1.0" targetNamespace="test" id="definitions">
  <bpmn:message id="M" name="msg"/><bpmn:signal id="S" name="sig"/><bpmn:error id="E" name="Err" errorCode="err"/>
  <bpmn:escalation id="X" name="Esc" escalationCode="esc"/>"""

DEFINITIONS = {
    "none": "",
    "message": '<bpmn:messageEventDefinition messageRef="M"/>',
    "timer": "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>",
    "signal": '<bpmn:signalEventDefinition signalRef="S"/>',
    "error": '<bpmn:errorEventDefinition errorRef="E"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="X"/>',
    "conditional": "<bpmn:conditionalEventDefinition><bpmn:condition>=go = true</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>",
    "compensation": "<bpmn:compensateEventDefinition/>",
    "cancel": "<bpmn:cancelEventDefinition/>",
    "terminate": "<bpmn:terminateEventDefinition/>",
    "link": '<bpmn:linkEventDefinition name="L"/>',
}


def process(*parts: str, id_: str = "p") -> bytes:
    """A file with one process."""
    return f"""{HEAD}<bpmn:process id="{id_}" isExecutable="true">{"".join(parts)}</bpmn:process>
    </bpmn:definitions>""".encode()


def start(id_: str = "start", event: str = "none", **attributes: str) -> str:
    return _element("startEvent", id_, DEFINITIONS[event], attributes)


def end(id_: str = "end", event: str = "none") -> str:
    return _element("endEvent", id_, DEFINITIONS[event], {})


def catch(id_: str, event: str) -> str:
    return _element("intermediateCatchEvent", id_, DEFINITIONS[event], {})


def throw(id_: str, event: str) -> str:
    return _element("intermediateThrowEvent", id_, DEFINITIONS[event], {})


def boundary(id_: str, host: str, event: str, *, interrupting: bool = True) -> str:
    attributes = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    return _element("boundaryEvent", id_, DEFINITIONS[event], attributes)


def task(id_: str, inside: str = "", kind: str = "userTask", **attributes: str) -> str:
    """A user task, or another kind of activity; `_` in the name of an attribute stands for `:`."""
    return _element(kind, id_, inside, attributes)


def gateway(id_: str, kind: str, **attributes: str) -> str:
    return _element(f"{kind}Gateway", id_, "", attributes)


def sub_process(id_: str, *parts: str, kind: str = "subProcess", **attributes: str) -> str:
    return _element(kind, id_, "".join(parts), attributes)


def script(id_: str, text: str) -> str:
    return task(id_, f"<bpmn:script>{text}</bpmn:script>", kind="scriptTask", scriptFormat="feel")


def flows(*pairs: str) -> str:
    """`a>b`, or `a>b|condition`; the id of a flow is `a-b`."""
    drawn = []
    for pair in pairs:
        ends, _, condition = pair.partition("|")
        source, target = ends.split(">")
        inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
        drawn.append(_element("sequenceFlow", f"{source}-{target}", inner, {"sourceRef": source, "targetRef": target}))
    return "".join(drawn)


def association(source: str, target: str) -> str:
    return f'<bpmn:association id="as-{source}" sourceRef="{source}" targetRef="{target}" associationDirection="One"/>'


def happen(scenario: Scenario, event: str) -> None:
    """Let what an event of this kind waits for happen."""
    match event:
        case "message":
            scenario.message("msg")
        case "timer":
            scenario.advance("PT1H")
        case "signal":
            scenario.signal("sig")
        case "conditional":
            scenario.set_variables({"go": True})


def _element(tag: str, id_: str, inside: str, attributes: dict[str, str]) -> str:
    written = "".join(f' {name.replace("_", ":", 1)}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{tag} id="{id_}"{written}>{inside}</bpmn:{tag}>'
