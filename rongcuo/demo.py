"""A demo bureau: people for every role, and cases that the engine itself carried to where they stand."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from engine.domain.actor import Actor
from engine.domain.clock import MovableClock
from engine.services import cases, inbox, jobs, people, user_tasks
from engine.services.runtime import LiveCases, Runtime
from engine.store.unit_of_work import read_only
from rongcuo.settings import HOME

PASSWORD = "rongcuo-demo"  # noqa: S105 -- shown to everybody who runs the demo
OFFICE_HOUR = time(10, 30)
_DAY = re.compile(r"@([+-]\d+)d(T\d\d:\d\d)?")


def load(runtime: Runtime, home: Path = HOME) -> bool:
    """Enter the bureau and its cases; False when there are people already."""
    if people.directory(runtime):
        return False
    for bureau in _bureaus(home):
        for person in bureau["people"]:
            people.register(
                runtime,
                person["id"],
                person["name"],
                login=person["id"],
                password=PASSWORD,
                groups=tuple(person["groups"]),
                since=date(2020, 1, 1),
            )
        for story in bureau["cases"]:
            play(runtime, story)
    return True


def log_ins(home: Path = HOME) -> str:
    """One line for each person: log-in, name, groups."""
    lines = [f"password of all: {PASSWORD}"]
    for bureau in _bureaus(home):
        lines += [f"{person['id']:<12}{person['name']}  {', '.join(person['groups'])}" for person in bureau["people"]]
    return "\n".join(lines)


def play(runtime: Runtime, story: Mapping[str, Any]) -> int:
    """Carry one case through its steps, beginning `days_ago`; returns its id.

    Raises LookupError when a step names a task that its person does not find in his inbox.
    """
    day = runtime.today() - timedelta(days=story["days_ago"])
    clock = MovableClock(datetime.combine(day, OFFICE_HOUR, tzinfo=runtime.config.zone))
    past = replace(runtime, clock=clock, live=LiveCases())
    case_id = cases.start(
        past,
        story["process"],
        story["start"],
        _dated(story["values"], past.today()),
        actor=_actor(past, story["by"]),
        key=f"demo-{story['name']}",
    )
    _settle(past)
    for number, step in enumerate(story["steps"]):
        if "days" in step:
            clock.advance(timedelta(days=step["days"]))
            _settle(past)
        if "task" in step:
            _do(past, case_id, step, key=f"demo-{story['name']}-{number}")
            _settle(past)
    return case_id


def _do(runtime: Runtime, case_id: int, step: Mapping[str, Any], *, key: str) -> None:
    actor = _actor(runtime, step["by"])
    for tab in ("mine", "groups"):
        for row in inbox.page(runtime, actor, tab=tab).rows:
            if row.case_id == case_id and row.element_id == step["task"]:
                values = _dated(step.get("values", {}), runtime.today())
                user_tasks.complete(runtime, row.task_id, values, actor=actor, version=None, key=key)
                return
    raise LookupError(f"{step['by']} finds no task {step['task']} of case {case_id}")


def _settle(runtime: Runtime) -> None:
    while jobs.run_due(runtime):
        pass


def _actor(runtime: Runtime, person_id: str) -> Actor:
    with read_only(runtime.database) as uow:
        return people.actor_for(runtime, uow, person_id)


def _dated(value: Any, today: date) -> Any:
    """Texts like @-3d become the day three days before, @+0dT09:30 a moment of the day."""
    if isinstance(value, Mapping):
        return {name: _dated(item, today) for name, item in value.items()}
    if isinstance(value, list):
        return [_dated(item, today) for item in value]
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else (today + timedelta(days=int(match[1]))).isoformat() + (match[2] or "")


def _bureaus(home: Path) -> list[dict[str, Any]]:
    return [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((home / "workflows").glob("*/demo.yaml"))
    ]
