"""Read event definitions: what an event waits for or throws."""

from engine.bpmn import xml
from engine.bpmn.diagram import Trigger
from engine.bpmn.problems import Problems
from engine.bpmn.timers import literal_problem

_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_ALLOWED = {
    "startEvent": {"timer", "message", "signal", "error", "escalation"},
    "endEvent": {"message", "signal", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"timer", "message", "signal", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link"},
    "boundaryEvent": {"timer", "message", "signal", "error", "escalation"},
}


class Definitions:
    """Messages, signals, errors and escalations of a file by id."""

    def __init__(self, root: xml.Node, problems: Problems) -> None:
        self._problems = problems
        self._root = root
        self._found = {
            (kind, node.get("id")): node
            for kind in ("message", "signal", "error", "escalation")
            for node in xml.children(root, kind)
        }

    def by_id(self, element_id: str) -> xml.Node | None:
        return next((node for node in self._root.iter() if node.get("id") == element_id), None)

    def get(self, kind: str, reference: str | None, node: xml.Node) -> xml.Node | None:
        """The referenced definition; a reference to nothing is a problem."""
        if not reference:
            return None
        found = self._found.get((kind, reference.rpartition(":")[2]))
        if found is None:
            self._problems.error("event.reference", f"{kind} '{reference}' 没有定义。 It is not defined.", node)
        return found


def read_trigger(node: xml.Node, definitions: Definitions, problems: Problems) -> Trigger | None:
    """The trigger of an event or receive task; None for a none event and for all else."""
    kind = xml.tag(node)
    if kind == "receiveTask":
        return _message(node, definitions, problems, node)
    allowed = _ALLOWED.get(kind)
    if allowed is None:
        return None
    found = [child for child in node if xml.tag(child).endswith("EventDefinition")]
    if len(found) > 1:
        problems.error("event.several", "一个事件只能有一个触发条件。 An event may have one trigger only.", node)
    for definition in found:
        what = xml.tag(definition).removesuffix("EventDefinition")
        if what not in allowed:
            problems.error("event.unsupported", f"{kind} 不支持 {what}。 This event does not run here.", node)
            return None
        return _trigger(what, definition, definitions, problems, node)
    return None


def _trigger(
    what: str, definition: xml.Node, definitions: Definitions, problems: Problems, node: xml.Node
) -> Trigger | None:
    match what:
        case "timer":
            return _timer(definition, problems, node)
        case "message":
            return _message(definition, definitions, problems, node)
        case "signal":
            signal = definitions.get("signal", definition.get("signalRef"), node)
            name = None if signal is None else signal.get("name")
            if not name:
                problems.error("event.name", "信号没有名称。 The signal has no name.", node)
            return Trigger(kind="signal", name=name or "")
        case "error" | "escalation":
            referenced = definitions.get(what, definition.get(f"{what}Ref"), node)
            code = None if referenced is None else referenced.get(f"{what}Code") or referenced.get("name")
            if code is None and xml.tag(node).endswith(("endEvent", "ThrowEvent")):
                problems.error("event.code", f"抛出的 {what} 没有代码。 What is thrown has no code.", node)
            return Trigger(kind=what, code=code)
        case "link":
            name = definition.get("name") or ""
            if not name:
                problems.error("event.name", "链接没有名称。 The link has no name.", node)
            return Trigger(kind="link", name=name)
    return Trigger(kind=what)


def _timer(definition: xml.Node, problems: Problems, node: xml.Node) -> Trigger | None:
    for tag, kind in _TIMES.items():
        child = xml.child(definition, tag)
        if child is None:
            continue
        text = xml.text(child)
        time = problems.template(text, node)
        if time is None:
            break
        if not text.startswith("=") and "${" not in text:
            wrong = literal_problem(kind, text)
            if wrong:
                problems.error("timer.literal", f"定时器 {text!r}: {wrong}", node)
        if kind == "cycle" and xml.tag(node) == "intermediateCatchEvent":
            problems.error("timer.cycle", "中间事件只等一次，不能用周期。 A catch event waits once only.", node)
        return Trigger(kind="timer", timer=kind, time=time, rule=text)
    if not any(xml.text(xml.child(definition, tag)) for tag in _TIMES):
        problems.error("timer.empty", "定时器没有时间。 The timer has no time.", node)
    return None


def _message(definition: xml.Node, definitions: Definitions, problems: Problems, node: xml.Node) -> Trigger | None:
    if xml.tag(node) in {"endEvent", "intermediateThrowEvent"}:
        return Trigger(kind="message")  # its topic says what happens
    message = definitions.get("message", definition.get("messageRef"), node)
    name = None if message is None else message.get("name")
    if not name:
        problems.error("event.name", "消息没有名称。 The message has no name.", node)
        return None
    return Trigger(kind="message", name=name, key=problems.template(xml.own(node, "correlationKey"), node))
