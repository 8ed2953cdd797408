"""Moved, sent back, begun again, terminated: shown first, done in one transaction, on the record."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.domain.changes import MovePlan, PlanRefused, StartAt
from engine.domain.rejection import Conflict, Forbidden, Invalid, Rejection
from engine.services import audit, case_changes, deployments, supervision, user_tasks
from engine.services.case_changes import Preview
from engine.services.runtime import Runtime
from engine.store import cases as case_rows
from engine.store import history
from engine.store.database import Database
from engine.store.unit_of_work import Statement, read_only, unit_of_work
from tests.contract.bureau import CHIEF, HEAD, LI, ZHAO, make_runtime, open_tasks, reopened
from tests.contract.playing import begin, complete, count, elements, entries

FORKED = f"""{HEAD}
  <bpmn:process id="forked" name="并行" isExecutable="true">
    <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
    <bpmn:userTask id="a" camunda:candidateGroups="clerk"/>
    <bpmn:parallelGateway id="fork"/>
    <bpmn:userTask id="b" name="会签" camunda:candidateGroups="clerk"/>
    <bpmn:userTask id="c" camunda:candidateGroups="clerk"/>
    <bpmn:boundaryEvent id="late" attachedToRef="c" cancelActivity="false">
      <bpmn:timerEventDefinition id="t"><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:userTask id="urge" camunda:candidateGroups="clerk"/>
    <bpmn:parallelGateway id="join"/>
    <bpmn:userTask id="z" camunda:candidateGroups="clerk"/>
    <bpmn:endEvent id="finish"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="a"/>
    <bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="fork"/>
    <bpmn:sequenceFlow id="f3" sourceRef="fork" targetRef="b"/>
    <bpmn:sequenceFlow id="f4" sourceRef="fork" targetRef="c"/>
    <bpmn:sequenceFlow id="f5" sourceRef="b" targetRef="join"/>
    <bpmn:sequenceFlow id="f6" sourceRef="c" targetRef="join"/>
    <bpmn:sequenceFlow id="f7" sourceRef="join" targetRef="z"/>
    <bpmn:sequenceFlow id="f8" sourceRef="z" targetRef="finish"/>
    <bpmn:sequenceFlow id="f9" sourceRef="late" targetRef="urge"/>
  </bpmn:process>
