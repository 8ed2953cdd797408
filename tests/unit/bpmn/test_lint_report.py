"""The lint report: of any file, without a database, as text and as JSON, with an exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rongcuo.cli import main
from tests.unit.bpmn.drawing import chain, diagram, element, process, script, service, start, user


@pytest.fixture(autouse=True)
def _no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise AssertionError("lint must not need a database")

    monkeypatch.setattr("rongcuo.cli.build", refuse)
    monkeypatch.setattr("rongcuo.cli.read_settings", refuse)


def drawn(folder: Path, name: str, *inner: str, id: str = "p") -> str:
    path = folder / name
    path.write_bytes(diagram(process(start(), chain("start", "A"), *inner, id=id)))
    return str(path)


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    status = main(["lint", "--json", *arguments])
    return status, json.loads(capsys.readouterr().out)


def test_a_sound_file_has_no_problem_and_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = drawn(tmp_path, "a.bpmn", user("A"))
    assert main(["lint", file]) == 0
    assert capsys.readouterr().out == "1 file(s): no problems\n"


def test_errors_give_status_1_and_are_told_by_file_and_element_with_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = drawn(tmp_path, "a.bpmn", script("A", "x = ("), element("task", "B"))
    assert main(["lint", file]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{file}: 2 error(s), 0 warning(s)"
    assert lines[1] == "  A “A” (line 1)"
    assert lines[2].startswith("    error: ")
    assert lines[2].endswith("[expression.syntax]")
    assert lines[3].startswith("      -> ")
    assert lines[-1] == "1 file(s): 2 error(s), 0 warning(s)"


def test_json_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = drawn(tmp_path, "a.bpmn", element("serviceTask", "A", camunda_class="com.Work"))
    status, told = report(capsys, file)
    assert (status, told["files"], told["errors"], told["warnings"]) == (1, [file], 1, 0)
    (problem,) = told["problems"]
    assert {name: problem[name] for name in ("file", "element_id", "element_name", "line", "severity", "key")} == {
        "file": file,
        "element_id": "A",
        "element_name": "A",
        "line": 1,
        "severity": "error",
        "key": "extension.java",
    }
    assert "com.Work" in problem["message"]
    assert "camunda:topic" in problem["hint"]


def test_what_may_stand_in_another_file_is_only_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = drawn(
        tmp_path,
        "a.bpmn",
        user("A", camunda_formRef="elsewhere", camunda_candidateGroups="strangers"),
        element("businessRuleTask", "B", camunda_decisionRef="elsewhere"),
        element("callActivity", "C", calledElement="elsewhere"),
        service("D", "any-topic"),
        chain("A", "B", "C", "D"),
    )
    status, told = report(capsys, file)
    assert [(problem["element_id"], problem["key"], problem["severity"]) for problem in told["problems"]] == [
        ("A", "unknown.form", "warning"),
        ("B", "unknown.decision", "warning"),
        ("C", "unknown.process", "warning"),
    ]
    assert status == 0


def test_files_that_are_given_together_know_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = tmp_path / "f.form"
    form.write_text('{"type": "default", "id": "f", "components": []}', encoding="utf-8")
    one = drawn(
        tmp_path,
        "a.bpmn",
        user("A", camunda_formRef="f"),
        element("callActivity", "C", calledElement="q"),
        chain("A", "C"),
    )
    other = drawn(tmp_path, "b.bpmn", user("A"), id="q")
    assert report(capsys, one, other, str(form)) == (
        0,
        {"files": sorted([one, other, str(form)]), "errors": 0, "warnings": 0, "problems": []},
    )


def test_a_process_that_is_not_executable_is_checked_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.bpmn"
    content = diagram(process(start(), script("A", "x = ("), chain("start", "A")))
    file.write_bytes(content.replace(b'isExecutable="true"', b'isExecutable="false"'))
    _, told = report(capsys, str(file))
    assert sorted(problem["key"] for problem in told["problems"]) == ["bpmn.not_executable", "expression.syntax"]


def test_a_process_beside_an_executable_one_is_named_as_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.bpmn"
    one, other = (process(start(f"s{id}"), user(f"A{id}"), chain(f"s{id}", f"A{id}"), id=id) for id in "pq")
    file.write_bytes(diagram(one, other.replace('isExecutable="true"', "")))
    status, told = report(capsys, str(file))
    assert [(problem["element_id"], problem["key"]) for problem in told["problems"]] == [("q", "process.skipped")]
    assert status == 0


@pytest.mark.parametrize("name", ["nowhere.bpmn", "picture.png", "folder.bpmn"])
def test_what_cannot_be_read_gives_status_2_and_the_rest_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "picture.png").write_bytes(b"x")
    (tmp_path / "folder.bpmn").mkdir()
    good = drawn(tmp_path, "a.bpmn", user("A"))
    assert main(["lint", good, str(tmp_path / name)]) == 2
    shown = capsys.readouterr()
    assert "1 file(s): no problems" in shown.out
    assert name in shown.err


def test_no_file_at_all_is_a_wrong_call() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["lint"])
    assert stopped.value.code == 2


def test_endings_in_capitals_and_of_older_tools_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = report(
        capsys,
        drawn(tmp_path, "A.BPMN", script("A", "x = (")),
        drawn(tmp_path, "b.bpmn20.xml", script("A", "x = ("), id="q"),
    )
    assert (status, told["errors"]) == (1, 2)


def test_a_terminal_without_chinese_is_no_reason_to_stop(tmp_path: Path) -> None:
    file = drawn(tmp_path, "审批.bpmn", script("A", "x = ("))
    done = subprocess.run(
        [sys.executable, "-m", "rongcuo", "lint", file],
        env=os.environ
        | {"PYTHONIOENCODING": "ascii", "RONGCUO_DATABASE_URL": "nonsense://", "RONGCUO_DATA_DIR": "/proc/no"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"The expression does not compile." in done.stdout
