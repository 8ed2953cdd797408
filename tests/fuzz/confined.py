"""Give hostile input to a target in a child process with little memory, and a clock beside it."""

import json
import os
import select
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEGABYTES = 400
SECONDS = 10.0


@dataclass(frozen=True)
class Outcome:
    """`wrong`: what went wrong, empty when the target came back. `seconds` of CPU, `megabytes` more than before."""

    wrong: str
    seconds: float = 0.0
    megabytes: float = 0.0


class Confined:
    """A child process that answers for one target; one that dies or hangs is replaced."""

    def __init__(self, target: str, seconds: float) -> None:
        self._target = target
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, content: bytes) -> Outcome:
        """What becomes of the input."""
        child = self._child or self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b64encode(content) + b"\n")
        child.stdin.flush()
        line = _line(child.stdout.fileno(), self._seconds)
        if not line:
            self.stop()
            return Outcome("no answer: it hangs or died", self._seconds)
        return Outcome(*json.loads(line))

    def stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.child", self._target, str(MEGABYTES)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._child.stdout is not None
        assert _line(self._child.stdout.fileno(), 60) == b"ready\n"
        return self._child


@contextmanager
def confined(target: str, *, seconds: float = SECONDS) -> Iterator[Confined]:
    """`seconds` on the clock until an input counts as hanging."""
    child = Confined(target, seconds)
    try:
        yield child
    finally:
        child.stop()


def _line(file: int, seconds: float) -> bytes:
    """A line, or nothing when it does not come in time."""
    received = b""
    end = time.monotonic() + seconds
    while not received.endswith(b"\n"):
        ready, _, _ = select.select([file], [], [], max(end - time.monotonic(), 0))
        part = os.read(file, 65_536) if ready else b""
        if not part:
            return b""
        received += part
    return received
