"""Several versions side by side, and cases moved from one to another: reported first, then each by itself."""

import json
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from engine.domain.changes import MigrationPlan
from engine.domain.clock import MovableClock
from engine.domain.rejection import Forbidden, Invalid, NotFound
from engine.services import audit, case_changes, deployments, inbox, migrations, suspending, user_tasks
from engine.services.migrations import MigrationReport, Outcome
from engine.services.runtime import Runtime
from engine.store import cases as case_rows
from engine.store import clocks, moved_tokens
from engine.store.database import Database
from engine.store.unit_of_work import read_only
from rongcuo.bootstrap import build
from tests.contract import bureau
from tests.contract.bureau import CHIEF, HEAD, LI, NOW, config, make_runtime, open_tasks, reopened
from tests.contract.playing import advance, begin, complete, count, elements, entries, settle
from tests.unit.bpmn.blocks import grow, loops
from tests.unit.bpmn.drawing import boundary, chain, diagram, end, process, start, timer, user

LATE = """<bpmn:boundaryEvent id="late" attachedToRef="{host}" cancelActivity="false">
  <bpmn:timerEventDefinition id="t"><bpmn:timeDuration>{period}</bpmn:timeDuration></bpmn:timerEventDefinition>
  </bpmn:boundaryEvent><bpmn:userTask id="urge" camunda:candidateGroups="chief"/>
  <bpmn:sequenceFlow id="u" sourceRef="late" targetRef="urge"/>"""


def letter(
    *, write: str = "write", name: str = "起草", group: str = "clerk", more: str = "", last: str = "check"
) -> bytes:
    return f"""{HEAD}
      <bpmn:process id="letter" name="函" isExecutable="true">
        <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
        <bpmn:userTask id="{write}" name="{name}" camunda:candidateGroups="{group}"/>
        <bpmn:userTask id="{last}" camunda:candidateGroups="clerk"/>
        <bpmn:endEvent id="finish"/>{more}
        <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="{write}"/>
        <bpmn:sequenceFlow id="f2" sourceRef="{write}" targetRef="{last}"/>
        <bpmn:sequenceFlow id="f3" sourceRef="{last}" targetRef="finish"/>
      </bpmn:process></bpmn:definitions>""".encode()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path, files={"letter.bpmn": letter()})


def deploy(runtime: Runtime, content: bytes) -> None:
    deployments.deploy(runtime, {"letter.bpmn": content}, actor=CHIEF, comment="下一版")


def reported(
    runtime: Runtime, *, timers: str = "keep", case_ids: list[int] | None = None, **elements: str
) -> MigrationReport:
    plan = MigrationPlan(elements=elements, timers=timers)
    return migrations.report(runtime, "letter", None, plan, actor=CHIEF, case_ids=case_ids)


def migrate(runtime: Runtime, report: MigrationReport) -> list[Outcome]:
    return migrations.migrate(runtime, report, actor=CHIEF, reason="新版流程")


def version(runtime: Runtime, case_id: int) -> int:
    with read_only(runtime.database) as uow:
        return runtime.packages.bound(uow, case_rows.get(uow, case_id).definition_id).version


def test_cases_of_several_versions_run_side_by_side(runtime: Runtime) -> None:
    old = begin(runtime, "letter")
    deploy(runtime, letter(last="sign"))
    new = begin(runtime, "letter")

    complete(runtime, old, "write")
    complete(runtime, new, "write")

    assert (elements(runtime, old), elements(runtime, new)) == (["check"], ["sign"])
    assert (version(runtime, old), version(runtime, new)) == (1, 2)


def test_the_report_names_every_case_and_moves_none(runtime: Runtime) -> None:
    can, cannot = begin(runtime, "letter"), begin(runtime, "letter")
    complete(runtime, cannot, "write")
    deploy(runtime, letter(last="sign"))
    begin(runtime, "letter")

    report = reported(runtime)

    assert [(one.case_id, one.can, one.version) for one in report.cases] == [(can, True, 1), (cannot, False, 1)]
    assert "'check'" in report.cases[1].problems[0]
    assert [(one.what, one.element_id, one.note) for one in report.cases[0].effects] == [("kept", "write", "clerk")]
    assert (version(runtime, can), version(runtime, cannot)) == (1, 1)


def test_an_open_task_keeps_its_row_holder_and_draft_in_the_new_version(
    runtime: Runtime, database: Database, tmp_path: Path
) -> None:
    case_id = begin(runtime, "letter")
    (task,) = open_tasks(runtime, case_id)
    user_tasks.claim(runtime, task.id, actor=LI)
    user_tasks.save_draft(runtime, task.id, {"subject": "半句"}, actor=LI)
    deploy(runtime, letter(write="draft", name="拟稿", group="chief"))

    (outcome,) = migrate(runtime, reported(runtime, write="draft"))

    assert outcome.what == "migrated"
    (kept,) = open_tasks(runtime, case_id)
    assert (kept.id, kept.token, kept.assignee) == (task.id, task.token, "li")
    assert (kept.element_id, kept.name, kept.candidate_groups) == ("draft", "拟稿", ("chief",))
    assert count(runtime, "draft") == 1
    other = reopened(runtime, database.url, tmp_path)
    complete(other, case_id, "draft")
    assert elements(other, case_id) == ["check"]


