"""The clock of the database, so that a worker whose own clock is wrong fires on time and takes nobody's lease."""

import logging
import threading
import time
from datetime import datetime, timedelta

import sqlalchemy
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from engine.store.database import Database
from engine.store.times import from_ms

logger = logging.getLogger(__name__)

ASKED_AGAIN_AFTER = 30.0
_NOW = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"


class DatabaseClock:
    """PostgreSQL's time, asked for now and then and counted on in between, whatever this machine's clock says.

    Raises OperationalError at its making when the database does not answer; later it counts on without it.
    """

    def __init__(self, database: Database, *, asked_again_after: float = ASKED_AGAIN_AFTER) -> None:
        # Not from the pool: a step that holds a connection asks for the time, and might wait for itself.
        self._connections = sqlalchemy.create_engine(database.url, poolclass=NullPool)
        self._asked_again_after = asked_again_after
        self._asking = threading.Lock()
        self._known = self._ask()

    def now(self) -> datetime:
        moment, counted_from = self._known
        passed = time.monotonic() - counted_from
        if passed > self._asked_again_after and self._asking.acquire(blocking=False):
            try:
                self._known = self._ask_again()
                moment, counted_from = self._known
                passed = time.monotonic() - counted_from
            finally:
                self._asking.release()
        return moment + timedelta(seconds=passed)

    def _ask_again(self) -> tuple[datetime, float]:
        try:
            return self._ask()
        except OperationalError:
            logger.warning("database_clock_not_answering")
            moment, counted_from = self._known
            passed = time.monotonic() - counted_from
            return moment + timedelta(seconds=passed), counted_from + passed

    def _ask(self) -> tuple[datetime, float]:
        """The moment, and what the monotonic clock showed then: in the middle between question and answer."""
        with self._connections.connect() as connection:
            before = time.monotonic()
            milliseconds = connection.exec_driver_sql(_NOW).scalar_one()
            return from_ms(milliseconds), (before + time.monotonic()) / 2
