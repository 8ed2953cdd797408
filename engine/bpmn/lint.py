"""Rules that a diagram must keep to be deployed: nothing that deploys may silently do nothing."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.diagram import Block, Element, Process
from engine.bpmn.lint_events import check_events
from engine.bpmn.lint_flow import begins_by_itself, check_flows
from engine.bpmn.lint_report import Report
from engine.domain.rejection import Problem

BUILT_IN_TOPICS = frozenset({"start-linked-case"})
_ID = re.compile(r"[^\W\d][\w.\-]*")
# What is stored as text of bounded length: ids and names by which things are found again, and where a case began.
_LONGEST_NAME = 200
_LONGEST_START = 64


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a diagram may refer to. `groups`, `topics` None: not checked. `whole`: there is nothing else."""

    processes: Mapping[str, Process]
    decisions: Collection[str]
    forms: Collection[str]
    groups: Collection[str] | None = None
    topics: Collection[str] | None = ()
    policies: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = True

    def serves(self, topic: str) -> bool:
        return self.topics is None or topic in self.topics or topic in BUILT_IN_TOPICS


def check(process: Process, known: Known) -> Iterator[Problem]:
    """Every broken rule of a process."""
    yield from _Check(process, known).problems()


class _Check:
    def __init__(self, process: Process, known: Known) -> None:
        self._process = process
        self._known = known
        self._report = Report(process)
        self._problem = self._report.problem
        self._ids = {element.id for block in process.blocks() for element in block.elements.values()}

    def problems(self) -> Iterator[Problem]:
        process = self._process
        if not _ID.fullmatch(process.id):
            yield self._problem(None, "bpmn.id", f"流程 id '{process.id}' 不合规。 The id is not valid.")
        if len(process.id) > _LONGEST_NAME:
            yield self._problem(None, "bpmn.long", "流程 id 太长。 The id of the process is too long.")
        yield from check_flows(process, self._report)
        yield from check_events(process, self._report)
        for block in process.blocks():
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[Problem]:
        for element in block.elements.values():
            if not _ID.fullmatch(element.id):
                yield self._problem(element, "bpmn.id", f"id '{element.id}' 不合规。 The id is not valid.")
            yield from self._lengths(element)
            yield from self._references(element)

    def _lengths(self, element: Element) -> Iterator[Problem]:
        longest = _LONGEST_START if element.type == "startEvent" or element.instantiate else _LONGEST_NAME
        if len(element.id) > longest:
            yield self._problem(element, "bpmn.long", f"id 超过 {longest} 个字符。 The id is too long.")
        info, trigger = element.info, element.trigger
        names = [info.form_ref, info.topic, info.decision, info.called_process]
        names += [part.name for part in (trigger.parts or (trigger,))] if trigger is not None else []
        if any(len(name or "") > _LONGEST_NAME for name in names):
            yield self._problem(
                element, "bpmn.long", f"引用的名称超过 {_LONGEST_NAME} 个字符。 A name that it refers to is too long."
            )

    # -- references

    def _references(self, element: Element) -> Iterator[Problem]:
        info, known = element.info, self._known
        if info.form_ref is not None and element.own_form is None and info.form_ref not in known.forms:
            yield self._unknown(element, "form", "表单", info.form_ref)
        if info.decision is not None and info.decision not in known.decisions:
            yield self._unknown(element, "decision", "决策", info.decision)
        if info.topic is not None and not known.serves(info.topic):
            yield self._unknown(element, "topic", "主题", info.topic)
        if info.clock is not None and known.policies and info.clock not in known.policies:
            yield self._unknown(element, "clock", "时钟", info.clock)
        yield from self._people(element)
        if info.called_process is not None:
            yield from self._called(element, info.called_process)

    def _people(self, element: Element) -> Iterator[Problem]:
        info, known = element.info, self._known
        begins = self._process.start_groups if element.type == "startEvent" else ()
        for group in (*element.start_groups, *begins, *element.literal_groups):
            if known.groups is not None and group not in known.groups:
                yield self._unknown(element, "group", "组", group)
        for other in info.separate_from:
            if other not in self._ids:
                yield self._unknown(element, "element", "元素", other)
        wanted = element.assignment
        if wanted is not None and not (wanted.assignee or wanted.users or wanted.groups):
            yield self._problem(
                element, "task.nobody", "没有办理人或候选组。 Nobody may do this task.", severity="warning"
            )

    def _called(self, element: Element, process_id: str) -> Iterator[Problem]:
        called = self._known.processes.get(process_id)
        if called is None:
            yield self._unknown(element, "process", "流程", process_id)
        elif element.call is not None and element.call.version_tag not in {None, called.version_tag}:
            yield self._problem(
                element,
                "call.version",
                f"本次部署里 '{process_id}' 的版本标签是 {called.version_tag!r}，不是 {element.call.version_tag!r}。 "
                "The deployed process has another version tag.",
            )
        elif not begins_by_itself(called.block):
            yield self._problem(
                element,
                "call.start",
                f"被调用的流程 '{process_id}' 应恰有一个无触发条件的开始事件。 One plain start is wanted.",
            )

    def _unknown(self, element: Element, what: str, label: str, name: str) -> Problem:
        return self._problem(
            element,
            f"unknown.{what}",
            f"{label} '{name}' 不存在。 Unknown {what}.",
            severity="error" if self._known.whole or what == "element" else "warning",
            params={"name": name},
        )