</bpmn:definitions>""".encode()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path, files={"forked.bpmn": FORKED})


@pytest.fixture
def case_id(runtime: Runtime) -> int:
    case_id = begin(runtime, "forked", {"amount": 7})
    complete(runtime, case_id, "a")
    return case_id


def state(runtime: Runtime, case_id: int) -> tuple[str, str | None]:
    with read_only(runtime.database) as uow:
        case = case_rows.get(uow, case_id)
    return case.state, case.outcome


def seen(preview: Preview, what: str) -> list[tuple[str, str]]:
    return [(one.element_id, one.kind) for one in preview.effects if one.what == what]


def carry_out(runtime: Runtime, preview: Preview) -> None:
    case_changes.move(runtime, preview.case_id, preview.plan, actor=CHIEF, reason="退回补正", revision=preview.revision)


def test_the_consequences_are_shown_first_and_nothing_moves(runtime: Runtime, case_id: int) -> None:
    user_tasks.claim(runtime, next(t.id for t in open_tasks(runtime, case_id) if t.element_id == "b"), actor=LI)

    preview = case_changes.preview_back(runtime, case_id, "a", actor=CHIEF)

    assert preview.problems == ()
    assert seen(preview, "cancelled") == [("b", "task"), ("c", "task"), ("late", "timer")]
    assert seen(preview, "started") == [("a", "task")]
    assert [one.note for one in preview.effects if one.element_id == "b"] == ["li"]
    assert elements(runtime, case_id) == ["b", "c"]


def test_a_case_sent_back_goes_on_from_there_and_the_record_says_who_and_why(
    runtime: Runtime, case_id: int, database: Database, tmp_path: Path
) -> None:
    carry_out(runtime, case_changes.preview_back(runtime, case_id, "a", actor=CHIEF))

    assert elements(runtime, case_id) == ["a"]
    assert count(runtime, "job") == 0
    (moved,) = entries(runtime, case_id, "moved")
    assert (moved.actor, moved.name) == ("chief", "退回补正")
    assert '"element":"b"' in moved.data.replace(" ", "")
    other = reopened(runtime, database.url, tmp_path)
    for element in ("a", "b", "c", "z"):
        complete(other, case_id, element)
    assert state(runtime, case_id)[0] == "ended"
    assert audit.verify(runtime, case_id).intact


def test_back_into_one_branch_keeps_the_task_of_the_other_and_its_holder(runtime: Runtime, case_id: int) -> None:
    complete(runtime, case_id, "b")
    (other,) = open_tasks(runtime, case_id)
    user_tasks.claim(runtime, other.id, actor=ZHAO)

    carry_out(runtime, case_changes.preview_back(runtime, case_id, "b", actor=CHIEF))

    kept = next(task for task in open_tasks(runtime, case_id) if task.element_id == "c")
    assert (kept.id, kept.assignee) == (other.id, "zhao")
    assert elements(runtime, case_id) == ["b", "c"]
    complete(runtime, case_id, "c", actor=ZHAO)
    complete(runtime, case_id, "b")
    assert elements(runtime, case_id) == ["z"]


def test_a_join_that_would_wait_for_ever_is_shown(runtime: Runtime, case_id: int) -> None:
    token = next(task.token for task in open_tasks(runtime, case_id) if task.element_id == "b")
    plan = MovePlan(cancel=(token,), start=(StartAt(element_id="z"),))

    preview = case_changes.preview_move(runtime, case_id, plan, actor=CHIEF)

    assert seen(preview, "starves") == [("join", "join")]


def test_a_case_that_moved_since_the_preview_is_not_touched(runtime: Runtime, case_id: int) -> None:
    preview = case_changes.preview_back(runtime, case_id, "a", actor=CHIEF)
    complete(runtime, case_id, "b")

    with pytest.raises(Conflict):
        carry_out(runtime, preview)
    assert elements(runtime, case_id) == ["c"]


def test_an_impossible_plan_is_shown_as_such_and_refused(runtime: Runtime, case_id: int) -> None:
    plan = MovePlan(start=(StartAt(element_id="nowhere"),))

    assert case_changes.preview_move(runtime, case_id, plan, actor=CHIEF).problems != ()
    with pytest.raises(PlanRefused):
        case_changes.move(runtime, case_id, plan, actor=CHIEF, reason="试", revision=None)
    complete(runtime, case_id, "b")  # what is kept of the case was not harmed


def test_only_supervisors_and_administrators_change_what_runs_and_they_say_why(runtime: Runtime, case_id: int) -> None:
    with pytest.raises(Forbidden):
        case_changes.terminate(runtime, case_id, actor=LI, reason="不办了")
    with pytest.raises(Forbidden):
        case_changes.preview_back(runtime, case_id, "a", actor=LI)
    with pytest.raises(Invalid):
        case_changes.terminate(runtime, case_id, actor=CHIEF, reason=" ")
    assert state(runtime, case_id)[0] == "active"


def test_a_terminated_case_leaves_nothing_open_and_says_so(runtime: Runtime, case_id: int) -> None:
    case_changes.terminate(runtime, case_id, actor=CHIEF, reason="申请人撤回")

    assert state(runtime, case_id) == ("ended", "terminated")
    assert open_tasks(runtime, case_id) == []
    assert [count(runtime, table) for table in ("job", "subscription", "task_offer")] == [0, 0, 0]
    (entry,) = entries(runtime, case_id, "terminated")
    assert (entry.actor, entry.name) == ("chief", "申请人撤回")
    assert audit.verify(runtime, case_id).intact
    with pytest.raises(Conflict):
        case_changes.terminate(runtime, case_id, actor=CHIEF, reason="再次")


def test_an_ended_case_begins_again_with_its_variables_and_new_numbers(
    runtime: Runtime, case_id: int, database: Database, tmp_path: Path
) -> None:
    old = {place.token for place in case_changes.stands(runtime, case_id, actor=CHIEF)}  # that of the timer is highest
    case_changes.terminate(runtime, case_id, actor=CHIEF, reason="误操作")
    preview = case_changes.preview_restart(runtime, case_id, "b", actor=CHIEF)
    assert seen(preview, "started") == [("b", "task"), ("join", "join")]

    case_changes.restart(runtime, case_id, preview.plan, actor=CHIEF, reason="恢复办理", revision=preview.revision)

    (task,) = open_tasks(runtime, case_id)
    assert (task.element_id, task.token > max(old)) == ("b", True)
    assert state(runtime, case_id) == ("active", None)
    (entry,) = entries(runtime, case_id, "restarted")
    assert (entry.actor, entry.name) == ("chief", "恢复办理")
    other = reopened(runtime, database.url, tmp_path)
    complete(other, case_id, "b")
    complete(other, case_id, "z")
    assert state(runtime, case_id)[0] == "ended"
    assert audit.verify(runtime, case_id).intact


def test_a_case_that_ended_without_keeping_its_numbers_begins_behind_those_on_record(
    runtime: Runtime, case_id: int
) -> None:
    case_changes.terminate(runtime, case_id, actor=CHIEF, reason="误操作")
    with unit_of_work(runtime.database) as uow:  # as the first release left it
        uow.run(Statement("UPDATE process_instance SET execution = NULL WHERE id = :id"), id=case_id)
        highest = history.highest_token(uow, case_id)

    preview = case_changes.preview_restart(runtime, case_id, "z", actor=CHIEF)
    case_changes.restart(runtime, case_id, preview.plan, actor=CHIEF, reason="恢复", revision=preview.revision)

    (task,) = open_tasks(runtime, case_id)
    assert (task.element_id, task.token > highest > 0) == ("z", True)


def test_an_active_case_begins_again_at_one_element_alone(runtime: Runtime, case_id: int) -> None:
    preview = case_changes.preview_restart(runtime, case_id, "c", actor=CHIEF)
    case_changes.restart(runtime, case_id, preview.plan, actor=CHIEF, reason="从头", revision=preview.revision)

    assert elements(runtime, case_id) == ["c"]
    complete(runtime, case_id, "c")
    assert elements(runtime, case_id) == ["z"]


def test_where_the_tokens_stand_can_be_asked(runtime: Runtime, case_id: int) -> None:
    found = case_changes.stands(runtime, case_id, actor=CHIEF)

    assert [(place.element_id, place.kind) for place in found] == [("b", "task"), ("c", "task"), ("late", "timer")]


def test_an_incident_ends_when_its_token_is_moved_away(runtime: Runtime) -> None:
    stuck = FORKED.replace(b'id="forked"', b'id="stuck"').replace(
        b'<bpmn:userTask id="a" camunda:candidateGroups="clerk"/>', b'<bpmn:exclusiveGateway id="a"/>'
    )
    condition = b"<bpmn:conditionExpression>=missing</bpmn:conditionExpression></bpmn:sequenceFlow>"
    stuck = stuck.replace(b'sourceRef="a" targetRef="fork"/>', b'sourceRef="a" targetRef="fork">' + condition)
    deployments.deploy(runtime, {"stuck.bpmn": stuck}, actor=CHIEF, comment="test")
    case_id = begin(runtime, "stuck")
    (incident,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    assert incident.element_id == "a"

    carry_out(runtime, case_changes.preview_back(runtime, case_id, "fork", actor=CHIEF))

    assert elements(runtime, case_id) == ["b", "c"]
    assert supervision.unresolved_incidents(runtime, actor=CHIEF) == []


def _work(runtime: Runtime, case_id: int, unexpected: list[BaseException]) -> None:
    for _ in range(6):
        for task in open_tasks(runtime, case_id):
            _attempt(lambda task=task: user_tasks.complete_with(runtime, task.id, {}, actor=LI), unexpected)  # type: ignore[misc]


def _send_back(runtime: Runtime, case_id: int, unexpected: list[BaseException]) -> None:
    for _ in range(6):
        _attempt(lambda: carry_out(runtime, case_changes.preview_back(runtime, case_id, "a", actor=CHIEF)), unexpected)


def _attempt(act: Callable[[], object], unexpected: list[BaseException]) -> None:
    try:
        act()
    except Rejection:
        pass  # another one was first
    except BaseException as error:  # noqa: BLE001  # told by the thread that waits
        unexpected.append(error)


def test_completing_and_sending_back_at_once_leave_a_case_that_is_whole(
    runtime: Runtime, case_id: int, database: Database, tmp_path: Path
) -> None:
    unexpected: list[BaseException] = []
    threads = [
        threading.Thread(target=act, args=(reopened(runtime, database.url, tmp_path), case_id, unexpected))
        for act in (_work, _work, _send_back)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert unexpected == []
    assert audit.verify(runtime, case_id).intact
    names = elements(runtime, case_id)
    assert len(set(names)) == len(names)
    for _ in range(5):
        for name in elements(runtime, case_id):
            complete(runtime, case_id, name)
    assert state(runtime, case_id)[0] == "ended"
