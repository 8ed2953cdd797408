"""Numbers for rows, made without asking the database."""

import secrets
import threading
from datetime import datetime

_lock = threading.Lock()
_last = 0


def new_id(now: datetime) -> int:
    """A number that grows with time and is unique: milliseconds, then 21 random bits; rising within a process."""
    global _last
    candidate = (int(now.timestamp() * 1000) << 21) | secrets.randbits(20)
    with _lock:
        _last = max(_last + 1, candidate)
        return _last
