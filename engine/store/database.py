"""Connect to SQLite or PostgreSQL; every difference between the two stands here."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import StaticPool

from engine.store import migrations
from engine.store.write_gate import WriteGate

try:
    from pysqlite3 import dbapi2 as sqlite3
except ImportError:
    # No wheel for this machine (ARM Linux): Python's own, whose version is asked all the same.
    import sqlite3

logger = logging.getLogger(__name__)

# Versions that carry the fix of the corruption at the reset of the write-ahead log (reported against 3.7.0 to 3.51.2).
_FIXED_LINES = {(3, 44): 6, (3, 50): 7}
_MIGRATION_LOCK = 7_264_112
_FIXED_FROM = (3, 51, 3)
_KNOWS_OCTETS = (3, 43, 0)


def write_ahead_log_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite library is free of the corruption at the reset of the write-ahead log."""
    major, minor, patch = version
    fixed_in_line = _FIXED_LINES.get((major, minor))
    return version >= _FIXED_FROM or (fixed_in_line is not None and patch >= fixed_in_line)


class Database:
    """One database. Writers take the lock at their start; readers never wait for it."""

    def __init__(self, url: str) -> None:
        # The driver is ours to choose: whoever names none means PostgreSQL, not SQLAlchemy's default for it.
        self.url = url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.is_sqlite = url.startswith("sqlite")
        # Told of every statement and its parameters before it runs: measuring, and tests that cut the power.
        self.observers: list[Callable[[str, Any], None]] = []
        # Told after a commit that holds work due soon.
        self.bells: list[Callable[[], None]] = []
        self._in_memory = url in {"sqlite://", "sqlite:///:memory:"}
        path = make_url(url).database if self.is_sqlite and not self._in_memory else None
        self._gate = None if not path or path.startswith("file:") else WriteGate(Path(f"{path}-gate"))
        self._writing = self._connect()
        self._reading = self._writing if self._in_memory else self._connect()

    def create_tables(self) -> None:
        """Bring the tables to the newest revision; data is kept. Processes that start together take turns."""
        with self._writing.connect() as connection, connection.begin():
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            migrations.upgrade(connection)

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """A driver's connection in a transaction that holds the write lock on SQLite; not committed is rolled back."""
        with (
            nullcontext() if self._gate is None else self._gate.passed(),
            self._driver_connection(self._writing, "BEGIN IMMEDIATE") as connection,
        ):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """A driver's connection that only reads; its transaction is dropped at the end."""
        with self._driver_connection(self._reading, "BEGIN DEFERRED") as connection:
            yield connection

    @contextmanager
    def _driver_connection(self, engine: Engine, begin: str) -> Iterator[Any]:
        # SQLAlchemy keeps the pool; its Connection would cost a third of the statements' own time in each step.
        pooled = engine.raw_connection()
        try:
            connection: Any = pooled.driver_connection
            if self.is_sqlite:
                connection.execute(begin)
            yield connection
        finally:
            pooled.close()

    def close(self) -> None:
        self._writing.dispose()
        self._reading.dispose()

    def _connect(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_size=8, max_overflow=8, pool_pre_ping=True)
        pool: dict[str, Any] = {"poolclass": StaticPool} if self._in_memory else {}
        engine = create_engine(
            self.url,
            module=sqlite3,
            connect_args={"timeout": 15, "check_same_thread": False, "isolation_level": None},
            **pool,
        )
        journal = self._journal_mode()

        @event.listens_for(engine, "connect")
        def prepare(raw: Any, _record: object) -> None:
            cursor = raw.cursor()
            for pragma in (
                f"journal_mode={journal}",
                "synchronous=FULL",
                "foreign_keys=ON",
                "trusted_schema=OFF",
                "cache_size=-65536",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
            if sqlite3.sqlite_version_info < _KNOWS_OCTETS:
                raw.create_function("octet_length", 1, _octets, deterministic=True)

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # Of the migrations: a deferred transaction that writes after it read fails at once under a second writer.
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def _journal_mode(self) -> str:
        version = sqlite3.sqlite_version_info
        if write_ahead_log_is_safe(version):
            return "WAL"
        logger.warning("sqlite_write_ahead_log_unsafe version=%s journal=TRUNCATE", ".".join(map(str, version)))
        return "TRUNCATE"


def _octets(text: str | None) -> int | None:
    return None if text is None else len(text.encode())
