"""Numbers for rows, made without asking the database.

Milliseconds, then 11 bits that count, then 10 bits that tell processes apart: a number never falls behind the one
before it, and two processes never make the same one, however many they make in one millisecond.
"""

import os
import secrets
import threading
from datetime import datetime

PROCESSES = 1 << 10
LARGEST = 2**63 - 1  # what the columns hold: reached in the year 2109
_COUNTED = 1 << 11

_lock = threading.Lock()
# Until the database has said which process this is; two that were never told rarely meet.
_process = secrets.randbelow(PROCESSES)
_last = 0


def be_process(number: int) -> None:
    """Make numbers as this process. The database counts processes: the thousandth after it may be the same again."""
    global _process
    with _lock:
        _process = number % PROCESSES


def _be_another_process() -> None:
    global _lock
    _lock = threading.Lock()  # another thread of the parent may have held it
    be_process(secrets.randbelow(PROCESSES))


# A copy of a process would go on with the numbers of the original.
os.register_at_fork(after_in_child=_be_another_process)


def new_id(now: datetime) -> int:
    """A number that grows with time and is unique among all processes of a database."""
    global _last
    first = int(now.timestamp() * 1000) * _COUNTED
    with _lock:
        _last = max(_last + 1, first)
        return _last * PROCESSES + _process
