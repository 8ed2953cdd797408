"""Spoil input for as long as there is time: coverage-guided where atheris is installed, else by hypothesis alone.

atheris has wheels for few machines, so it is in no lock: `.venv/bin/python -m pip install atheris` before a long run.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.fuzz.drawn import STRATEGIES, attack
from tests.fuzz.samples import SEEDS

ROOT = Path(__file__).parents[2]
BATCH = 500


def soak(minutes: float) -> Mapping[str, object]:
    """Inputs tried of each target. Raises AssertionError with the first that does harm."""
    guided = importlib.util.find_spec("atheris") is not None
    ways = [_drawn, _guided] if guided else [_drawn]
    share = minutes * 60 / len(STRATEGIES) / len(ways)
    figures: dict[str, object] = {"atheris": guided}
    for target in STRATEGIES:
        for way in ways:
            figures[f"{target} {way.__name__[1:]}"] = way(target, share)
    return figures


def _drawn(target: str, seconds: float) -> int:
    began, tried = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        number = int.from_bytes(os.urandom(4), "big")
        try:
            attack(target, number, BATCH)
        except BaseException as error:
            error.add_note(f"{target}, seed {number}, {BATCH} examples")
            raise
        tried += BATCH
    return tried


def _guided(target: str, seconds: float) -> int:
    """Inputs that atheris tried; what does harm stays in var/fuzz."""
    kept = ROOT / "var" / "fuzz"
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for index, content in enumerate(SEEDS[target]):
            Path(folder, f"seed{index}").write_bytes(content)
        done = subprocess.run(
            [
                sys.executable, "-m", "tests.fuzz.guided", target, folder, f"-max_total_time={int(seconds)}",
                "-timeout=20", "-rss_limit_mb=1500", "-max_len=20000", f"-artifact_prefix={kept}/{target}-",
                "-print_final_stats=1",
            ],
            cwd=ROOT, capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"{target}: {done.stderr[-4000:]}")
    marks = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
    return int(marks[0].rsplit(":", 1)[1]) if marks else 0
