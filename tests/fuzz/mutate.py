"""Spoil good files: XML and JSON by their structure, anything by its bytes."""

import copy
import json
from collections.abc import Callable
from typing import Any, Protocol

from lxml import etree

NAMES = (
    "startEvent", "endEvent", "userTask", "serviceTask", "scriptTask", "callActivity", "subProcess", "boundaryEvent",
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway", "sequenceFlow",
    "intermediateCatchEvent", "intermediateThrowEvent", "receiveTask", "sendTask", "businessRuleTask", "transaction",
    "adHocSubProcess", "timerEventDefinition", "messageEventDefinition", "errorEventDefinition", "timeDuration",
    "compensateEventDefinition", "conditionalEventDefinition", "signalEventDefinition", "linkEventDefinition",
    "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "conditionExpression", "loopCardinality",
    "completionCondition", "process", "definitions", "decision", "decisionTable", "literalExpression", "input",
    "output", "rule", "inputEntry", "outputEntry", "context", "invocation", "businessKnowledgeModel", "relation",
    "informationRequirement", "requiredDecision", "functionDefinition", "list", "laneSet", "lane", "association",
    "extensionElements", "message", "signal", "error", "dataObject", "text", "x", "é",
)  # fmt: skip
ATTRIBUTES = (
    "id", "name", "sourceRef", "targetRef", "default", "attachedToRef", "cancelActivity", "isInterrupting",
    "triggeredByEvent", "isSequential", "loopMaximum", "testBefore", "calledElement", "messageRef", "signalRef",
    "errorRef", "isExecutable", "hitPolicy", "aggregation", "typeRef", "href", "isForCompensation", "instantiate",
    "parallelMultiple", "language", "scriptFormat", "{http://camunda.org/schema/1.0/bpmn}topic",
    "{http://camunda.org/schema/1.0/bpmn}collection", "{http://camunda.org/schema/1.0/bpmn}assignee",
    "{http://camunda.org/schema/1.0/bpmn}asyncBefore", "{https://rongcuo.cn/schema/1.0}outputCollection",
)  # fmt: skip
VALUES = (
    "", " ", "true", "false", "0", "-1", "1", "99999999999999999999", "x", "=x", "=1/0", "=[1, 2]", "=null", "${x}",
    "${", "=", "=(", "PT1H", "R/PT1H", "R0/PT1H", "R-1/P1D", "P1Y", "-PT1H", "2026-02-30", "0 0 * * *", "a b", "é",
    "../..", "#x", "{}x", "xs:string", "\u202e", "a" * 3000, "=" + "(" * 200, "=for i in 1..1000000 return i",
    "=x.__class__", "UNIQUE", "COLLECT", "SUM", "x = 1", "x =", "<a/>", "&amp;", "\ud7ff", "COUNT", "date", "number",
)  # fmt: skip
BYTES = (b"", b"\x00", b"<", b">", b"&", b'"', b"\xff", b"]]>", b"<!--", b"<?x?>", b"<![CDATA[", b"\xef\xbb\xbf",
         b"&#0;", b"&lt;", b"xmlns=", b"{", b"}", b"[", b",", b"null", b"1e999", b"\\u0000")  # fmt: skip


class Chance(Protocol):
    def number(self, most: int) -> int:
        """From 0 to `most`."""


def spoil_xml(content: bytes, chance: Chance, times: int) -> bytes:
    """Changes of nodes, attributes and texts."""
    root = etree.fromstring(content)
    for _ in range(times):
        nodes = [node for node in root.iter() if isinstance(node.tag, str)]
        node, other = (nodes[chance.number(len(nodes) - 1)] for _ in range(2))
        CHANGES[chance.number(len(CHANGES) - 1)](node, other, chance)
    return etree.tostring(root)


def _one(options: tuple[Any, ...], chance: Chance) -> Any:
    return options[chance.number(len(options) - 1)]


def _drop(node: Any, other: Any, chance: Chance) -> None:
    if node.getparent() is not None:
        node.getparent().remove(node)


def _copy(node: Any, other: Any, chance: Chance) -> None:
    if len(list(node.iter())) < 200:
        other.append(copy.deepcopy(node))


def _move(node: Any, other: Any, chance: Chance) -> None:
    if node not in other.iterancestors() and node is not other:
        other.append(node)


def _rename(node: Any, other: Any, chance: Chance) -> None:
    node.tag = etree.QName(etree.QName(other).namespace, _one(NAMES, chance))


def _set(node: Any, other: Any, chance: Chance) -> None:
    node.set(_one(ATTRIBUTES, chance), _one(VALUES, chance))


def _point(node: Any, other: Any, chance: Chance) -> None:
    """Let an attribute of the one be an id of the other."""
    names = [name for name in node.attrib if name != "id"] or ["sourceRef"]
    node.set(_one(tuple(names), chance), other.get("id") or "")


def _unset(node: Any, other: Any, chance: Chance) -> None:
    if node.keys():
        del node.attrib[_one(tuple(node.keys()), chance)]


def _say(node: Any, other: Any, chance: Chance) -> None:
    node.text = _one(VALUES, chance)


def _add(node: Any, other: Any, chance: Chance) -> None:
    name = etree.QName(etree.QName(other).namespace, _one(NAMES, chance))
    etree.SubElement(node, name, id=f"new{chance.number(9)}").text = _one(VALUES, chance)


Change = Callable[[Any, Any, Chance], None]
CHANGES: tuple[Change, ...] = (_drop, _copy, _move, _rename, _set, _set, _point, _point, _unset, _say, _add)


def spoil_json(content: bytes, chance: Chance, times: int) -> bytes:
    """Changes of values, keys and list items."""
    document = json.loads(content)
    for _ in range(times):
        holders: list[Any] = [document]
        for holder in holders:
            inner = holder.values() if isinstance(holder, dict) else holder
            holders.extend(value for value in inner if isinstance(value, (dict, list)) and value)
        holder = holders[chance.number(len(holders) - 1)]
        other = holders[chance.number(len(holders) - 1)]
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            continue
        key = keys[chance.number(len(keys) - 1)]
        match chance.number(4):
            case 0:
                del holder[key]
            case 1:
                holder[key] = copy.deepcopy(other) if len(json.dumps(other)) < 20_000 else None
            case _:
                holder[key] = copy.deepcopy(_one(JSON_VALUES, chance))
    return json.dumps(document).encode()


JSON_VALUES: tuple[Any, ...] = (
    *VALUES, None, True, False, 0, -1, 10**30, 1e308, [], {}, [[]], [{}], {"a": 1}, ["x"], "number", "select", "group",
    "dynamiclist", "textfield", "checklist", "filepicker", "(a+)+$", "[", {"hide": "=x"}, {"hide": "=" + "(" * 99},
)  # fmt: skip


def spoil_bytes(content: bytes, chance: Chance, times: int) -> bytes:
    """Cut, repeat, insert and overwrite."""
    for _ in range(times):
        at, to = sorted((chance.number(len(content)), chance.number(len(content))))
        match chance.number(4):
            case 0:
                content = content[:at] + content[min(to, at + 40) :]
            case 1:
                content = content[:to] + content[at : min(to, at + 400)] * (1 + chance.number(3)) + content[to:]
            case 2:
                content = content[:at] + _one(BYTES, chance) + content[at:]
            case 3:
                content = content[:at] + bytes([chance.number(255)]) + content[at + 1 :]
            case _:
                content = content[:to] if chance.number(9) == 9 else content
    return content
