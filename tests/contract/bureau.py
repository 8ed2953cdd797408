"""A small office with one process, for tests of the step."""

from datetime import UTC, date, datetime
from pathlib import Path

from engine.config import Config, config_from
from engine.domain.actor import Actor
from engine.domain.clock import Clock, MovableClock
from engine.domain.user_task import UserTask
from engine.services import deployments, people
from engine.services.runtime import Runtime
from engine.store import user_tasks
from engine.store.unit_of_work import read_only
from rongcuo.bootstrap import build

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
LI = Actor(person_id="li", name="李", groups=frozenset({"clerk"}))
ZHAO = Actor(person_id="zhao", name="赵", groups=frozenset({"clerk"}))
CHIEF = Actor(person_id="chief", name="长", groups=frozenset({"chief"}), permissions=frozenset({"supervise", "design"}))

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:rongcuo="https://rongcuo.cn/schema/1.0" targetNamespace="test" id="definitions">"""

TWO_TASKS = f"""{HEAD}
  <bpmn:process id="request" name="申请" isExecutable="true">
    <bpmn:startEvent id="begin" name="提出" rongcuo:startGroups="clerk"/>
    <bpmn:userTask id="write" name="起草" camunda:candidateGroups="clerk" camunda:formRef="letter"/>
    <bpmn:userTask id="check" name="核稿" camunda:candidateGroups="clerk" rongcuo:separateFrom="write"/>
    <bpmn:endEvent id="finish"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="write"/>
    <bpmn:sequenceFlow id="f2" sourceRef="write" targetRef="check"/>
    <bpmn:sequenceFlow id="f3" sourceRef="check" targetRef="finish"/>
  </bpmn:process>
</bpmn:definitions>""".encode()

LETTER = """{"type": "default", "id": "letter", "components": [
  {"type": "textfield", "key": "subject", "label": "事由", "validate": {"required": true, "maxLength": 20}},
  {"type": "number", "key": "pages", "label": "页数"}]}""".encode()

_made: list[Runtime] = []

FILES = {"request.bpmn": TWO_TASKS, "letter.form": LETTER}


def config() -> Config:
    return config_from(
        {
            "office": {"name": "某局"},
            "groups": {"clerk": {"zh": "办事员"}, "chief": {"zh": "负责人"}},
            "permissions": {"supervise": ["chief"], "design": ["chief"]},
        },
        where="test",
    )


def make_runtime(database_url: str, folder: Path, *, files: dict[str, bytes] | None = None) -> Runtime:
    """A runtime with three people and the process deployed, at a clock that stands still."""
    runtime = _build(database_url, folder, MovableClock(NOW))
    for actor in (LI, ZHAO, CHIEF):
        people.register(
            runtime,
            actor.person_id,
            actor.name,
            login=actor.person_id,
            password="correct horse",
            groups=tuple(actor.groups),
            since=date(2020, 1, 1),
        )
    deployments.deploy(runtime, FILES if files is None else files, actor=CHIEF, comment="test")
    return runtime


def reopened(runtime: Runtime, database_url: str, folder: Path) -> Runtime:
    """The same database as another process would see it, at the same moment."""
    return _build(database_url, folder, runtime.clock)


def _build(database_url: str, folder: Path, clock: Clock) -> Runtime:
    runtime = build(database_url=database_url, data=folder, secret=b"test", clock=clock, config=config())
    _made.append(runtime)
    return runtime


def close_all() -> None:
    """Close the databases of every runtime made so far."""
    while _made:
        _made.pop().database.close()


def open_tasks(runtime: Runtime, case_id: int) -> list[UserTask]:
    with read_only(runtime.database) as uow:
        return [task for task in user_tasks.of_case(uow, case_id) if task.is_open]
