"""Read the extension attributes of an element: who, what, how often."""

from engine.bpmn import xml
from engine.bpmn.diagram import Assignment, Call, Loop, Rule, Work
from engine.bpmn.problems import Problems
from engine.feel import Expression, Script, compile_expression, compile_script

Mapping = dict[str, Expression]


# Of camunda's extension elements these are read or mere notes; the others would silently do nothing.
_READ_EXTENSIONS = frozenset({"inputOutput", "in", "out", "properties"})
_UNREAD_ATTRIBUTES = {
    "formKey": "formRef",
    "class": "topic",
    "expression": "topic",
    "delegateExpression": "topic",
    "followUpDate": "dueDate",
}
_RESOURCES = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner"})


def names_message(node: xml.Node) -> bool:
    """Whether a send task, or a message throw or end event, says which message it sends."""
    definition = xml.child(node, "messageEventDefinition")
    return bool((node if definition is None else definition).get("messageRef"))


class Attributes:
    """Each method gives one facet of the element, None when it has none."""

    def __init__(self, node: xml.Node, problems: Problems) -> None:
        self._node = node
        self._kind = xml.tag(node)
        self._problems = problems

    def refuse_unread(self) -> None:
        """Report what stands on the element and would have no effect."""
        elements = xml.child(self._node, "extensionElements")
        for child in () if elements is None else elements:
            if xml.namespace(child) == xml.CAMUNDA and xml.tag(child) not in _READ_EXTENSIONS:
                self._ignored(f"camunda:{xml.tag(child)}", None)
        for name, instead in _UNREAD_ATTRIBUTES.items():
            if xml.camunda(self._node, name) is not None:
                self._ignored(f"camunda:{name}", f"camunda:{instead}")
        for child in self._node:
            if xml.tag(child) in _RESOURCES:
                self._ignored(xml.tag(child), "camunda:candidateGroups")

    def assignment(self) -> Assignment:
        def read(name: str) -> Expression | None:
            return self._problems.template(xml.camunda(self._node, name), self._node)

        return Assignment(
            assignee=read("assignee"),
            users=read("candidateUsers"),
            groups=read("candidateGroups"),
            due=read("dueDate"),
            priority=read("priority"),
        )

    def literal_groups(self) -> tuple[str, ...]:
        """Candidate groups that stand in the diagram as they are."""
        text = xml.camunda(self._node, "candidateGroups") or ""
        return () if text.startswith("=") or "${" in text else xml.names(text)

    def script(self) -> Script | None:
        language = (self._node.get("scriptFormat") or "feel").lower()
        if language != "feel":
            self._problems.error("script.language", f"不支持的脚本语言 {language}。 Only FEEL is run.", self._node)
            return None
        text = xml.text(xml.child(self._node, "script"))
        if not text:
            self._problems.error("script.empty", "脚本任务没有脚本。 The script task has no script.", self._node)
            return None
        return self._problems.compiled(compile_script, text, self._node)

    def rule(self) -> Rule | None:
        if self._kind != "businessRuleTask":
            return None
        decision = xml.camunda(self._node, "decisionRef")
        if not decision:
            self._problems.error("rule.decision", "业务规则任务没有决策。 The task names no decision.", self._node)
            return None
        return Rule(decision=decision, result=xml.camunda(self._node, "resultVariable"))

    def work(self) -> Work | None:
        """The topic of a service or send task, or of a message throw or end event."""
        source = self._node
        if self._kind in {"endEvent", "intermediateThrowEvent"}:
            message = xml.child(self._node, "messageEventDefinition")
            if message is None:
                return None
            source = message if xml.camunda(message, "topic") else self._node
        elif self._kind not in {"serviceTask", "sendTask"}:
            self._refuse_mapping()
            return None
        topic = xml.camunda(source, "topic")
        if topic is None and self._kind != "serviceTask" and names_message(self._node):
            return None  # the message goes to whatever case waits for it
        if xml.camunda(source, "type") != "external" or not topic:
            self._problems.error(
                "service.topic",
                "没有外部任务主题，部署后什么也不会做。 Without an external topic it would do nothing.",
                self._node,
                hint='camunda:type="external" camunda:topic="…"',
            )
            return None
        inputs, outputs = self._mapping()
        return Work(topic=topic, inputs=inputs, outputs=outputs)

    def call(self) -> Call | None:
        if self._kind != "callActivity":
            return None
        called = self._node.get("calledElement")
        if not called:
            self._problems.error("call.target", "调用活动没有被调用的流程。 Nothing is called.", self._node)
            return None
        inputs, everything_in = self._carried("in")
        outputs, everything_out = self._carried("out")
        return Call(
            process=called.rpartition(":")[2],
            inputs=inputs,
            outputs=outputs,
            everything_in=everything_in,
            everything_out=everything_out,
        )

    def loop(self) -> Loop | None:
        standard = xml.child(self._node, "standardLoopCharacteristics")
        if standard is not None:
            return self._standard(standard)
        multi = xml.child(self._node, "multiInstanceLoopCharacteristics")
        return None if multi is None else self._multi(multi)

    def _standard(self, node: xml.Node) -> Loop | None:
        maximum = node.get("loopMaximum")
        condition = self._problems.expression(xml.text(xml.child(node, "loopCondition")), self._node)
        if condition is None and not (maximum or "").isdigit():
            self._problems.error("loop.endless", "循环没有条件也没有上限。 The loop never ends.", self._node)
            return None
        return Loop(
            kind="standard",
            condition=condition,
            maximum=int(maximum) if maximum and maximum.isdigit() else None,
            test_before=xml.flag(node.get("testBefore")),
        )

    def _multi(self, node: xml.Node) -> Loop | None:
        collection = xml.camunda(node, "collection")
        cardinality = xml.text(xml.child(node, "loopCardinality"))
        if not collection and not cardinality:
            self._problems.error("loop.collection", "多实例没有集合也没有次数。 Nothing to repeat over.", self._node)
            return None
        output, element = xml.own(node, "outputCollection"), xml.own(node, "outputElement")
        if bool(output) != bool(element):
            self._problems.error(
                "loop.output", "outputCollection 与 outputElement 应同时给出。 Both or neither.", self._node
            )
        return Loop(
            kind="sequential" if xml.flag(node.get("isSequential")) else "parallel",
            collection=self._problems.expression(collection, self._node),
            element_variable=xml.camunda(node, "elementVariable"),
            cardinality=self._problems.expression(cardinality, self._node),
            completion=self._problems.expression(xml.text(xml.child(node, "completionCondition")), self._node),
            output_collection=output,
            output_element=self._problems.expression(element, self._node),
        )

    def _ignored(self, what: str, instead: str | None) -> None:
        hint = f"请用 {instead}。 Use {instead}." if instead else None
        self._problems.error("extension.unread", f"{what} 不起作用。 It has no effect here.", self._node, hint=hint)

    def _mapping(self) -> tuple[Mapping, Mapping]:
        node = xml.extension(self._node, "inputOutput")
        inputs: Mapping = {}
        outputs: Mapping = {}
        for tag, found in (("inputParameter", inputs), ("outputParameter", outputs)):
            for parameter in [] if node is None else xml.children(node, tag, xml.CAMUNDA):
                name = parameter.get("name") or ""
                value = self._problems.template(xml.text(parameter), parameter)
                if len(parameter) or not name or value is None:
                    self._problems.error(
                        "mapping.value", f"参数“{name}”应为文本或 FEEL。 Text or FEEL is wanted.", self._node
                    )
                else:
                    found[name] = value
        return inputs, outputs

    def _refuse_mapping(self) -> None:
        if xml.extension(self._node, "inputOutput") is not None:
            self._problems.error(
                "mapping.place", "只有服务任务可以有输入输出映射。 Only service tasks map inputs.", self._node
            )

    def _carried(self, tag: str) -> tuple[Mapping, bool]:
        elements = xml.child(self._node, "extensionElements")
        found: Mapping = {}
        everything = False
        for node in [] if elements is None else xml.children(elements, tag, xml.CAMUNDA):
            if node.get("variables") == "all":
                everything = True
                continue
            if node.get("businessKey"):
                continue  # the called process lives in the same case
            source, formula, target = node.get("source"), node.get("sourceExpression"), node.get("target")
            value = self._problems.expression(formula or source, self._node)
            if source and value is not None and not formula:
                value = self._problems.compiled(compile_expression, source, self._node)
            if not target or value is None:
                self._problems.error("call.mapping", f"camunda:{tag} 不完整。 The mapping is incomplete.", self._node)
            else:
                found[target] = value
        return found, everything