def test_a_free_task_is_offered_as_the_new_version_says(runtime: Runtime) -> None:
    begin(runtime, "letter")
    deploy(runtime, letter(group="chief"))
    migrate(runtime, reported(runtime))

    assert [row.element_id for row in inbox.page(runtime, CHIEF, tab="groups").rows] == ["write"]
    assert inbox.page(runtime, LI, tab="groups").rows == []


def test_the_record_says_who_moved_the_case_from_where_to_where_and_why(runtime: Runtime) -> None:
    case_id = begin(runtime, "letter")
    deploy(runtime, letter())
    migrate(runtime, reported(runtime))

    (entry,) = entries(runtime, case_id, "migrated")
    assert (entry.actor, entry.name) == ("chief", "新版流程")
    data = json.loads(entry.data)
    assert (data["from"]["version"], data["to"]["version"]) == (1, 2)
    assert audit.verify(runtime, case_id).intact


def test_a_clock_added_to_an_open_task_runs_and_a_running_one_keeps_its_time(runtime: Runtime) -> None:
    case_id = begin(runtime, "letter")
    deploy(runtime, letter(more=LATE.format(host="write", period="P3D")))
    migrate(runtime, reported(runtime))
    advance(runtime, timedelta(days=1))
    deploy(runtime, letter(write="draft", more=LATE.format(host="draft", period="P30D")))
    migrate(runtime, reported(runtime, write="draft"))

    advance(runtime, timedelta(days=2))

    assert elements(runtime, case_id) == ["draft", "urge"]


def test_a_running_clock_is_reckoned_anew_when_asked(runtime: Runtime) -> None:
    deploy(runtime, letter(more=LATE.format(host="write", period="P3D")))
    case_id = begin(runtime, "letter")
    deploy(runtime, letter(more=LATE.format(host="write", period="P30D")))
    migrate(runtime, reported(runtime, timers="renew"))

    advance(runtime, timedelta(days=29))
    assert elements(runtime, case_id) == ["write"]
    advance(runtime, timedelta(days=1))
    assert elements(runtime, case_id) == ["urge", "write"]


def test_a_legal_clock_that_the_new_version_adds_starts_and_one_that_it_drops_stops(runtime: Runtime) -> None:
    def running() -> list[str]:
        with read_only(runtime.database) as uow:
            return [row.name for row in clocks.of_case(uow, case_id) if row.stopped_at is None]

    runtime.config.policies["reply"] = {"days": 5}  # type: ignore[index]
    case_id = begin(runtime, "letter")
    deploy(runtime, letter().replace(b'id="write"', b'id="write" rongcuo:clock="reply"'))
    migrate(runtime, reported(runtime))
    assert running() == ["reply"]
    deploy(runtime, letter())
    migrate(runtime, reported(runtime))
    assert running() == []


def test_a_case_that_moved_since_the_report_is_reported_again_and_not_moved(runtime: Runtime) -> None:
    first, second = begin(runtime, "letter"), begin(runtime, "letter")
    deploy(runtime, letter(last="sign"))
    report = reported(runtime)
    complete(runtime, first, "write")

    outcomes = migrate(runtime, report)

    assert [(one.case_id, one.what) for one in outcomes] == [(first, "changed"), (second, "migrated")]
    assert not outcomes[0].report.can
    assert (version(runtime, first), version(runtime, second)) == (1, 2)
    assert elements(runtime, first) == ["check"]


def test_a_suspended_case_and_one_of_another_process_are_reported_as_such(runtime: Runtime) -> None:
    case_id = begin(runtime, "letter")
    deploy(runtime, letter())
    suspending.suspend(runtime, case_id, actor=CHIEF, reason="等候")
    assert "等候" in reported(runtime).cases[0].problems[0]
    suspending.resume(runtime, case_id, actor=CHIEF, reason="继续")
    migrate(runtime, reported(runtime))
    (again,) = reported(runtime, case_ids=[case_id]).cases
    assert "already" in again.problems[0]


def test_migrating_asks_for_the_permission_a_reason_and_a_version_that_exists(runtime: Runtime) -> None:
    begin(runtime, "letter")
    with pytest.raises(Forbidden):
        migrations.report(runtime, "letter", None, MigrationPlan(), actor=LI)
    with pytest.raises(NotFound):
        migrations.report(runtime, "letter", 9, MigrationPlan(), actor=CHIEF)
    with pytest.raises(Invalid):
        migrations.migrate(runtime, reported(runtime), actor=CHIEF, reason="")


