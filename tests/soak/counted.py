"""A process whose every effect is counted: what the history holds is compared with what must have happened, once each.

Every case waits at `stay`; beside it a cycle beats three times, a signal is heard, a message ticks, and a call to the
outside is made, which is noted in a file with its key.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.package import DelegateContext
from engine.services import audit
from engine.services.runtime import Runtime
from engine.store.unit_of_work import Statement, read_only
from tests.contract.bureau import HEAD

BEATS = 3


def process(every: str) -> bytes:
    """`every`: the period of the beats."""
    return f"""{HEAD}<bpmn:signal id="alarm" name="alarm"/><bpmn:message id="tick" name="tick"/>
  <bpmn:process id="counted" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:parallelGateway id="both"/>
    <bpmn:userTask id="stay" camunda:candidateGroups="clerk"/>
    <bpmn:boundaryEvent id="cycle" attachedToRef="stay" cancelActivity="false">
      <bpmn:timerEventDefinition id="t"><bpmn:timeCycle>R{BEATS}/{every}</bpmn:timeCycle></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="hear" attachedToRef="stay" cancelActivity="false">
      <bpmn:signalEventDefinition id="s" signalRef="alarm"/></bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="take" attachedToRef="stay" cancelActivity="false" rongcuo:correlationKey="=mark">
      <bpmn:messageEventDefinition id="m" messageRef="tick"/></bpmn:boundaryEvent>
    <bpmn:serviceTask id="call" camunda:type="external" camunda:topic="note">
      <bpmn:extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="mark">=mark</camunda:inputParameter></camunda:inputOutput>
      </bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:sendTask id="send" messageRef="tick" rongcuo:correlationKey="=partner"/>
    <bpmn:endEvent id="beat"/><bpmn:endEvent id="heard"/><bpmn:endEvent id="ticked"/><bpmn:endEvent id="sent"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="both"/>
    <bpmn:sequenceFlow id="f2" sourceRef="both" targetRef="stay"/>
    <bpmn:sequenceFlow id="f3" sourceRef="both" targetRef="call"/>
    <bpmn:sequenceFlow id="f4" sourceRef="call" targetRef="send"/>
    <bpmn:sequenceFlow id="f5" sourceRef="send" targetRef="sent"/>
    <bpmn:sequenceFlow id="f6" sourceRef="cycle" targetRef="beat"/>
    <bpmn:sequenceFlow id="f7" sourceRef="hear" targetRef="heard"/>
    <bpmn:sequenceFlow id="f8" sourceRef="take" targetRef="ticked"/>
  </bpmn:process></bpmn:definitions>""".encode()


class Ledger:
    """The world outside: a file of keys, one line for each call. It outlives the process that writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, inputs: Mapping[str, Any], context: DelegateContext) -> Mapping[str, Any]:
        line = f"{context.key} {inputs['mark']}\n".encode()
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(file, line)
        finally:
            os.close(file)
        return {}

    def keys_of(self, mark: str) -> list[str]:
        """The key of every call that was made for a case."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [line.split()[0] for line in lines if line.split()[1] == mark]


@dataclass(kw_only=True)
class Tally:
    """Effects that should have been and were not, and that were more often than they should. `calls`: to the world."""

    cases: int = 0
    effects: int = 0
    lost: int = 0
    doubled: int = 0
    calls: int = 0

    def add(self, expected: int, found: int) -> None:
        self.effects += found
        self.lost += max(0, expected - found)
        self.doubled += max(0, found - expected)

    def __add__(self, other: "Tally") -> "Tally":
        names = ("cases", "effects", "lost", "doubled", "calls")
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})


_ENTERED = Statement(
    """SELECT element_id, count(*) AS n FROM history WHERE case_id = :case_id AND what = 'entered'
       GROUP BY element_id"""
)


def tally(runtime: Runtime, ledger: Ledger, marks: Mapping[int, str], expected: Mapping[str, int]) -> Tally:
    """Count the effects of these cases (id to mark) against what every one of them must have had."""
    found = Tally(cases=len(marks))
    for case_id, mark in marks.items():
        with read_only(runtime.database) as uow:
            entered = {row.element_id: row.n for row in uow.all(_ENTERED, case_id=case_id)}
        for element_id, times in expected.items():
            found.add(times, entered.get(element_id, 0))
        keys = ledger.keys_of(mark)
        found.calls += len(keys)
        found.add(expected.get("sent", 0), len(set(keys)))
        if not audit.verify(runtime, case_id).intact:
            found.lost += 1
    return found
