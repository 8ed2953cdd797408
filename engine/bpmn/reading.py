"""Read a BPMN file into our own typed diagram, reporting every element that could not run as drawn.

The library's parser is not used: it ignores conditions behind tasks, `isInterrupting`, link events and loop outputs
without a word, recurses once for each element, and lets ids collide with its own names.
"""

from collections.abc import Iterator

from engine.bpmn import xml
from engine.bpmn.camunda_attributes import report_unread
from engine.bpmn.diagram import Block, Element, ElementInfo, Flow, Process
from engine.bpmn.foreign import report_foreign
from engine.bpmn.problems import Problems
from engine.bpmn.reading_calls import read_call
from engine.bpmn.reading_events import Definitions, read_trigger
from engine.bpmn.reading_forms import read_form
from engine.bpmn.reading_loops import read_loop
from engine.bpmn.reading_mappings import read_mappings
from engine.bpmn.reading_tasks import (
    literal_groups,
    read_assignment,
    read_formula,
    read_rule,
    read_script,
    read_work,
)
from engine.bpmn.vocabulary import ACTIVITIES, EVENTS, GATEWAYS, REFUSED, SILENT
from engine.feel import Expression

# Stands for a condition that was reported, so that its gateway is not blamed for having none.
_NEVER = Expression("null", frozenset(), lambda scope: None)


def read_diagram(root: xml.Node, problems: Problems) -> list[Process]:
    """The executable processes of a file."""
    if xml.namespace(root) != xml.BPMN or xml.tag(root) != "definitions":
        problems.error("bpmn.root", "文件不是 BPMN 图。 Not a BPMN diagram.", root)
        return []
    definitions = Definitions(root, problems)
    drawn = xml.children(root, "process")
    executable = [node for node in drawn if xml.flag(node.get("isExecutable"))]
    if not drawn:
        problems.error("bpmn.no_process", "图中没有流程。 The diagram holds no process.", root)
    elif not executable:
        problems.error(
            "bpmn.not_executable",
            "没有可执行的流程。 No process is executable.",
            drawn[0],
            hint='勾选“可执行”。 Set isExecutable="true".',
        )
    filled = [node for node in drawn if any(xml.tag(child) in ACTIVITIES | GATEWAYS | EVENTS for child in node)]
    for node in filled if executable else ():
        if node not in executable:
            problems.warning("process.skipped", "流程不可执行，不会部署。 The process is not executable.", node)
    # A file without an executable process is read on, so that all its problems are told at once.
    return [_process(node, definitions, problems) for node in executable or filled]


def _process(node: xml.Node, definitions: Definitions, problems: Problems) -> Process:
    process_id = node.get("id") or ""
    if not process_id:
        problems.error("bpmn.no_id", "流程没有 id。 The process has no id.", node)
    lanes = {
        xml.text(reference): lane.get("name") or lane.get("id") or ""
        for lane in node.iter(f"{{{xml.BPMN}}}lane")
        for reference in xml.children(lane, "flowNodeRef")
    }
    reader = _Reader(process_id, lanes, definitions, problems)
    title, key = xml.own(node, "title"), xml.own(node, "businessKey")
    problems.template(title, node)
    problems.template(key, node)
    return Process(
        id=process_id,
        file=problems.file,
        name=node.get("name") or process_id,
        block=reader.block(node),
        title=title,
        business_key=key,
        version_tag=xml.camunda(node, "versionTag"),
        articles=xml.names(xml.own(node, "articles")),
        **_starters(node),
    )


def _starters(node: xml.Node) -> dict[str, tuple[str, ...]]:
    if not xml.flag(xml.camunda(node, "isStartableInTasklist"), otherwise=True):
        return {}
    groups, users = xml.camunda(node, "candidateStarterGroups"), xml.camunda(node, "candidateStarterUsers")
    return {"start_groups": xml.names(groups), "start_users": xml.names(users)}


