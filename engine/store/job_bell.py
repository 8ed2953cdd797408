"""The bell that rings when work is committed that is due soon: in this process, and through PostgreSQL in others."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg

from engine.store.database import Database

logger = logging.getLogger(__name__)

CHANNEL = "rongcuo_jobs"
_RECONNECT_AFTER = 1.0


def listen(database: Database, ring: Callable[[], None], stopping: threading.Event) -> None:
    """Call `ring` whenever a process commits such work, until `stopping`. Blocks, and outlives a database restart.

    SQLite tells nobody; there only this process is heard, and the others poll.
    """
    database.bells.append(ring)
    try:
        while not database.is_sqlite and not stopping.is_set():
            try:
                _hear(database, ring, stopping)
            except psycopg.OperationalError:
                logger.warning("job_bell_lost")
                stopping.wait(_RECONNECT_AFTER)
        stopping.wait()
    finally:
        with suppress(ValueError):
            database.bells.remove(ring)


def _hear(database: Database, ring: Callable[[], None], stopping: threading.Event) -> None:
    # A connection of its own: it is in no transaction, and never goes back to the pool.
    with psycopg.connect(database.url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True) as heard:
        heard.execute(f"LISTEN {CHANNEL}")
        ring()
        while not stopping.is_set():
            for _ in heard.notifies(timeout=0.5):
                ring()
