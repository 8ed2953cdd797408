"""Whole processes: how soon the service answers, how much memory a worker takes."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.bench.office import say


def measure_processes(folder: Path) -> None:
    environment = os.environ | {"RONGCUO_DATA_DIR": str(folder / "data"), "RONGCUO_PORT": "18099"}
    subprocess.run([sys.executable, "-m", "rongcuo", "deploy"], env=environment, check=True, capture_output=True)
    begun = time.monotonic()
    serving = subprocess.Popen(
        [sys.executable, "-m", "rongcuo", "serve"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.monotonic() - begun < 30:
            try:
                urllib.request.urlopen("http://127.0.0.1:18099/health", timeout=1).read()
                break
            except OSError:
                time.sleep(0.02)
        say("`rongcuo serve` ready, s", f"{time.monotonic() - begun:.2f}", "< 2")
    finally:
        serving.terminate()
        serving.wait(timeout=30)
    working = subprocess.Popen(
        [sys.executable, "-m", "rongcuo", "worker"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(3)
        status = Path(f"/proc/{working.pid}/status").read_text(encoding="ascii")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
        say("worker process, MB resident", f"{int(resident) / 1024:.0f}", "<= 120")
    finally:
        working.terminate()
        working.wait(timeout=30)
