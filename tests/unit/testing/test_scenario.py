"""The test kit plays a process as its designer imagines it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.domain.rejection import Conflict, Forbidden, Invalid, NotFound, ProblemsFound
from engine.testing import Scenario

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:rongcuo="https://rongcuo.cn/schema/1.0" targetNamespace="test" id="definitions">"""


def diagram(inside: str, around: str = "", process: str = "p") -> bytes:
    return f"""{HEAD}{around}<bpmn:process id="{process}" name="P" isExecutable="true">{inside}</bpmn:process>
    </bpmn:definitions>""".encode()


def flows(*pairs: str) -> str:
    """`a>b` and `a>b|condition`."""
    drawn = []
    for number, pair in enumerate(pairs):
        ends, _, condition = pair.partition("|")
        source, target = ends.split(">")
        inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
        drawn.append(
            f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
        )
    return "".join(drawn)


TWO_TASKS = diagram(
    '<bpmn:startEvent id="s"/><bpmn:userTask id="write" name="起草" camunda:candidateGroups="clerk"/>'
    '<bpmn:userTask id="check" camunda:assignee="wang" rongcuo:separateFrom="write"/><bpmn:endEvent id="e"/>'
    + flows("s>write", "write>check", "check>e")
)
REMINDER = diagram(
    '<bpmn:startEvent id="s"/><bpmn:userTask id="work" camunda:candidateGroups="clerk"/><bpmn:endEvent id="e"/>'
    '<bpmn:boundaryEvent id="late" attachedToRef="work" cancelActivity="false"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:userTask id="remind" camunda:candidateGroups="clerk"/>' + flows("s>work", "work>e", "late>remind")
)


def test_a_case_goes_from_task_to_task_to_its_end() -> None:
    scenario = Scenario([TWO_TASKS])

    scenario.start("p", {"amount": 1.5})
    assert scenario.active() == ["write"]
    assert not scenario.ended
    (task,) = scenario.tasks()
    assert (task.name, task.assignee, task.candidate_groups) == ("起草", None, ("clerk",))

    scenario.complete("write", {"text": "x"})
    scenario.complete("check")

    assert scenario.ended
    assert scenario.path == ["s", "write", "check", "e"]
    assert scenario.variables["text"] == "x"
    assert str(scenario.variables["amount"]) == "1.5"
    assert scenario.incidents == []


def test_named_persons_are_held_to_their_separated_duties() -> None:
    scenario = Scenario([TWO_TASKS])
    scenario.start()
    scenario.complete("write", assignee="wang")

    with pytest.raises(Forbidden):
        scenario.complete("check", assignee="wang")

    assert scenario.active() == ["check"]


def test_the_clock_moves_only_when_told_and_what_falls_due_runs() -> None:
    scenario = Scenario([REMINDER], now=datetime(2026, 1, 1, 9, tzinfo=UTC))
    scenario.start()

    scenario.advance("P2D")
    assert scenario.active() == ["work"]
    scenario.advance("P1D")

    assert scenario.active() == ["remind", "work"]


def test_a_timer_can_be_made_due_now() -> None:
    scenario = Scenario([REMINDER])
    scenario.start()

    scenario.fire_timer("late")

    assert scenario.active() == ["remind", "work"]
    with pytest.raises(NotFound):
        scenario.fire_timer("late")


def test_a_duration_that_is_none_is_refused() -> None:
    scenario = Scenario([REMINDER], now=datetime(2026, 1, 1, 9, tzinfo=ZoneInfo("Europe/Berlin")))

    with pytest.raises(Invalid):
        scenario.advance("three days")


WAITING = diagram(
    '<bpmn:startEvent id="s"/><bpmn:receiveTask id="wait" messageRef="m"/><bpmn:userTask id="after"/>'
    + flows("s>wait", "wait>after"),
    '<bpmn:message id="m" name="answer"/>',
)


def test_a_message_reaches_the_case_that_waits_and_carries_variables() -> None:
    scenario = Scenario([WAITING])
    scenario.start()

    scenario.message("answer", {"text": "yes"})

    assert scenario.active() == ["after"]
    assert scenario.variables == {"text": "yes"}


def test_a_message_that_comes_early_is_kept() -> None:
    scenario = Scenario([WAITING])
    scenario.message("answer")

    scenario.start()

    assert scenario.active() == ["after"]


def test_a_business_key_tells_two_waiting_cases_apart() -> None:
    scenario = Scenario([WAITING])
    scenario.start(business_key="one")
    scenario.start(business_key="two")

    with pytest.raises(Conflict):
        scenario.message("answer")
    scenario.message("answer", business_key="two")

    assert scenario.active() == ["after"]
    with pytest.raises(Conflict):
        scenario.start(business_key="one")


def test_a_receive_task_is_let_go_without_a_message() -> None:
    scenario = Scenario([WAITING])
    scenario.start()

    scenario.trigger("wait", {"text": "by hand"})

    assert scenario.active() == ["after"]
    with pytest.raises(NotFound):
        scenario.trigger("wait")


