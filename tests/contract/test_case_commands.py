"""`rongcuo case`: what an operator types, what he is shown, and the exit status."""

import argparse
import json
from pathlib import Path

import pytest

from engine.services import deployments, supervision
from engine.services.runtime import Runtime
from engine.store.database import Database
from rongcuo import case_commands
from rongcuo.cli import main
from rongcuo.tables import table
from tests.contract.bureau import CHIEF, HEAD, make_runtime
from tests.contract.playing import begin, complete, elements, entries, number_of
from tests.contract.test_case_changes import FORKED
from tests.contract.test_case_migrations import letter

WHO = ("--by", "chief", "--reason", "退回补正")


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path, files={"forked.bpmn": FORKED, "letter.bpmn": letter()})


@pytest.fixture
def case_id(runtime: Runtime) -> int:
    case_id = begin(runtime, "forked")
    complete(runtime, case_id, "a")
    return case_id


def typed(runtime: Runtime, *words: str) -> int:
    parser = argparse.ArgumentParser()
    case_commands.add_command(parser.add_subparsers(dest="command"))
    return case_commands.run(runtime, parser.parse_args(["case", *words]))


def test_a_case_is_listed_and_shown_by_its_number(
    runtime: Runtime, case_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    number = number_of(runtime, case_id)
    assert typed(runtime, "list") == 0
    assert number in capsys.readouterr().out

    assert typed(runtime, "show", number) == 0
    out = capsys.readouterr().out
    assert "process forked version 1, active" in out
    assert [line.split()[1] for line in out.splitlines() if line.endswith("clerk")] == ["b", "c"]

    assert typed(runtime, "show", str(case_id), "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert [place["element_id"] for place in shown["tokens"]] == ["b", "c", "late"]


def test_only_cases_in_the_asked_state_are_listed(
    runtime: Runtime, case_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(runtime, "letter")
    assert typed(runtime, "suspend", str(case_id), *WHO) == 0
    capsys.readouterr()
    assert typed(runtime, "list", "--state", "suspended", "--json") == 0
    assert [one["case_id"] for one in json.loads(capsys.readouterr().out)] == [case_id]
    assert typed(runtime, "list", "--process", "letter", "--json") == 0
    assert [one["process_id"] for one in json.loads(capsys.readouterr().out)] == ["letter"]


def test_a_dry_run_shows_the_consequences_and_changes_nothing(
    runtime: Runtime, case_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(runtime, "back", str(case_id), "a", "--dry-run") == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["closes", "timer", "late"] in [line[:3] for line in lines]
    assert ["opens", "task", "a"] in [line[:3] for line in lines]
    assert elements(runtime, case_id) == ["b", "c"]


def test_a_case_is_sent_back_with_who_and_why(runtime: Runtime, case_id: int) -> None:
    assert typed(runtime, "back", str(case_id), "a", *WHO) == 0

    assert elements(runtime, case_id) == ["a"]
    (entry,) = entries(runtime, case_id, "moved")
    assert (entry.actor, entry.name) == ("chief", "退回补正")


def test_a_change_without_who_or_why_is_misused(runtime: Runtime, case_id: int) -> None:
    assert typed(runtime, "back", str(case_id), "a") == 2
    assert typed(runtime, "back", str(case_id), "a", "--by", "chief", "--reason", " ") == 2
    assert elements(runtime, case_id) == ["b", "c"]


@pytest.mark.parametrize("person", ["nobody", "li"])
def test_whoever_may_not_is_refused(
    runtime: Runtime, case_id: int, person: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(runtime, "terminate", str(case_id), "--by", person, "--reason", "试") == 1
    assert person in capsys.readouterr().err
    assert elements(runtime, case_id) == ["b", "c"]


def test_tokens_are_moved_by_number_and_joins_by_flow(
    runtime: Runtime, case_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(runtime, "show", str(case_id), "--json")
    tokens = {place["element_id"]: str(place["token"]) for place in json.loads(capsys.readouterr().out)["tokens"]}

    assert typed(runtime, "move", str(case_id), "--cancel", tokens["b"], "--start", "join:f5", *WHO) == 0
    assert elements(runtime, case_id) == ["c"]
    complete(runtime, case_id, "c")
    assert elements(runtime, case_id) == ["z"]


def test_what_cannot_be_done_is_said_with_its_reason(
    runtime: Runtime, case_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(runtime, "back", str(case_id), "nowhere", *WHO) == 1
    assert "'nowhere'" in capsys.readouterr().out
    assert typed(runtime, "show", "某局容〔1999〕1号") == 1
    assert typed(runtime, "move", str(case_id), "--start", "a@b", *WHO) == 2


def test_suspend_resume_terminate_and_restart_in_a_row(
    runtime: Runtime, case_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(runtime, "suspend", str(case_id), *WHO) == 0
    assert typed(runtime, "back", str(case_id), "a", "--dry-run") == 1
    typed(runtime, "show", str(case_id))
    assert "by chief: 退回补正" in capsys.readouterr().out
    assert typed(runtime, "resume", str(case_id), *WHO) == 0
    assert typed(runtime, "terminate", str(case_id), *WHO) == 0
    assert typed(runtime, "show", str(case_id)) == 0
    assert "outcome terminated" in capsys.readouterr().out
    assert typed(runtime, "restart", str(case_id), "c", *WHO) == 0
    assert elements(runtime, case_id) == ["c"]


def test_migrating_shows_first_then_moves_what_can_and_says_what_could_not(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    can, cannot = begin(runtime, "letter"), begin(runtime, "letter")
    complete(runtime, cannot, "write")
    deployments.deploy(runtime, {"letter.bpmn": letter(write="draft", last="sign")}, actor=CHIEF, comment="二")
    words = ("migrate", "letter", "--map", "write=draft")

    assert typed(runtime, *words, "--dry-run") == 1
    out = capsys.readouterr().out
    assert "1 of 2 cases can move; running timers are kept." in out
    assert "write -> draft" in out
    assert f"{number_of(runtime, cannot)} (version 1) CANNOT move:" in out
    assert elements(runtime, can) == ["write"]

    assert typed(runtime, *words, *WHO) == 1
    assert "1 of 2 cases moved." in capsys.readouterr().out
    assert (elements(runtime, can), elements(runtime, cannot)) == (["draft"], ["check"])

    assert typed(runtime, *words, "check=sign", "--case", number_of(runtime, cannot), "--json", *WHO) == 0
    (outcome,) = json.loads(capsys.readouterr().out)
    assert (outcome["what"], elements(runtime, cannot)) == ("migrated", ["sign"])


def test_a_mapping_that_is_not_one_is_misused(runtime: Runtime) -> None:
    assert typed(runtime, "migrate", "letter", "--map", "write", "--dry-run") == 2


def test_incidents_are_shown_with_their_case(runtime: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    stuck = f"""{HEAD}<bpmn:process id="stuck" isExecutable="true">
      <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/><bpmn:exclusiveGateway id="x"/>
      <bpmn:userTask id="t" camunda:candidateGroups="clerk"/>
      <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="x"/>
      <bpmn:sequenceFlow id="f2" sourceRef="x" targetRef="t">
        <bpmn:conditionExpression>=missing</bpmn:conditionExpression></bpmn:sequenceFlow>
      </bpmn:process></bpmn:definitions>""".encode()
    deployments.deploy(runtime, {"stuck.bpmn": stuck}, actor=CHIEF, comment="三")
    case_id = begin(runtime, "stuck")
    typed(runtime, "show", str(case_id))

    assert supervision.unresolved_incidents(runtime, actor=CHIEF)[0].message in capsys.readouterr().out


def test_columns_line_up_under_chinese_names() -> None:
    assert table(("name", "n"), [("起草", 1), ("ab", 22)]) == "name  n\n----  --\n起草  1\nab    22"


def test_the_program_lists_cases_of_an_empty_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RONGCUO_DATA_DIR", str(tmp_path))
    assert main(["case", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
