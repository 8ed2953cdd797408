"""The runner of TCK tests, on tests of our own in the same format."""

import json
from pathlib import Path

import pytest

from engine.dmn.tck import run_suite
from rongcuo.cli import main
from tests.unit.feel.world import ENV

SUITE = Path(__file__).with_name("tck")


def test_decisions_services_and_knowledge_are_asked() -> None:
    verdicts = list(run_suite(SUITE / "postage", ENV))
    assert [(each.case, each.reason) for each in verdicts] == [
        ("decisions", ""),
        ("error is null", ""),
        ("service", ""),
        ("knowledge", ""),
    ]


def test_every_failure_is_named_with_what_was_expected_and_found() -> None:
    reasons = {(each.file, each.case): each.reason for each in run_suite(SUITE / "faulty", ENV)}
    file = "faulty-test-01.xml"
    assert reasons[file, "other result"] == "factor: expected 3, found 2"
    assert "nobody" in reasons[file, "unknown decision"]
    assert "yesterday" in reasons[file, "unreadable value"]
    assert reasons[file, "no result"]


def test_a_broken_file_is_a_failure_and_no_traceback() -> None:
    reasons = {(each.file, each.case): each.reason for each in run_suite(SUITE / "faulty", ENV)}
    assert "nothing.dmn" in reasons["no-model-test-01.xml", "-"]
    assert reasons["torn-test-01.xml", "-"]
    assert "other.xml" not in {file for file, _ in reasons}


def test_the_command_counts_and_writes_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert main(["tck", str(SUITE), "--json", str(report)]) == 1
    out = capsys.readouterr().out
    assert "4 of      4  postage" in out
    assert "4 of     10  passed" in out
    assert "FAILED faulty faulty-test-01.xml other result: factor: expected 3, found 2" in out
    written = json.loads(report.read_text(encoding="utf-8"))
    assert (written["total"], written["passed"], len(written["failures"])) == (10, 4, 6)
    assert written["folders"]["postage"] == {"total": 4, "passed": 4}


def test_the_exit_status_is_zero_only_when_tests_ran_and_all_passed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["tck", str(SUITE / "postage")]) == 0
    assert main(["tck", str(tmp_path)]) == 1
    assert main(["tck", str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err