def test_the_outside_work_of_a_service_task_is_done_by_trigger() -> None:
    scenario = Scenario(
        [
            diagram(
                '<bpmn:startEvent id="s"/><bpmn:serviceTask id="call" camunda:type="external" camunda:topic="t"/>'
                '<bpmn:userTask id="after"/>' + flows("s>call", "call>after")
            )
        ]
    )
    scenario.start()
    assert scenario.active() == []

    scenario.trigger("call", {"answer": 42})

    assert scenario.active() == ["after"]
    assert scenario.variables == {"answer": 42}


SIGNALS = diagram(
    '<bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="wait"><bpmn:signalEventDefinition signalRef="g"/>'
    '</bpmn:intermediateCatchEvent><bpmn:userTask id="after"/>' + flows("s>wait", "wait>after"),
    '<bpmn:signal id="g" name="alarm"/>',
)
STARTED_BY_SIGNAL = diagram(
    '<bpmn:startEvent id="heard"><bpmn:signalEventDefinition signalRef="g"/></bpmn:startEvent>'
    '<bpmn:userTask id="react"/>' + flows("heard>react"),
    '<bpmn:signal id="g" name="alarm"/>',
    "q",
)


def test_a_signal_reaches_every_case_and_starts_those_that_begin_with_it() -> None:
    scenario = Scenario([SIGNALS, STARTED_BY_SIGNAL])
    scenario.start("p")
    scenario.start("p")

    scenario.signal("alarm")

    assert scenario.active() == ["after", "after", "react"]


def test_a_case_can_be_started_at_the_start_event_of_a_signal() -> None:
    scenario = Scenario([STARTED_BY_SIGNAL])

    scenario.start(signal="alarm")

    assert scenario.active() == ["react"]
    with pytest.raises(NotFound):
        scenario.start()


def test_a_stuck_token_is_an_incident_with_its_element() -> None:
    scenario = Scenario(
        [
            diagram(
                '<bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="which"/><bpmn:endEvent id="a"/>'
                '<bpmn:endEvent id="b"/>' + flows("s>which", "which>a|=1 = 2", "which>b|=1 = 3")
            )
        ]
    )

    scenario.start()

    assert [incident.element_id for incident in scenario.incidents] == ["which"]
    assert not scenario.ended


def test_files_are_read_from_paths_and_all_their_problems_are_listed(tmp_path: Path) -> None:
    broken = tmp_path / "broken.bpmn"
    broken.write_bytes(
        diagram('<bpmn:startEvent id="s"/><bpmn:userTask id="t" camunda:formRef="none"/>' + flows("s>u"))
    )

    with pytest.raises(ProblemsFound) as found:
        Scenario([broken, b'{"type": "default"'])

    assert {problem.file for problem in found.value.problems} == {"broken.bpmn", "file2.form"}
    assert len(found.value.problems) >= 3


def test_the_repetitions_of_an_activity_are_on_the_path_once_each() -> None:
    scenario = Scenario(
        [
            diagram(
                '<bpmn:startEvent id="s"/><bpmn:userTask id="vote" camunda:assignee="${member}">'
                '<bpmn:multiInstanceLoopCharacteristics camunda:collection="members" camunda:elementVariable="member"/>'
                '</bpmn:userTask><bpmn:endEvent id="e"/>' + flows("s>vote", "vote>e")
            )
        ]
    )
    scenario.start(variables={"members": ["a", "b"]})
    assert scenario.active() == ["vote", "vote"]
    assert [(task.assignee, task.variables["member"]) for task in scenario.tasks()] == [("a", "a"), ("b", "b")]

    scenario.complete("vote", assignee="b")
    scenario.complete("vote", assignee="a")

    assert scenario.path == ["s", "vote", "vote", "e"]


def test_a_join_is_on_the_path_once_when_it_lets_go() -> None:
    scenario = Scenario(
        [
            diagram(
                '<bpmn:startEvent id="s"/><bpmn:parallelGateway id="split"/><bpmn:userTask id="a"/>'
                '<bpmn:userTask id="b"/><bpmn:parallelGateway id="join"/><bpmn:endEvent id="e"/>'
                + flows("s>split", "split>a", "split>b", "a>join", "b>join", "join>e")
            )
        ]
    )
    scenario.start()
    scenario.complete("b")
    assert scenario.path == ["s", "split", "a", "b"]
    scenario.complete("a")

    assert scenario.path == ["s", "split", "a", "b", "join", "e"]


def test_a_cycle_fires_as_often_as_it_says_while_the_clock_moves_far() -> None:
    cycle = REMINDER.replace(b"timeDuration", b"timeCycle").replace(b"P3D", b"R3/PT1H")
    scenario = Scenario([cycle])
    scenario.start()

    scenario.advance("P2D")

    assert scenario.active() == ["remind", "remind", "remind", "work"]


def test_it_plays_on_postgresql_too(postgresql_url: str) -> None:
    scenario = Scenario([TWO_TASKS], database_url=postgresql_url.replace("+psycopg", ""))
    scenario.start()
    scenario.complete("write")
    scenario.complete("check")

    assert scenario.ended
    scenario.close()


def test_a_value_that_no_variable_can_hold_is_refused_by_name() -> None:
    scenario = Scenario([TWO_TASKS])

    with pytest.raises(Invalid, match="thing"):
        scenario.start(variables={"thing": object()})

    assert scenario.active() == []
