"""The command line: serve, web, worker, demo, deploy, lint, audit, case, trace, tck."""

import argparse
import logging
import sys

import waitress

from engine.domain.actor import SYSTEM
from engine.domain.clock import SystemClock
from engine.domain.rejection import ProblemsFound
from engine.scheduler.worker import Worker
from engine.services import audit, deployments
from engine.services.runtime import Runtime
from rongcuo import case_commands, demo, linting, tck, tracing
from rongcuo.bootstrap import build, diagram_files
from rongcuo.settings import Settings, read_settings
from web.app import create_app


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0, or 1 with a message on standard error."""
    parser = argparse.ArgumentParser(prog="rongcuo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="web and worker in one process")
    commands.add_parser("web", help="web only")
    commands.add_parser("worker", help="worker only")
    commands.add_parser("demo", help="enter a demo bureau with six cases into an empty database")
    commands.add_parser("deploy", help="deploy diagrams/ when it was never deployed")
    linting.add_command(commands)
    verify = commands.add_parser("audit", help="verify the chain of a case")
    verify.add_argument("case_id", type=int)
    case_commands.add_command(commands)
    tracing.add_command(commands)
    tck.add_command(commands)
    chosen = parser.parse_args(arguments)

    if chosen.command == "tck":
        return tck.run(chosen, SystemClock())
    if chosen.command == "lint" and not chosen.with_deployed:
        return linting.lint_alone(chosen)  # any file, on any machine: no database, no configuration
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = read_settings()
    runtime = build(database_url=settings.database_url, data=settings.data, secret=settings.secret)
    try:
        return _COMMANDS[chosen.command](runtime, settings, chosen)
    except ProblemsFound as found:
        print(found, file=sys.stderr)
        return 1


def _serve(runtime: Runtime, settings: Settings, _chosen: argparse.Namespace) -> int:
    _seed(runtime)
    worker = Worker(runtime)
    worker.start()
    try:
        return _listen(runtime, settings)
    finally:
        worker.stop()


def _web(runtime: Runtime, settings: Settings, _chosen: argparse.Namespace) -> int:
    _seed(runtime)
    return _listen(runtime, settings)


def _listen(runtime: Runtime, settings: Settings) -> int:
    app = create_app(runtime, secure_cookies=settings.secure_cookies)
    print(f"http://{settings.host}:{settings.port}/", flush=True)
    waitress.serve(app, host=settings.host, port=settings.port, threads=8, ident=None)
    return 0


def _worker(runtime: Runtime, _settings: Settings, _chosen: argparse.Namespace) -> int:
    worker = Worker(runtime)
    try:
        worker.run()
    except KeyboardInterrupt:
        worker.stop()
    return 0


def _demo(runtime: Runtime, _settings: Settings, _chosen: argparse.Namespace) -> int:
    _seed(runtime)
    if demo.load(runtime):
        print("Demo bureau entered.")
    print(demo.log_ins())
    return 0


def _deploy(runtime: Runtime, _settings: Settings, _chosen: argparse.Namespace) -> int:
    print("Deployed." if _seed(runtime) else "This set was deployed before; nothing done.")
    return 0


def _lint(runtime: Runtime, _settings: Settings, chosen: argparse.Namespace) -> int:
    return linting.lint_with_deployed(runtime, chosen)


def _audit(runtime: Runtime, _settings: Settings, chosen: argparse.Namespace) -> int:
    verdict = audit.verify(runtime, chosen.case_id)
    if verdict.intact:
        print(f"Intact, {verdict.length} entries.")
        return 0
    print(f"Broken at entry {verdict.first_broken} of {verdict.length}.", file=sys.stderr)
    return 1


def _case(runtime: Runtime, _settings: Settings, chosen: argparse.Namespace) -> int:
    return case_commands.run(runtime, chosen)


def _trace(runtime: Runtime, _settings: Settings, chosen: argparse.Namespace) -> int:
    return tracing.run(runtime, chosen)


def _seed(runtime: Runtime) -> bool:
    return deployments.seed(runtime, diagram_files(), actor=SYSTEM, comment="初始部署")


_COMMANDS = {
    "serve": _serve,
    "web": _web,
    "worker": _worker,
    "demo": _demo,
    "deploy": _deploy,
    "lint": _lint,
    "audit": _audit,
    "case": _case,
    "trace": _trace,
}
