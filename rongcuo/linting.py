"""The command `lint`: report on diagrams, decisions and forms, from whatever tool they come."""

import argparse
import io
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from engine.domain.rejection import Problem
from engine.services import deployments, packages
from engine.services.runtime import Runtime

CLEAN, ERRORS, UNREADABLE = 0, 1, 2
_KINDS = {".bpmn", ".xml", ".dmn", ".form"}


def add_command(commands: Any) -> None:
    command = commands.add_parser(
        "lint",
        help="report on diagrams, decisions and forms; needs no database",
        description="Report every problem of the files. Exit status 0: no errors, 1: errors, 2: a file cannot be read.",
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".bpmn, .bpmn20.xml, .dmn or .form")
    command.add_argument("--json", action="store_true", help="one JSON object instead of text")
    command.add_argument(
        "--with-deployed",
        action="store_true",
        help="check the files as part of the set that is deployed here, with the groups and topics of this office",
    )


def lint_alone(chosen: argparse.Namespace) -> int:
    """What the files refer to may stand elsewhere; that is only warned of."""
    return _report(chosen, str, packages.lint_files)


def lint_with_deployed(runtime: Runtime, chosen: argparse.Namespace) -> int:
    """The files replace those of the same name in the newest set; of the others only errors are told."""

    def lint(files: dict[str, bytes]) -> list[Problem]:
        found = deployments.lint(runtime, deployments.latest_files(runtime) | files)
        return [problem for problem in found if problem.file in files or problem.severity == "error"]

    return _report(chosen, lambda path: path.name, lint)


def _report(
    chosen: argparse.Namespace,
    name_of: Callable[[Path], str],
    lint: Callable[[dict[str, bytes]], list[Problem]],
) -> int:
    _write_anything()
    files: dict[str, bytes] = {}
    unreadable: list[str] = []
    for path in chosen.files:
        try:
            if path.suffix.lower() not in _KINDS:
                unreadable.append(f"{path}: 应为 .bpmn、.xml、.dmn 或 .form 文件。 It is no file of a known kind.")
            else:
                files[_plain(name_of(path))] = path.read_bytes()
        except OSError as error:
            unreadable.append(f"{path}: 无法读取。 It cannot be read: {error.strerror}.")
    problems = lint(files)
    try:
        sys.stdout.write((_json(files, problems) if chosen.json else _text(files, problems)) + "\n")
        sys.stdout.flush()
        sys.stderr.writelines(f"{line}\n" for line in unreadable)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the report has seen enough
    if unreadable:
        return UNREADABLE
    return ERRORS if _count(problems, "error") else CLEAN


def _plain(name: str) -> str:
    """The endings of files are told apart in small letters."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}{dot}{suffix.lower()}"


def _write_anything() -> None:
    """A terminal that has no Chinese, or a file name that is no text, must not end the report."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _json(files: Mapping[str, bytes], problems: list[Problem]) -> str:
    report = {
        "files": sorted(files),
        "errors": _count(problems, "error"),
        "warnings": _count(problems, "warning"),
        "problems": [asdict(problem) for problem in _ordered(problems)],
    }
    return json.dumps(report, ensure_ascii=False, indent=2, default=str)


def _text(files: Mapping[str, bytes], problems: list[Problem]) -> str:
    lines: list[str] = []
    for file, found in groupby(_ordered(problems), key=lambda problem: problem.file):
        listed = list(found)
        lines += [f"{file}: {_counted(listed)}"]
        for place, together in groupby(listed, key=_place):
            lines += [f"  {place}"]
            for problem in together:
                lines += [f"    {problem.severity}: {problem.message} [{problem.key}]"]
                lines += [f"      -> {problem.hint}"] if problem.hint else []
        lines += [""]
    return "\n".join([*lines, f"{len(files)} file(s): {_counted(problems)}"])


def _ordered(problems: list[Problem]) -> list[Problem]:
    """By file and element, the elements in the order of the diagram; errors before warnings."""
    first: dict[tuple[str, str | None], int] = {}
    for problem in problems:
        key = (problem.file, problem.element_id)
        first[key] = min(first.get(key, problem.line or 0), problem.line or 0)
    return sorted(
        problems,
        key=lambda problem: (
            problem.file,
            first[problem.file, problem.element_id],
            problem.element_id or "",
            problem.severity,
        ),
    )


def _place(problem: Problem) -> str:
    name = f" “{' '.join(problem.element_name.split())}”" if problem.element_name else ""
    line = f" (line {problem.line})" if problem.line else ""
    return f"{problem.element_id or '-'}{name}{line}"


def _counted(problems: list[Problem]) -> str:
    errors, warnings = _count(problems, "error"), _count(problems, "warning")
    return f"{errors} error(s), {warnings} warning(s)" if problems else "no problems"


def _count(problems: list[Problem], severity: str) -> int:
    return sum(problem.severity == severity for problem in problems)
