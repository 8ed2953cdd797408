"""The transaction: the one place that commits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row

from engine.store.database import Database

Parameters = Mapping[str, Any]
_NAME = re.compile(r"(?<!:):([a-z_]+)")


class Statement:
    """One SQL text with :named parameters, rendered once for each driver.

    The text goes to the driver as it is: compiling the same expression again for every call costs more than the
    statement itself.
    """

    def __init__(self, sql: str) -> None:
        self._sqlite = " ".join(sql.split())
        self._postgresql = _NAME.sub(r"%(\1)s", self._sqlite.replace("%", "%%"))

    def text(self, connection: Connection) -> str:
        return self._sqlite if connection.dialect.name == "sqlite" else self._postgresql


class UnitOfWork:
    """What one command reads and writes; all of it is committed or none."""

    def __init__(self, connection: Connection, *, is_sqlite: bool) -> None:
        self._connection = connection
        self.is_sqlite = is_sqlite

    def all(self, statement: Statement, **parameters: Any) -> Sequence[Row[Any]]:
        return self._connection.exec_driver_sql(statement.text(self._connection), parameters).all()

    def first(self, statement: Statement, **parameters: Any) -> Row[Any] | None:
        return self._connection.exec_driver_sql(statement.text(self._connection), parameters).first()

    def run(self, statement: Statement, **parameters: Any) -> int:
        """Execute and return the number of rows touched."""
        return self._connection.exec_driver_sql(statement.text(self._connection), parameters).rowcount

    def run_many(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Execute once for each row; nothing for none."""
        if rows:
            self._connection.exec_driver_sql(statement.text(self._connection), [dict(row) for row in rows])


@contextmanager
def unit_of_work(database: Database) -> Iterator[UnitOfWork]:
    """Commits at the end, rolls back on any exception."""
    with database.writing() as connection, connection.begin():
        yield UnitOfWork(connection, is_sqlite=database.is_sqlite)


@contextmanager
def read_only(database: Database) -> Iterator[UnitOfWork]:
    """For queries of the screens: sees one state of the database, writes nothing."""
    with database.reading() as connection:
        yield UnitOfWork(connection, is_sqlite=database.is_sqlite)
