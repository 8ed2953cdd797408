"""The command `tck`: run the official test suite of DMN, or any tests in its format, and count."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine.dmn.tck import Verdict, run_suite
from engine.domain.clock import Clock
from engine.feel import Environment


@dataclass(frozen=True)
class Report:
    """The verdicts of a run."""

    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether there were test cases and none failed."""
        return bool(self.verdicts) and all(verdict.passed for verdict in self.verdicts)

    def lines(self) -> Iterator[str]:
        """Every failure with what was expected and found, then counts by folder and in all."""
        for each in self._failures():
            yield f"FAILED {each.folder} {each.file} {each.case}: {each.reason}"
        total, passed = self._counts()
        for folder in total:
            yield f"{passed[folder]:6} of {total[folder]:6}  {folder}"
        yield f"{passed.total():6} of {total.total():6}  passed"

    def json(self) -> str:
        total, passed = self._counts()
        content = {
            "total": total.total(),
            "passed": passed.total(),
            "folders": {folder: {"total": total[folder], "passed": passed[folder]} for folder in total},
            "failures": [
                {"folder": each.folder, "file": each.file, "case": each.case, "reason": each.reason}
                for each in self._failures()
            ],
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

    def _failures(self) -> Iterator[Verdict]:
        return (verdict for verdict in self.verdicts if not verdict.passed)

    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        total = Counter(verdict.folder for verdict in self.verdicts)
        passed = Counter(verdict.folder for verdict in self.verdicts if verdict.passed)
        return total, passed


def run_tests(directory: Path, clock: Clock) -> Report:
    """Run the tests below the directory, in UTC. Raises NotADirectoryError."""
    if not directory.is_dir():
        raise NotADirectoryError(None, "not a directory", str(directory))
    return Report(tuple(run_suite(directory, Environment(now=clock.now(), zone=ZoneInfo("UTC")))))


def add_command(commands: Any) -> None:
    command = commands.add_parser(
        "tck",
        help="run tests of the DMN Technology Compatibility Kit; needs no database",
        description="Exit status 0: tests were found and all passed; 1: one failed, or there was none.",
    )
    command.add_argument("directory", type=Path, metavar="DIR", help="folders of .dmn files with their .xml tests")
    command.add_argument("--json", type=Path, metavar="FILE", help="write counts and failures there as well")


def run(chosen: argparse.Namespace, clock: Clock) -> int:
    """The command with its arguments; the exit status."""
    try:
        report = run_tests(chosen.directory, clock)
        if chosen.json is not None:
            chosen.json.write_text(report.json(), encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 1
    sys.stdout.writelines(f"{line}\n" for line in report.lines())
    return 0 if report.passed else 1
