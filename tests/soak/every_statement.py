"""The worker killed before every single statement, on both databases, for as long as there is time."""

import tempfile
import time
from pathlib import Path

from engine.services import deployments
from engine.services.runtime import Runtime
from tests.contract import bureau
from tests.contract.bureau import CHIEF, make_runtime
from tests.contract.test_jobs_killed import kill_everywhere
from tests.postgresql import restartable
from tests.soak.counted import Ledger, Tally, process


def soak(minutes: float) -> dict[str, object]:
    """At least one sweep of each database. Raises AssertionError when something was lost or doubled."""
    ends = time.monotonic() + minutes * 60
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="rongcuo-soak-") as folder, restartable() as server:
        urls = {
            "sqlite": f"sqlite:///{Path(folder) / 'soak.db'}",
            "postgresql": server.url.replace("postgresql://", "postgresql+psycopg://", 1),
        }
        totals = {name: [0, Tally()] for name in urls}
        runs = {name: _prepared(url, Path(folder) / name) for name, url in urls.items()}
        while True:
            for name, (runtime, ledger) in runs.items():
                kills, found = kill_everywhere(runtime, ledger, stride=1)
                totals[name] = [totals[name][0] + kills, totals[name][1] + found]
            if time.monotonic() > ends:
                break
        bureau.close_all()
    for name, (kills, found) in totals.items():
        figures |= {f"{name} kills": kills, f"{name} lost": found.lost, f"{name} doubled": found.doubled}
        assert (found.lost, found.doubled) == (0, 0), figures
    return figures


def _prepared(url: str, folder: Path) -> tuple[Runtime, Ledger]:
    folder.mkdir()
    ledger = Ledger(folder / "ledger.txt")
    runtime = make_runtime(url, folder)
    runtime.delegates = {"note": ledger}
    deployments.deploy(runtime, {"counted.bpmn": process("PT1H")}, actor=CHIEF, comment="soak")
    return runtime, ledger
