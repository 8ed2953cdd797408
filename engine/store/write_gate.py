"""One writer of an SQLite file at a time, in the order in which they came.

SQLite's own waiting is by chance: of eight writing processes some waited seconds and committed once while others
committed hundreds of times. A lock on a file beside the database queues them.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

# As long as SQLite itself would wait; then it decides.
PATIENCE = 15.0


class WriteGate:
    """It keeps order only: SQLite's lock still says who may write, so that nothing is lost where the gate fails."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process = os.getpid()
        self._threads = threading.Lock()
        self._file: int | None = None

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Wait for those who came before, in this process and in others."""
        if self._process != os.getpid():
            self._begin_anew()
        if not self._threads.acquire(timeout=PATIENCE):
            yield
            return
        try:
            self._close()
            yield
        finally:
            self._open()
            self._threads.release()

    def _begin_anew(self) -> None:
        """After a fork: a lock belongs to the opening of the file, and a copy of it would keep nobody out."""
        if self._file is not None:
            os.close(self._file)
        self._process, self._threads, self._file = os.getpid(), threading.Lock(), None

    def _close(self) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if sys.platform != "win32":
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def _open(self) -> None:
        if sys.platform != "win32" and self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
