"""Draw small BPMN files for tests: each function gives the XML of one element."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from engine.bpmn.deployment import Package, read

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:rongcuo="https://rongcuo.cn/schema/1.0" '
    'targetNamespace="http://test">'
)


def element(kind: str, id: str, inner: str = "", /, **attributes: str) -> str:
    """An element; `camunda_x` and `rongcuo_x` become prefixed attributes."""
    texts = [f'{name.replace("_", ":", 1)}="{_escaped(value)}"' for name, value in attributes.items()]
    return f'<{kind} id="{id}" name="{id}" {" ".join(texts)}>{inner}</{kind}>'


def start(id: str = "start", inner: str = "", /, **attributes: str) -> str:
    return element("startEvent", id, inner, **attributes)


def end(id: str = "end", inner: str = "") -> str:
    return element("endEvent", id, inner)


def user(id: str, inner: str = "", /, **attributes: str) -> str:
    return element("userTask", id, inner, **({"camunda_candidateGroups": "clerks"} | attributes))


def script(id: str, text: str, inner: str = "") -> str:
    return element("scriptTask", id, f"{inner}<script>{_escaped(text)}</script>", scriptFormat="feel")


def service(id: str, topic: str = "work", inner: str = "") -> str:
    return element("serviceTask", id, inner, camunda_type="external", camunda_topic=topic)


def exclusive(id: str, **attributes: str) -> str:
    return element("exclusiveGateway", id, **attributes)


def parallel(id: str) -> str:
    return element("parallelGateway", id)


def inclusive(id: str, **attributes: str) -> str:
    return element("inclusiveGateway", id, **attributes)


def sub(id: str, *inner: str, **attributes: str) -> str:
    return element("subProcess", id, "".join(inner), **attributes)


def handler(id: str, *inner: str) -> str:
    """An event sub-process."""
    return sub(id, *inner, triggeredByEvent="true")


def boundary(id: str, host: str, trigger: str, *, interrupting: bool = True) -> str:
    return element("boundaryEvent", id, trigger, attachedToRef=host, cancelActivity=str(interrupting).lower())


def catch(id: str, trigger: str) -> str:
    return element("intermediateCatchEvent", id, trigger)


def throw(id: str, trigger: str) -> str:
    return element("intermediateThrowEvent", id, trigger)


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{_escaped(text)}</{kind}></timerEventDefinition>"


def message(name: str = "hello") -> str:
    return f'<messageEventDefinition messageRef="message_{name}"/>'


def signal(name: str = "alarm") -> str:
    return f'<signalEventDefinition signalRef="signal_{name}"/>'


def condition(text: str, variable: str = "") -> str:
    only = f' camunda:variableName="{variable}"' if variable else ""
    return f"<conditionalEventDefinition{only}><condition>{_escaped(text)}</condition></conditionalEventDefinition>"


def error(code: str | None = "broken") -> str:
    return "<errorEventDefinition/>" if code is None else f'<errorEventDefinition errorRef="error_{code}"/>'


def escalation(code: str = "slow") -> str:
    return f'<escalationEventDefinition escalationRef="escalation_{code}"/>'


def multi(
    collection: str | None = None,
    *,
    variable: str = "item",
    sequential: bool = False,
    cardinality: str = "",
    until: str = "",
    output: str = "",
    gather: str = "",
) -> str:
    attributes = f'isSequential="{str(sequential).lower()}"'
    if collection:
        attributes += f' camunda:collection="{_escaped(collection)}" camunda:elementVariable="{variable}"'
    if output:
        attributes += f' rongcuo:outputCollection="{output}" rongcuo:outputElement="{_escaped(gather)}"'
    inner = f"<loopCardinality>{_escaped(cardinality)}</loopCardinality>" if cardinality else ""
    inner += f"<completionCondition>{_escaped(until)}</completionCondition>" if until else ""
    return f"<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"


def chain(*ids: str) -> str:
    """Flows from each element to the next, called `a_b`."""
    return "".join(flow(source, target) for source, target in pairwise(ids))


def flow(source: str, target: str, condition: str | None = None, *, id: str | None = None) -> str:
    inner = ""
    if condition is not None:
        inner = f'<conditionExpression xsi:type="tFormalExpression">{_escaped(condition)}</conditionExpression>'
    name = id or f"{source}_{target}"
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def process(*inner: str, id: str = "p", attributes: str = "") -> str:
    return f'<process id="{id}" name="{id}" isExecutable="true" {attributes}>{"".join(inner)}</process>'


def diagram(*processes: str) -> bytes:
    """A whole file; messages, signals, errors and escalations of the usual names are defined."""
    known = "".join(f'<message id="message_{name}" name="{name}"/>' for name in ("hello", "again"))
    known += '<signal id="signal_alarm" name="alarm"/>'
    known += "".join(f'<error id="error_{code}" name="{code}" errorCode="{code}"/>' for code in ("broken", "other"))
    known += '<escalation id="escalation_slow" name="slow" escalationCode="slow"/>'
    return f"{HEAD}{known}{''.join(processes)}</definitions>".encode()


def package(*inner: str, files: Mapping[str, bytes] | None = None, **known: Any) -> Package:
    """A package with the process `p` of these elements and further files."""
    options: dict[str, Any] = {"form_ids": (), "groups": None, "topics": ("work",)} | known
    drawn = {"p.bpmn": diagram(process(*inner))} if inner else {}
    return read(drawn | dict(files or {}), **options)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
