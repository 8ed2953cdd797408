"""`rongcuo case`: look at cases and change what runs; every change needs `--by` and `--reason` and is on record."""

import argparse
import sys
from collections.abc import Callable, Mapping

from engine.domain.actor import SYSTEM, Actor
from engine.domain.changes import MigrationPlan, MovePlan, StartAt
from engine.domain.rejection import Rejection
from engine.services import case_changes, case_finding, migrations, people, suspending
from engine.services.case_changes import Preview
from engine.services.runtime import Runtime
from rongcuo import case_output

DONE, REFUSED, MISUSED = 0, 1, 2


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    case = commands.add_parser("case", help="look at cases, move them, suspend, terminate, migrate")
    verbs = case.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="cases, newest first")
    listing.add_argument("--process", default="", metavar="ID")
    listing.add_argument("--state", choices=case_finding.STATES)
    listing.add_argument("--limit", type=int, default=100)
    show = _of_one_case(verbs.add_parser("show", help="where a case stands, and with whom"))
    for verb, text in (
        ("suspend", "stop the case and its clocks"),
        ("resume", "let it go on with the time it had left"),
        ("terminate", "end it here"),
    ):
        _change(_of_one_case(verbs.add_parser(verb, help=text)))
    move = _plan(_of_one_case(verbs.add_parser("move", help="cancel tokens, begin at elements")))
    move.add_argument("--cancel", type=int, nargs="+", default=[], metavar="TOKEN")
    move.add_argument("--start", nargs="+", default=[], metavar="ELEMENT[@TOKEN][:FLOW]")
    back = _plan(_of_one_case(verbs.add_parser("back", help="send the case to an element, doubling nothing")))
    back.add_argument("element")
    back.add_argument("--inside", type=int, metavar="TOKEN", help="which of several open sub-processes")
    restart = _plan(_of_one_case(verbs.add_parser("restart", help="begin again at an element, ended or not")))
    restart.add_argument("element")
    migrate = _plan(verbs.add_parser("migrate", help="move cases to another version of their process"))
    migrate.add_argument("process")
    migrate.add_argument("--to", type=int, metavar="VERSION", help="the newest when not given")
    migrate.add_argument("--case", nargs="+", metavar="CASE", help="all that run on other versions when not given")
    migrate.add_argument("--map", nargs="+", default=[], metavar="OLD=NEW", help="elements that have another id now")
    migrate.add_argument("--renew-timers", action="store_true", help="reckon running timers and due dates anew")
    for parser in (listing, show, *(verbs.choices[verb] for verb in ("move", "back", "restart", "migrate"))):
        parser.add_argument("--json", action="store_true", help="for programs")


def run(runtime: Runtime, chosen: argparse.Namespace) -> int:
    """Exit status 0: done; 1: refused, or some case did not move; 2: misused."""
    changes = chosen.verb not in {"list", "show"} and not getattr(chosen, "dry_run", False)
    if changes and not (chosen.by and chosen.reason.strip()):
        print("A change needs --by PERSON and --reason TEXT; with --dry-run it is only shown.", file=sys.stderr)
        return MISUSED
    try:
        actor = people.actor_named(runtime, chosen.by) if changes else SYSTEM
        return _VERBS[chosen.verb](runtime, chosen, actor)
    except Rejection as rejected:
        print(rejected, file=sys.stderr)
        return REFUSED
    except ValueError as error:
        print(f"Not understood: {error}", file=sys.stderr)
        return MISUSED


def _list(runtime: Runtime, chosen: argparse.Namespace, actor: Actor) -> int:
    states = (chosen.state,) if chosen.state else case_finding.STATES
    found = case_finding.listing(runtime, actor=actor, process_id=chosen.process, states=states, limit=chosen.limit)
    print(case_output.headers_json(found) if chosen.json else case_output.headers_text(found))
    return DONE


def _show(runtime: Runtime, chosen: argparse.Namespace, actor: Actor) -> int:
    case_id = case_finding.find(runtime, chosen.case)
    found = case_finding.at_hand(runtime, case_id, actor=actor)
    stands = case_changes.stands(runtime, case_id, actor=actor)
    print(case_output.case_json(found, stands) if chosen.json else case_output.case_text(found, stands))
    return DONE


