"""Read event definitions: what an event waits for or throws."""

from collections.abc import Callable, Mapping
from functools import cached_property

from engine.bpmn import xml
from engine.bpmn.facets import Trigger
from engine.bpmn.problems import Problems
from engine.bpmn.timers import literal_problem
from engine.feel import Expression

_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_DATA = {"dataObject", "dataObjectReference", "dataInput", "dataOutput", "property", "dataStoreReference"}
_ALLOWED = {
    "startEvent": {"timer", "message", "signal", "error", "escalation", "conditional", "compensate"},
    "endEvent": {"message", "signal", "error", "escalation", "terminate", "compensate", "cancel"},
    "intermediateCatchEvent": {"timer", "message", "signal", "link", "conditional"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link", "compensate"},
    "boundaryEvent": {"timer", "message", "signal", "error", "escalation", "conditional", "compensate", "cancel"},
}
# Of several triggers of one event these cannot be one.
_ALONE = {"link", "compensate", "cancel"}
# What an event throws that ends its own token comes after everything else that it throws.
_LAST = {"error", "terminate"}


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
        self._associations: dict[str, list[str]] = {}
        for node in root.iter(f"{{{xml.BPMN}}}association"):
            source, target = node.get("sourceRef") or "", node.get("targetRef") or ""
            self._associations.setdefault(source, []).append(target)
            self._associations.setdefault(target, []).append(source)

    def associated(self, element_id: str) -> list[str]:
        """What associations of the file connect with an element, in either direction."""
        return self._associations.get(element_id, [])

    def by_id(self, element_id: str) -> xml.Node | None:
        return self._ids.get(element_id)

    def variable(self, reference: str) -> str:
        """The name of the data that an id stands for; what is no id of the file is itself a name."""
        node = self._ids.get(reference.rpartition(":")[2])
        if node is None or xml.tag(node) not in _DATA:
            return reference
        held = self._ids.get(node.get("dataObjectRef") or "")
        return node.get("name") or (None if held is None else held.get("name")) or reference

    @cached_property
    def _ids(self) -> dict[str, xml.Node]:
        return {element_id: node for node in self._root.iter() if (element_id := node.get("id"))}

    def get(self, kind: str, reference: str | None, node: xml.Node) -> xml.Node | None:
        """The referenced definition; a reference to nothing is a problem."""
        if not reference:
            return None
        found = self._found.get((kind, reference.rpartition(":")[2]))
        if found is None:
            self._problems.error("event.reference", f"{kind} '{reference}' 没有定义。 It is not defined.", node)
        return found


def read_trigger(node: xml.Node, definitions: Definitions, problems: Problems) -> Trigger | None:
    """The trigger of an event, receive or send task; None for a none event and for all else."""
    kind = xml.tag(node)
    reader = _Reader(node, definitions, problems)
    if kind == "receiveTask":
        return reader.message(node) if node.get("messageRef") else reader.no_message()
    if kind == "sendTask":
        return reader.sent(node) if node.get("messageRef") else None
    if kind not in _ALLOWED:
        return None
    found = [child for child in node if xml.tag(child).endswith("EventDefinition")]
    if xml.child(node, "eventDefinitionRef") is not None:
        problems.error("event.shared", "事件定义应写在事件里面。 Write the event definition inside the event.", node)
    triggers = [trigger for child in found if (trigger := reader.trigger(child)) is not None]
    if len(found) < 2 or not triggers:
        return triggers[0] if triggers else None
    return reader.several(found, triggers)


class _Reader:
    """Reads the definitions of one event or task."""

    def __init__(self, node: xml.Node, definitions: Definitions, problems: Problems) -> None:
        self._node = node
        self._kind = xml.tag(node)
        self._throws = self._kind in {"endEvent", "intermediateThrowEvent"}
        self._definitions = definitions
        self._problems = problems

    def trigger(self, definition: xml.Node) -> Trigger | None:
        what = xml.tag(definition).removesuffix("EventDefinition")
        if what not in _ALLOWED[self._kind]:
            self._error("event.unsupported", f"{self._kind} 不支持 {what}。 This event does not run here.")
            return None
        readers: dict[str, Callable[[xml.Node], Trigger | None]] = {
            "timer": self._timer,
            "message": self.sent if self._throws else self.message,
            "signal": self._signal,
            "conditional": self._condition,
            "error": self._coded,
            "escalation": self._coded,
            "link": self._link,
            "compensate": self._compensation,
        }
        return readers[what](definition) if what in readers else Trigger(kind=what)

    def several(self, found: list[xml.Node], triggers: list[Trigger]) -> Trigger:
        """An event that waits for any or all of its triggers, or throws all of them."""
        names = [xml.tag(child).removesuffix("EventDefinition") for child in found]
        alone = sorted(_ALONE.intersection(names))
        if alone:
            self._error("event.several", f"{alone[0]} 不能与其他触发条件并用。 It must be the event's only trigger.")
        ordered = sorted(triggers, key=lambda trigger: trigger.kind in _LAST) if self._throws else triggers
        parallel = xml.flag(self._node.get("parallelMultiple"))
        if parallel and any(trigger.kind in {"error", "escalation"} for trigger in triggers):
            self._error("event.several", "错误和升级不能等到齐备。 An error or escalation cannot wait for the others.")
        return Trigger(kind="several", parts=tuple(ordered), parallel=parallel)

    def message(self, definition: xml.Node) -> Trigger | None:
        """What a message catch or receive task waits for."""
        name, naming = self._name("message", definition)
        if not name and naming is None:
            self._error("event.name", "消息没有名称。 The message has no name.")
            return None
        return Trigger(kind="message", name=name, naming=naming, key=self._key())

    def sent(self, definition: xml.Node) -> Trigger:
        """What a message throw or send task sends; without a message its topic says what happens."""
        name, naming = self._name("message", definition)
        return Trigger(kind="message", name=name, naming=naming, key=self._key(), inputs=self._carried(definition))

    def no_message(self) -> Trigger:
        """A receive task that only a command lets go on."""
        self._problems.warning(
            "receive.no_message",
            "接收任务没有消息，只能由命令触发。 Without a message only a command lets the receive task go on.",
            self._node,
        )
        return Trigger(kind="message")

    def _signal(self, definition: xml.Node) -> Trigger:
        name, naming = self._name("signal", definition)
        if not name and naming is None:
            self._error("event.name", "信号没有名称。 The signal has no name.")
        return Trigger(kind="signal", name=name, naming=naming, inputs=self._carried(definition))

    def _name(self, kind: str, definition: xml.Node) -> tuple[str, Expression | None]:
        """The literal name, or the expression that computes it."""
        referenced = self._definitions.get(kind, definition.get(f"{kind}Ref"), self._node)
        text = "" if referenced is None else (referenced.get("name") or "").strip()
        if not text.startswith("=") and "${" not in text:
            return text, None
        return "", self._problems.template(text, self._node)

    def _key(self) -> Expression | None:
        return self._problems.template(xml.own(self._node, "correlationKey"), self._node)

    def _carried(self, definition: xml.Node) -> Mapping[str, Expression]:
        """What a thrown event carries beside the mapped inputs of its element: `camunda:in` of its definition."""
        found: dict[str, Expression] = {}
        elements = xml.child(definition, "extensionElements")
        for node in () if elements is None else xml.children(elements, "in", xml.CAMUNDA):
            value = self._problems.expression(node.get("sourceExpression") or node.get("source"), self._node)
            target = node.get("target")
            if value is None or not target:
                self._error("event.values", "事件带出的值不完整。 A value that the event carries is incomplete.")
            else:
                found[target] = value
        return found

    def _link(self, definition: xml.Node) -> Trigger:
        name = definition.get("name") or ""
        if not name:
            self._error("event.name", "链接没有名称。 The link has no name.")
        return Trigger(kind="link", name=name)

    def _compensation(self, definition: xml.Node) -> Trigger:
        if not xml.flag(definition.get("waitForCompletion"), otherwise=True):
            self._error(
                "compensation.wait",
                "补偿必须等到完成（waitForCompletion）。 A compensation is always waited for.",
                hint="删除 waitForCompletion。 Remove waitForCompletion.",
            )
        return Trigger(kind="compensation", activity=definition.get("activityRef"))

    def _coded(self, definition: xml.Node) -> Trigger:
        what = xml.tag(definition).removesuffix("EventDefinition")
        referenced = self._definitions.get(what, definition.get(f"{what}Ref"), self._node)
        code = None if referenced is None else referenced.get(f"{what}Code") or referenced.get("name")
        if code is None and self._throws:
            self._error("event.code", f"抛出的 {what} 没有代码。 What is thrown has no code.")
        return Trigger(
            kind=what,
            code=code,
            code_variable=xml.camunda(definition, f"{what}CodeVariable"),
            text_variable=xml.camunda(definition, "errorMessageVariable"),
        )

    def _condition(self, definition: xml.Node) -> Trigger | None:
        text = xml.text(xml.child(definition, "condition"))
        if not text:
            self._error("event.condition", "条件事件没有条件。 The conditional event has no condition.")
        if xml.camunda(definition, "variableEvents") is not None:
            self._error(
                "event.variable_events",
                "camunda:variableEvents 不起作用。 It has no effect here.",
                hint="删除它，或在条件里判断变量。 Remove it, or ask for the variable in the condition.",
            )
        condition = self._problems.expression(text, self._node)
        if condition is None:
            return None
        return Trigger(kind="condition", condition=condition, variable=xml.camunda(definition, "variableName"))

    def _timer(self, definition: xml.Node) -> Trigger | None:
        for tag, kind in _TIMES.items():
            child = xml.child(definition, tag)
            if child is None:
                continue
            text = xml.text(child)
            time = self._problems.template(text, self._node)
            if time is None:
                break
            if not text.startswith("=") and "${" not in text:
                wrong = literal_problem(kind, text)
                if wrong:
                    self._error("timer.literal", f"定时器 {text!r}: {wrong}")
            if kind == "cycle" and self._kind == "intermediateCatchEvent":
                self._error("timer.cycle", "中间事件只等一次，不能用周期。 A catch event waits once only.")
            return Trigger(kind="timer", timer=kind, time=time, rule=text)
        if not any(xml.text(xml.child(definition, tag)) for tag in _TIMES):
            self._error("timer.empty", "定时器没有时间。 The timer has no time.")
        return None

    def _error(self, key: str, message: str, hint: str | None = None) -> None:
        self._problems.error(key, message, self._node, hint=hint)