def _migrate_and_die(url: str, folder: Path, statement_number: int) -> None:
    """Migrate in this process, killed before its n-th statement; exit 0 when it lived to the end."""
    runtime = build(database_url=url, data=folder, secret=b"test", clock=MovableClock(NOW), config=config())
    report = reported(runtime)
    seen = 0

    def cut(*_arguments: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement_number:
            os.kill(os.getpid(), signal.SIGKILL)

    runtime.database.observers.append(cut)
    event.listen(runtime.database._writing, "commit", cut)
    migrate(runtime, report)
    os._exit(0)


def test_a_migration_killed_between_any_two_statements_is_done_or_not_begun(
    runtime: Runtime, database: Database, tmp_path: Path
) -> None:
    deploy(runtime, letter(last="sign", more=LATE.format(host="write", period="P3D"), name="拟稿"))
    found: list[tuple[int, str, int]] = []
    for number in range(1, 60):
        with read_only(runtime.database) as uow:
            first = moved_tokens.definition_of_version(uow, "letter", 1)
        case_id = _begin_old(runtime, first)
        runtime.database.close()
        child = multiprocessing.get_context("fork").Process(
            target=_migrate_and_die, args=(database.url, tmp_path, number)
        )
        child.start()
        child.join()
        (task,) = open_tasks(runtime, case_id)
        found.append((version(runtime, case_id), task.name, count(runtime, "job", f"case_id = {case_id}")))
        assert found[-1] in {(1, "起草", 0), (2, "拟稿", 1)}
        assert audit.verify(runtime, case_id).intact
        case_changes.terminate(runtime, case_id, actor=CHIEF, reason="测试")
        if child.exitcode == 0:
            break

    assert child.exitcode == 0
    assert found[0][0] == 1
    assert found[-1][0] == 2


def _begin_old(runtime: Runtime, definition_id: int) -> int:
    """A case of the first version, as if it had been begun before the second was deployed."""
    bound_of = runtime.packages.latest
    with read_only(runtime.database) as uow:
        old = runtime.packages.bound(uow, definition_id)
    runtime.packages.latest = lambda *_: old  # type: ignore[method-assign]
    try:
        return begin(runtime, "letter")
    finally:
        runtime.packages.latest = bound_of  # type: ignore[method-assign]


def _drawn(tree_seed: int, *, clocks_too: bool) -> tuple[bytes, Mapping[str, int]]:
    """A random process, as it is or with a clock beside each of its outer tasks."""
    tree = grow(random.Random(tree_seed), 2, Counter())
    drawn = [start("start", rongcuo_startGroups="clerk"), end()]
    drawn.append(chain(tree.draw("start", drawn), "end"))
    drawn = [one.replace("clerks", "clerk") for one in drawn]
    if clocks_too:
        outer = [one.split('"')[1] for one in drawn if one.startswith("<userTask")]
        drawn += [boundary(f"late_{name}", name, timer("timeDuration", "P1D"), interrupting=False) for name in outer]
        drawn += [
            user(f"urge_{name}", camunda_candidateGroups="clerk") + chain(f"late_{name}", f"urge_{name}")
            for name in outer
        ]
    return diagram(process(*drawn, id="letter")), dict.fromkeys(loops(tree), 0)


@given(seed=st.integers(0, 10_000), choices=st.lists(st.integers(0, 99), max_size=12), moves=st.integers(0, 2))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_after_any_move_and_migration_a_case_still_reaches_its_end(
    seed: int, choices: list[int], moves: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    content, values = _drawn(seed, clocks_too=False)
    runtime = make_runtime(f"sqlite:///{folder / 'drawn.db'}", folder, files={"letter.bpmn": content})
    try:
        case_id = begin(runtime, "letter", values, at="start")
        for choice in choices:
            _complete_one(runtime, case_id, choice)
        deploy(runtime, _drawn(seed, clocks_too=True)[0])
        if open_tasks(runtime, case_id):
            assert [one.what for one in migrate(runtime, reported(runtime))] == ["migrated"]
            chance = random.Random(seed)
            for _ in range(moves):
                _send_back(runtime, case_id, chance)
            advance(runtime, timedelta(days=2))
        for round_ in range(400):
            if not _complete_one(runtime, case_id, round_ * 7):
                break
            settle(runtime)
        with read_only(runtime.database) as uow:
            assert case_rows.get(uow, case_id).state == "ended"
        assert audit.verify(runtime, case_id).intact
        assert [count(runtime, table) for table in ("job", "subscription", "task_offer")] == [0, 0, 0]
    finally:
        bureau.close_all()


def _complete_one(runtime: Runtime, case_id: int, choice: int) -> bool:
    names = elements(runtime, case_id)
    if names:
        complete(runtime, case_id, names[choice % len(names)])
    return bool(names)


def _send_back(runtime: Runtime, case_id: int, chance: random.Random) -> None:
    with read_only(runtime.database) as uow:
        bound = runtime.packages.bound(uow, case_rows.get(uow, case_id).definition_id)
    target = chance.choice(sorted(name for name in bound.definition.elements if name.startswith("task")))
    preview = case_changes.preview_back(runtime, case_id, target, actor=CHIEF)
    case_changes.move(runtime, case_id, preview.plan, actor=CHIEF, reason="退回", revision=preview.revision)
    assert target in elements(runtime, case_id)
