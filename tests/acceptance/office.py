"""A bureau at work, over HTTP, with a clock that the test moves."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from engine.domain.actor import SYSTEM, Actor
from engine.domain.clock import MovableClock
from engine.domain.user_task import UserTask
from engine.domain.views import CaseView
from engine.effects.passwords import hash_password
from engine.services import case_reading, deployments, jobs, people
from engine.store import case_lists, user_tasks, variables
from engine.store import people as person_rows
from engine.store.unit_of_work import read_only, unit_of_work
from rongcuo.bootstrap import build, diagram_files
from web.app import create_app

# A Friday, 9:00 in the bureau's time zone.
BEGIN = datetime(2026, 11, 20, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"

PEOPLE: dict[str, tuple[str, ...]] = {
    "chen": ("officer",),
    "liu": ("officer",),
    "zhang": ("registrar",),
    "wang": ("leader", "party_group"),
    "zhao": ("investigator",),
    "qian": ("investigator",),
    "sun": ("legal",),
    "ma": ("chair", "party_group"),
    "hu": ("party_group",),
    "guo": ("party_group",),
    "lin": ("party_group",),
    "he": ("recorder",),
    "luo": ("office",),
    "gao": ("office",),
    "song": ("archivist",),
    "xie": ("section",),
    "tang": ("personnel",),
    "han": ("discipline",),
    "feng": ("supervisor",),
    "yang": ("designer",),
}


class Office:
    """The service with its people; every person acts with a browser of his own."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.clock = MovableClock(BEGIN)
        self.runtime = build(
            database_url=database_url or f"sqlite:///{folder / 'office.db'}",
            data=folder,
            secret=b"office",
            clock=self.clock,
        )
        with unit_of_work(self.runtime.database) as uow:
            for person, groups in PEOPLE.items():
                person_rows.save_person(uow, person, person.capitalize())
                person_rows.save_account(uow, login=person, person_id=person, password_hash=_password_hash())
                for group in groups:
                    person_rows.hold_post(uow, person, group, since=date(2020, 1, 1))
        deployments.seed(self.runtime, diagram_files(), actor=SYSTEM, comment="test")
        self.app = create_app(self.runtime)
        self._browsers: dict[str, FlaskClient] = {}

    def browser(self, person: str) -> FlaskClient:
        """Logged in; again when the clock was moved past the end of the session."""
        client = self._browsers.setdefault(person, self.app.test_client())
        if client.get("/inbox").status_code != 200:
            fields = hidden_fields(client.get("/login").get_data(as_text=True), "/login")
            answer = client.post("/login", data={**fields, "login": person, "password": PASSWORD})
            assert answer.status_code in {302, 303}, answer.get_data(as_text=True)
        return client

    def start(self, person: str, process: str, event: str, **values: Any) -> int:
        """Start a case with the form; returns its id."""
        client = self.browser(person)
        path = f"/start/{process}/{event}"
        page = client.get(path)
        assert page.status_code == 200, page.get_data(as_text=True)
        fields = hidden_fields(page.get_data(as_text=True), path)
        answer = client.post(path, data=MultiDict([*fields.items(), *encoded(values)]))
        assert answer.status_code in {302, 303}, errors_of(answer)
        match = re.search(r"/cases/(\d+)", answer.headers["Location"])
        case_id = int(match[1]) if match else self.newest_case()
        self.settle()
        return case_id

    def do(self, person: str, case_id: int, element_id: str, **values: Any) -> TestResponse:
        """Complete the task with the form and let everything due happen."""
        answer = self.try_to_do(person, case_id, element_id, **values)
        assert answer.status_code in {302, 303}, f"{person} {element_id}: {errors_of(answer)}"
        self.settle()
        return answer

    def try_to_do(self, person: str, case_id: int, element_id: str, **values: Any) -> TestResponse:
        task = self.task(case_id, element_id, person)
        client = self.browser(person)
        path = f"/tasks/{task.id}"
        page = client.get(path)
        fields = hidden_fields(page.get_data(as_text=True), path) if page.status_code == 200 else {}
        return client.post(path, data=MultiDict([*fields.items(), *encoded(values)]))

    def say(self, person: str, case_id: int, element_id: str, **values: Any) -> None:
        """Send the case a message with its form: withdraw, ask for an extension."""
        answer = self.try_to_say(person, case_id, element_id, **values)
        assert answer.status_code in {302, 303}, f"{person} {element_id}: {errors_of(answer)}"
        self.settle()

    def try_to_say(self, person: str, case_id: int, element_id: str, **values: Any) -> TestResponse:
        client = self.browser(person)
        path = f"/cases/{case_id}/messages/{element_id}"
        fields = hidden_fields(client.get(path).get_data(as_text=True), path)
        if not fields:
            fields = {"csrf_token": _token(client.get("/inbox").get_data(as_text=True))}
        return client.post(path, data=MultiDict([*fields.items(), *encoded(values)]))

    def task(self, case_id: int, element_id: str, person: str | None = None) -> UserTask:
        """The open task at the element, this person's if there are several."""
        found = [task for task in self.open_tasks(case_id) if task.element_id == element_id]
        own = [task for task in found if task.assignee == person]
        assert found, f"{element_id} is not open, but {self.waiting(case_id)}"
        return (own or found)[0]

    def open_tasks(self, case_id: int) -> list[UserTask]:
        with read_only(self.runtime.database) as uow:
            return [task for task in user_tasks.of_case(uow, case_id) if task.is_open]

    def waiting(self, case_id: int) -> list[str]:
        """Element ids of the open tasks, sorted."""
        return sorted(task.element_id for task in self.open_tasks(case_id))

    def actor(self, person: str) -> Actor:
        with read_only(self.runtime.database) as uow:
            return people.actor_for(self.runtime, uow, person)

    def view(self, case_id: int) -> CaseView:
        """The case file as the supervisor sees it."""
        return case_reading.case_view(self.runtime, case_id, actor=self.actor("feng"))

    def variables(self, case_id: int) -> dict[str, Any]:
        """Variables of the case itself."""
        with read_only(self.runtime.database) as uow:
            found = variables.of_case(uow, case_id)
        return {name: value for (scope, name), value in found.items() if scope == ""}

    def linked(self, case_id: int) -> list[int]:
        """Cases that came from this one, oldest first."""
        with read_only(self.runtime.database) as uow:
            return [row.id for row in case_lists.linked(uow, case_id, None)]

    def newest_case(self) -> int:
        with read_only(self.runtime.database) as uow:
            rows = case_lists.visible(uow, person="", everything=True, query="", after=2**62, limit=1)
        return int(rows[0].id)

    def advance(self, **duration: float) -> None:
        """Move the clock, hour by hour where something falls due on the way."""
        goal = self.clock.now() + timedelta(**duration)
        while True:
            due = jobs.next_due(self.runtime)
            if due is None or due > goal:
                break
            self.clock.move_to(max(due, self.clock.now()))
            self.settle()
        self.clock.move_to(goal)
        self.settle()

    def settle(self) -> None:
        while jobs.run_due(self.runtime):
            pass

    @property
    def today(self) -> date:
        return self.runtime.today()


def _token(page: str) -> str:
    """The session's token as every page carries it."""
    match = re.search(r'name="csrf-token" content="([^"]+)"', page)
    return match[1] if match else ""


@cache
def _password_hash() -> str:
    """One hash serves all: it takes a tenth of a second to make."""
    return hash_password(PASSWORD)


def encoded(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Fields as a browser posts them: a.b, list[0].c, repeated names for several choices."""
    for name, value in values.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, Mapping):
                    yield from encoded(item, f"{path}[{index}]")
                else:
                    yield path, str(item)
        elif isinstance(value, bool):
            if value:
                yield path, "true"
        else:
            yield path, str(value)


class _Hidden(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action = action
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("action") in (self._action, None, "")
        elif tag == "input" and self._inside and given.get("type") == "hidden" and given.get("name"):
            self.fields[str(given["name"])] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the page's form that is sent to `action`."""
    parser = _Hidden(action)
    parser.feed(page)
    return parser.fields


def errors_of(answer: TestResponse) -> str:
    """What a page says is wrong, for the message of a failed test."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", answer.get_data(as_text=True), flags=re.S)
    return f"{answer.status_code}: " + " ".join(re.sub(r"<[^>]+>", " ", text.partition("<main")[2]).split())[:400]
