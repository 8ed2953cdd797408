"""A small office on an embedded database: two officers, a supervisor, a designer, and a process of one step."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from werkzeug.test import TestResponse

from engine.config import Config
from engine.domain.actor import SYSTEM
from engine.domain.clock import MovableClock
from engine.services import deployments, people
from engine.services.runtime import Runtime
from rongcuo.bootstrap import build
from web.app import create_app

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai, a Monday
PASSWORD = "correct horse"
PEOPLE = {
    "ann": ("安娜", ("officer",)),
    "bob": ("鲍勃", ("officer",)),
    "eve": ("伊芙", ("office",)),
    "sue": ("苏珊", ("supervisor",)),
    "dan": ("丹", ("designer",)),
}
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:rongcuo="https://rongcuo.cn/schema/1.0"
    id="Definitions_1" targetNamespace="https://rongcuo.cn">
  <bpmn:process id="leave" name="请假" isExecutable="true">
    <bpmn:startEvent id="ask" name="提出申请" camunda:formRef="ask" rongcuo:startGroups="officer">
      <bpmn:outgoing>f1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="ask" targetRef="check"/>
    <bpmn:userTask id="check" name="审核申请" camunda:candidateGroups="officer" camunda:formRef="check"
        camunda:dueDate="P3D">
      <bpmn:incoming>f1</bpmn:incoming>
      <bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="done"/>
    <bpmn:endEvent id="done" name="结束">
      <bpmn:incoming>f2</bpmn:incoming>
    </bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""
ASK = {
    "type": "default",
    "id": "ask",
    "components": [
        {"type": "textfield", "key": "reason", "label": "事由", "validate": {"required": True}},
        {"type": "filepicker", "key": "proof", "label": "证明"},
    ],
}
CHECK = {
    "type": "default",
    "id": "check",
    "components": [
        {
            "type": "radio",
            "key": "answer",
            "label": "意见",
            "values": [{"label": "同意", "value": "yes"}, {"label": "不同意", "value": "no"}],
            "validate": {"required": True},
        },
        {"type": "textarea", "key": "why", "label": "理由", "conditional": {"hide": '=answer != "no"'}},
    ],
}
FILES = {
    "leave.bpmn": DIAGRAM.encode(),
    "ask.form": json.dumps(ASK).encode(),
    "check.form": json.dumps(CHECK).encode(),
}
CONFIG = Config(
    office="测试局",
    zone=ZoneInfo("Asia/Shanghai"),
    number_office="测",
    permissions={"design": ("designer",), "supervise": ("supervisor",)},
    groups={
        "officer": {"zh": "经办人", "en": "Officers"},
        "office": {"zh": "办公室", "en": "Office"},
        "supervisor": {"zh": "督办", "en": "Supervisors"},
        "designer": {"zh": "流程设计", "en": "Designers"},
    },
    upload_limit=64 * 1024,
)
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class Browser:
    """One person's browser: keeps cookies, sends the token of the page it last saw."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, url: str, *, headers: dict[str, str] | None = None) -> TestResponse:
        answer = self.client.get(url, headers=headers, buffered=True)
        if answer.mimetype == "text/html" and (found := TOKEN.search(answer.text)):
            self.token = found[1]
        return answer

    def post(self, url: str, **fields: str) -> TestResponse:
        return self.client.post(url, data={"csrf_token": self.token, **fields})

    def script(self, url: str, body: dict[str, object]) -> TestResponse:
        headers = {"X-CSRF-Token": self.token, "Accept": "application/json"}
        return self.client.post(url, json=body, headers=headers)

    def log_in(self, login: str, password: str = PASSWORD, target: str = "/inbox") -> TestResponse:
        self.get("/login")
        answer = self.post("/login", login=login, password=password, next=target)
        if answer.status_code == 303:
            self.get("/help")
        return answer


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOW)


def _built(folder: Path, clock: MovableClock) -> Runtime:
    url = f"sqlite:///{folder / 'office.db'}"
    return build(database_url=url, data=folder, secret=b"s" * 32, clock=clock, config=CONFIG)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office once: hashing passwords takes its time."""
    folder = tmp_path_factory.mktemp("office")
    runtime = _built(folder, MovableClock(NOW))
    deployments.deploy(runtime, FILES, actor=SYSTEM, comment="first")
    for person, (name, groups) in PEOPLE.items():
        people.register(runtime, person, name, login=person, password=PASSWORD, groups=groups, since=date(2020, 1, 1))
    runtime.database.close()
    return folder


@pytest.fixture
def runtime(furnished: Path, tmp_path: Path, clock: MovableClock) -> Iterator[Runtime]:
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    runtime = _built(tmp_path, clock)
    yield runtime
    runtime.database.close()


def no_assets(entry: str) -> Markup:
    """Pages are tested without the built front end."""
    del entry
    return Markup("")


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime, asset_tags=no_assets)


@pytest.fixture
def stranger(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def logged_in(app: Flask) -> Callable[[str], Browser]:
    def browser_of(person: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.log_in(person).status_code == 303
        return browser

    return browser_of


@pytest.fixture
def case_id(runtime: Runtime, logged_in: Callable[[str], Browser]) -> int:
    """A case that bob started; its check waits for the officers."""
    answer = logged_in("bob").post("/start/leave/ask", reason="看病", _key="case")
    return int(re.findall(r"/cases/(\d+)", str(answer.location))[0])


@pytest.fixture
def task_id(case_id: int, logged_in: Callable[[str], Browser]) -> int:
    page = logged_in("ann").get("/inbox?tab=groups")
    return int(re.findall(r"/tasks/(\d+)", page.text)[0])