class _Reader:
    """Reads the elements of one process."""

    def __init__(self, process_id: str, lanes: dict[str, str], definitions: Definitions, problems: Problems) -> None:
        self._process_id = process_id
        self._lanes = lanes
        self._definitions = definitions
        self._problems = problems
        self._seen: set[str] = set()
        self._flow_ids: set[str] = set()

    def block(self, node: xml.Node, lane: str | None = None) -> Block:
        elements: dict[str, Element] = {}
        for child in _flow_nodes(node, self._problems):
            element_id = child.get("id")
            if not element_id:
                self._problems.error("bpmn.no_id", "元素没有 id。 The element has no id.", child)
                continue
            if element_id in self._seen:
                self._problems.error("bpmn.same_id", f"id '{element_id}' 重复。 The id is used twice.", child)
            self._seen.add(element_id)
            elements[element_id] = self._element(child, lane)
        flows = tuple(self._flows(node, elements))
        return Block(id=node.get("id") or "", elements=elements, flows=flows, undoing=self._undoing(elements))

    def _undoing(self, elements: dict[str, Element]) -> dict[str, tuple[str, ...]]:
        """Which activities undo the hosts of which compensation events: the pictures say it by associations."""
        return {
            event.id: tuple(
                other
                for other in self._definitions.associated(event.id)
                if other in elements and elements[other].for_compensation
            )
            for event in elements.values()
            if event.type == "boundaryEvent" and event.trigger is not None and event.trigger.kind == "compensation"
        }

    def _element(self, node: xml.Node, lane: str | None) -> Element:
        kind, element_id = xml.tag(node), node.get("id") or ""
        lane = self._lanes.get(element_id, lane)
        problems = self._problems
        for name in ("startQuantity", "completionQuantity"):
            if (node.get(name) or "1") != "1":
                self._problems.error("activity.quantity", f"{name} 只支持 1。 Only one token is taken and given.", node)
        trigger = read_trigger(node, self._definitions, problems)
        form_id = f"{self._process_id}.{element_id}"
        own_form = read_form(node, form_id, problems)
        report_unread(node, problems)
        report_foreign(node, problems)
        rule, work, call = read_rule(node, problems), read_work(node, problems), read_call(node, problems)
        info = ElementInfo(
            id=element_id,
            type=kind,
            name=node.get("name") or "",
            process_id=self._process_id,
            form_ref=xml.camunda(node, "formRef") or (form_id if own_form else None),
            articles=xml.names(xml.own(node, "articles")),
            separate_from=xml.names(xml.own(node, "separateFrom")),
            for_subject=xml.flag(xml.own(node, "forSubject")),
            lane=lane,
            clock=xml.own(node, "clock"),
            clock_start=xml.own(node, "clockStart"),
            topic=None if work is None else work.topic,
            decision=None if rule is None else rule.decision,
            message=trigger.name if trigger is not None and trigger.kind == "message" else None,
            called_process=None if call is None else call.process or None,
            attached_to=node.get("attachedToRef"),
            documentation=xml.text(xml.child(node, "documentation")),
        )
        self._problems.template(info.clock_start, node)
        return Element(
            info=info,
            line=xml.line(node),
            trigger=trigger,
            loop=read_loop(node, problems, self._definitions),
            assignment=read_assignment(node, problems),
            script=read_script(node, problems),
            formula=read_formula(node, problems),
            mappings=read_mappings(node, problems),
            initiator=xml.camunda(node, "initiator"),
            own_form=own_form,
            rule=rule,
            work=work,
            call=call,
            block=self.block(node, lane) if kind in {"subProcess", "transaction"} else None,
            interrupting=_interrupting(node),
            instantiate=xml.flag(node.get("instantiate")),
            for_compensation=xml.flag(node.get("isForCompensation")),
            race_for_all=node.get("eventGatewayType") == "Parallel",
            event_sub_process=kind == "subProcess" and xml.flag(node.get("triggeredByEvent")),
            start_groups=xml.names(xml.own(node, "startGroups")),
            literal_groups=literal_groups(node),
        )

    def _flows(self, node: xml.Node, elements: dict[str, Element]) -> Iterator[Flow]:
        defaults = {child.get("id"): child.get("default") for child in node if child.get("default")}
        for index, flow in enumerate(xml.children(node, "sequenceFlow")):
            source, target = flow.get("sourceRef") or "", flow.get("targetRef") or ""
            flow_id = flow.get("id") or f"{source}.{target}.{index}"
            if flow_id in self._flow_ids:  # joins tell their arrivals apart by it
                self._problems.error("bpmn.same_id", f"id '{flow_id}' 重复。 The id is used twice.", flow)
            self._flow_ids.add(flow_id)
            missing = [end for end in (source, target) if end not in elements]
            if missing:
                self._problems.error(
                    "flow.ends", f"顺序流的一端 {missing} 不在同一层。 An end of the flow is not on this level.", flow
                )
                continue
            yield Flow(
                id=flow_id,
                source=source,
                target=target,
                condition=self._condition(flow),
                default=defaults.get(source) == flow_id,
            )
            if defaults.get(source) == flow_id:
                del defaults[source]
        for element_id, named in defaults.items():
            self._problems.error(
                "flow.default",
                f"默认流 '{named}' 不是从这里流出的。 The default flow does not leave this element.",
                self._definitions.by_id(element_id or ""),
            )
        yield from self._links(elements)

    def _condition(self, flow: xml.Node) -> Expression | None:
        node = xml.child(flow, "conditionExpression")
        if node is None:
            return None
        text, language = xml.text(node), (node.get("language") or "feel").lower()
        if not text:
            return None
        if "feel" not in language and not text.startswith(("=", "${", "#{")):
            self._problems.error(
                "expression.language",
                f"不支持的语言 {language}。 Only FEEL is run.",
                flow,
                hint="写成 =amount > 100 或 ${amount > 100}。 Write =amount > 100 or ${amount > 100}.",
            )
            return _NEVER
        return self._problems.expression(text, flow) or _NEVER

    def _links(self, elements: dict[str, Element]) -> Iterator[Flow]:
        """A link is a sequence flow that is not drawn."""
        linked = [e for e in elements.values() if e.trigger is not None and e.trigger.kind == "link"]
        catches = {e.trigger.name: e for e in linked if e.trigger and e.type == "intermediateCatchEvent"}
        for element in linked:
            if element.type != "intermediateThrowEvent" or element.trigger is None:
                continue
            target = catches.get(element.trigger.name)
            if target is None:
                self._problems.error(
                    "link.target",
                    f"链接“{element.trigger.name}”没有接收端。 The link has no catch.",
                    self._find(element),
                )
                continue
            yield Flow(id=f"{element.id}.link", source=element.id, target=target.id, drawn=False)

    def _find(self, element: Element) -> xml.Node | None:
        return self._definitions.by_id(element.id)


def _flow_nodes(node: xml.Node, problems: Problems) -> Iterator[xml.Node]:
    for child in node:
        if xml.namespace(child) != xml.BPMN:
            continue
        kind = xml.tag(child)
        if kind in ACTIVITIES or kind in GATEWAYS or kind in EVENTS:
            yield child
        elif kind in REFUSED:
            reason, hint = REFUSED[kind]
            problems.error("element.unsupported", reason, child, hint=hint)
        elif kind != "sequenceFlow" and kind not in SILENT:
            problems.error("element.unsupported", f"不支持的元素 {kind}。 This element does not run here.", child)


def _interrupting(node: xml.Node) -> bool:
    kind = xml.tag(node)
    if kind == "boundaryEvent":
        return xml.flag(node.get("cancelActivity"), otherwise=True)
    return xml.flag(node.get("isInterrupting"), otherwise=True) if kind == "startEvent" else True
