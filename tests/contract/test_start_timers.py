"""Cases that begin by a clock: set at deployment, fired by the worker, replaced by the next version."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.rejection import ProblemsFound
from engine.services import deployments, jobs, supervision
from engine.services.runtime import Runtime
from engine.store.database import Database
from tests.contract.bureau import CHIEF, HEAD, NOW, make_runtime
from tests.contract.playing import advance, cases_of, count, elements, entries, settle

HOUR = timedelta(hours=1)


def daily(timer: str, task: str = "look") -> dict[str, bytes]:
    text = f"""{HEAD}<bpmn:process id="round" name="巡查" isExecutable="true">
      <bpmn:startEvent id="begin"><bpmn:timerEventDefinition id="t">{timer}</bpmn:timerEventDefinition>
      </bpmn:startEvent>
      <bpmn:userTask id="{task}" camunda:candidateGroups="clerk"/>
      <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="{task}"/>
    </bpmn:process></bpmn:definitions>"""
    return {"round.bpmn": text.encode()}


def cycle(text: str) -> str:
    return f"<bpmn:timeCycle>{text}</bpmn:timeCycle>"


def deployed(database: Database, folder: Path, timer: str) -> Runtime:
    return make_runtime(database.url, folder, files=daily(timer))


def test_a_duration_starts_one_case(database: Database, tmp_path: Path) -> None:
    runtime = deployed(database, tmp_path, "<bpmn:timeDuration>PT2H</bpmn:timeDuration>")
    assert jobs.next_due(runtime) == NOW + 2 * HOUR

    for _ in range(5):
        advance(runtime, HOUR)

    (case_id,) = cases_of(runtime, "round")
    assert elements(runtime, case_id) == ["look"]
    assert [entry.actor for entry in entries(runtime, case_id, "timer")] == ["system"]
    assert count(runtime, "job") == 0


def test_a_date_starts_one_case_and_one_that_has_passed_none(database: Database, tmp_path: Path) -> None:
    date = (NOW + HOUR).isoformat()
    runtime = deployed(database, tmp_path, f"<bpmn:timeDate>{date}</bpmn:timeDate>")
    advance(runtime, HOUR)
    assert len(cases_of(runtime, "round")) == 1

    advance(runtime, HOUR)
    deployments.deploy(runtime, daily(f"<bpmn:timeDate>{date}</bpmn:timeDate>"), actor=CHIEF, comment="2")
    settle(runtime)

    assert len(cases_of(runtime, "round")) == 1


def test_a_cycle_starts_as_many_cases_as_it_says(database: Database, tmp_path: Path) -> None:
    runtime = deployed(database, tmp_path, cycle("R3/PT1H"))
    found = []
    for _ in range(5):
        advance(runtime, HOUR)
        found.append(len(cases_of(runtime, "round")))

    assert found == [1, 2, 3, 3, 3]


def test_a_worker_that_was_away_makes_up_for_every_round(database: Database, tmp_path: Path) -> None:
    runtime = deployed(database, tmp_path, cycle("R/PT1H"))

    advance(runtime, 4 * HOUR + HOUR / 2)

    assert len(cases_of(runtime, "round")) == 4
    assert jobs.next_due(runtime) == NOW + 5 * HOUR


def test_a_new_version_takes_the_place_of_the_timers_of_the_old_one(database: Database, tmp_path: Path) -> None:
    runtime = deployed(database, tmp_path, cycle("R/PT1H"))
    deployments.deploy(runtime, daily(cycle("R/PT2H"), task="see"), actor=CHIEF, comment="2")

    for _ in range(4):
        advance(runtime, HOUR)

    assert [elements(runtime, case_id) for case_id in cases_of(runtime, "round")] == [["see"], ["see"]]


def test_a_version_without_a_timer_starts_nothing(database: Database, tmp_path: Path) -> None:
    runtime = deployed(database, tmp_path, cycle("R/PT1H"))
    plain = daily("X")["round.bpmn"].replace(b'<bpmn:timerEventDefinition id="t">X</bpmn:timerEventDefinition>', b"")
    deployments.deploy(runtime, {"round.bpmn": plain}, actor=CHIEF, comment="2")

    advance(runtime, 4 * HOUR)

    assert cases_of(runtime, "round") == []


def test_a_start_that_fails_is_an_incident_and_the_next_round_comes_all_the_same(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = deployed(database, tmp_path, cycle("R/P1D"))
    with monkeypatch.context() as patched:
        patched.setattr("engine.services.start_timers.case_starts.start_in", _no_room)
        for _ in range(26):
            advance(runtime, HOUR)
    (incident,) = supervision.unresolved_incidents(runtime, actor=CHIEF)
    assert (incident.case_id, incident.element_id) == (None, "begin")

    advance(runtime, timedelta(days=1))
    assert len(cases_of(runtime, "round")) == 1

    assert incident.job_id is not None
    supervision.retry(runtime, incident.job_id, actor=CHIEF, reason="已修复")
    settle(runtime)
    assert len(cases_of(runtime, "round")) == 2
    assert count(runtime, "job") == 1


def _no_room(*_arguments: object, **_more: object) -> None:
    raise OSError("no room")


def test_a_timer_that_gives_no_time_refuses_the_deployment(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as refused:
        deployed(database, tmp_path, "<bpmn:timeDuration>=missing</bpmn:timeDuration>")

    assert [(problem.key, problem.element_id) for problem in refused.value.problems] == [("timer.start", "begin")]
