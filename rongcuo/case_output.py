"""What `rongcuo case` prints: tables for people, the same as JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from engine.domain.changes import Effect, Stand
from engine.domain.views import CaseHeader
from engine.services.case_changes import Preview
from engine.services.case_finding import CaseAtHand
from engine.services.migrations import MIGRATED, MigrationReport, Outcome
from rongcuo.tables import table

_WHAT = {
    "kept": "stays",
    "renamed": "moves",
    "cancelled": "closes",
    "went_on": "goes on",
    "started": "opens",
    "rearmed": "armed anew",
    "starves": "WOULD WAIT FOR EVER",
    "incident": "INCIDENT",
    "variables_lost": "local variables go",
    "ended": "THE CASE ENDS",
}
_TROUBLING = ("starves", "incident", "ended")


def as_json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)


def headers_json(headers: Sequence[CaseHeader]) -> str:
    return as_json([asdict(header) for header in headers])


def headers_text(headers: Sequence[CaseHeader]) -> str:
    rows = [
        (
            one.number,
            one.case_id,
            one.state,
            f"{one.process_id} v{one.version}",
            one.stage or one.outcome or "",
            one.title,
        )
        for one in headers
    ]
    return table(("number", "id", "state", "process", "stage", "title"), rows)


def case_json(case: CaseAtHand, stands: Sequence[Stand]) -> str:
    return as_json(asdict(case) | {"tokens": [asdict(place) for place in stands]})


def case_text(case: CaseAtHand, stands: Sequence[Stand]) -> str:
    header = case.header
    lines = [
        f"{header.number}  {header.title}",
        f"process {header.process_id} version {header.version}, {header.state}, id {header.case_id}",
    ]
    if case.suspension is not None:
        found = case.suspension
        lines.append(f"suspended {found.since:%Y-%m-%d %H:%M} UTC by {found.by}: {found.reason}")
    if header.outcome:
        lines.append(f"outcome {header.outcome}")
    holders = {task.token: task.assignee or ", ".join(task.candidate_groups) for task in case.tasks}
    rows = [
        (
            place.token,
            place.element_id,
            place.name,
            place.kind,
            place.inside or "",
            holders.get(place.token, place.note),
        )
        for place in stands
    ]
    lines += ["", table(("token", "element", "name", "kind", "inside", "who or how far"), rows)]
    if case.troubles:
        troubles = [
            (one.token, one.element_id, f"{one.raised_at:%Y-%m-%d %H:%M}", one.message) for one in case.troubles
        ]
        lines += ["", table(("token", "incident at", "since (UTC)", "message"), troubles)]
    return "\n".join(lines)


def preview_text(preview: Preview) -> str:
    if preview.problems:
        return "\n".join([f"{preview.number} cannot be changed so:", *(f"  {one}" for one in preview.problems)])
    return f"{preview.number}\n{effects_text(preview.effects)}"


def preview_json(preview: Preview) -> str:
    return as_json(asdict(preview))


def effects_text(effects: Sequence[Effect]) -> str:
    """What troubles first; tokens that only stay as they are last."""
    order = sorted(effects, key=lambda one: (one.what not in _TROUBLING, one.what == "kept", one.token))
    rows = [
        (
            _WHAT[one.what],
            one.kind,
            f"{one.old_element_id} -> {one.element_id}" if one.old_element_id else one.element_id,
            one.token or "",
            one.note,
        )
        for one in order
    ]
    return table(("what happens", "kind", "element", "token", "who or why"), rows)


def report_text(report: MigrationReport) -> str:
    can = sum(one.can for one in report.cases)
    timers = "reckoned anew" if report.plan.timers == "renew" else "kept"
    where = f"process {report.process_id}, to version {report.target_version}"
    lines = [f"{where}: {can} of {len(report.cases)} cases can move; running timers are {timers}."]
    for one in report.cases:
        lines.append("")
        if one.can:
            lines += [f"{one.number} (version {one.version}) can move:", effects_text(one.effects)]
        else:
            lines += [f"{one.number} (version {one.version}) CANNOT move:", *(f"  {why}" for why in one.problems)]
    return "\n".join(lines)


def report_json(report: MigrationReport) -> str:
    found = asdict(report)
    for case, one in zip(found["cases"], report.cases, strict=True):
        case["can"] = one.can
    return as_json(found)


def outcomes_text(outcomes: Sequence[Outcome]) -> str:
    rows = [(one.report.number, one.what, " ".join(_why(one))) for one in outcomes]
    moved = sum(one.what == MIGRATED for one in outcomes)
    return "\n".join([table(("number", "what", "why"), rows), "", f"{moved} of {len(outcomes)} cases moved."])


def outcomes_json(outcomes: Sequence[Outcome]) -> str:
    return as_json([asdict(one) for one in outcomes])


def _why(outcome: Outcome) -> tuple[str, ...]:
    if outcome.what == MIGRATED:
        return ()
    return outcome.report.problems or ("It moved on since the report; ask for a new one.",)