def _simply(change: Callable[..., None], said: str) -> Callable[[Runtime, argparse.Namespace, Actor], int]:
    def verb(runtime: Runtime, chosen: argparse.Namespace, actor: Actor) -> int:
        change(runtime, case_finding.find(runtime, chosen.case), actor=actor, reason=chosen.reason)
        print(f"{chosen.case} {said}.")
        return DONE

    return verb


def _move(runtime: Runtime, chosen: argparse.Namespace, actor: Actor) -> int:
    plan = MovePlan(cancel=tuple(chosen.cancel), start=tuple(_start_at(text) for text in chosen.start))
    case_id = case_finding.find(runtime, chosen.case)
    preview = case_changes.preview_move(runtime, case_id, plan, actor=actor)
    return _carry_out(runtime, chosen, actor, preview, case_changes.move)


def _back(runtime: Runtime, chosen: argparse.Namespace, actor: Actor) -> int:
    case_id = case_finding.find(runtime, chosen.case)
    preview = case_changes.preview_back(runtime, case_id, chosen.element, actor=actor, inside=chosen.inside)
    return _carry_out(runtime, chosen, actor, preview, case_changes.move)


def _restart(runtime: Runtime, chosen: argparse.Namespace, actor: Actor) -> int:
    case_id = case_finding.find(runtime, chosen.case)
    preview = case_changes.preview_restart(runtime, case_id, chosen.element, actor=actor)
    return _carry_out(runtime, chosen, actor, preview, case_changes.restart)


def _carry_out(
    runtime: Runtime, chosen: argparse.Namespace, actor: Actor, preview: Preview, change: Callable[..., None]
) -> int:
    """Show what happens, then let it happen unless it is only to be shown or cannot be."""
    print(case_output.preview_json(preview) if chosen.json else case_output.preview_text(preview))
    if preview.problems:
        return REFUSED
    if not chosen.dry_run:
        change(runtime, preview.case_id, preview.plan, actor=actor, reason=chosen.reason, revision=preview.revision)
    return DONE


def _migrate(runtime: Runtime, chosen: argparse.Namespace, actor: Actor) -> int:
    plan = MigrationPlan(
        elements=migrations.elements_from(chosen.map), timers="renew" if chosen.renew_timers else "keep"
    )
    wanted = None if chosen.case is None else [case_finding.find(runtime, text) for text in chosen.case]
    report = migrations.report(runtime, chosen.process, chosen.to, plan, actor=actor, case_ids=wanted)
    if chosen.dry_run:
        print(case_output.report_json(report) if chosen.json else case_output.report_text(report))
        return DONE if all(one.can for one in report.cases) else REFUSED
    outcomes = migrations.migrate(runtime, report, actor=actor, reason=chosen.reason)
    print(case_output.outcomes_json(outcomes) if chosen.json else case_output.outcomes_text(outcomes))
    return DONE if all(one.what == migrations.MIGRATED for one in outcomes) else REFUSED


def _start_at(text: str) -> StartAt:
    """`element`, `element@token` inside an open sub-process, `join:flow` that counts as arrived."""
    place, _, via = text.partition(":")
    element_id, _, inside = place.partition("@")
    return StartAt(element_id=element_id, inside=int(inside) if inside else None, via=via or None)


def _of_one_case(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("case", metavar="CASE", help="its number or id")
    return parser


def _change(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--by", metavar="PERSON", help="who does it; needs the permission supervise or administer")
    parser.add_argument("--reason", default="", metavar="TEXT")
    return parser


def _plan(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--dry-run", action="store_true", help="show what would happen, change nothing")
    return _change(parser)


_VERBS: Mapping[str, Callable[[Runtime, argparse.Namespace, Actor], int]] = {
    "list": _list,
    "show": _show,
    "suspend": _simply(suspending.suspend, "is suspended"),
    "resume": _simply(suspending.resume, "goes on"),
    "terminate": _simply(case_changes.terminate, "is terminated"),
    "move": _move,
    "back": _back,
    "restart": _restart,
    "migrate": _migrate,
}
