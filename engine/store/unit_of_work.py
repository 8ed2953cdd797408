"""The transaction: the one place that commits."""

import re
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from engine.store.database import Database

Parameters = Mapping[str, Any]
_NAME = re.compile(r"(?<!:):([a-z_]+)")


class Statement:
    """One SQL text with :named parameters, rendered once for each driver.

    The text goes to the driver as it is: compiling the same expression again for every call costs more than the
    statement itself.
    """

    def __init__(self, sql: str) -> None:
        self.sqlite = " ".join(sql.split())
        self.postgresql = _NAME.sub(r"%(\1)s", self.sqlite.replace("%", "%%"))
        self._row_type: Any = None

    def row_type(self, description: Sequence[Sequence[Any]]) -> Any:
        """The named tuple of this statement's rows, made at its first use."""
        if self._row_type is None:
            names = [column[0] for column in description]
            self._row_type = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        return self._row_type


class UnitOfWork:
    """What one command reads and writes; all of it is committed or none.

    Statements go to the driver's cursor, since building a result object for every statement costs more than most of
    the statements. Rows are named tuples.
    """

    def __init__(self, connection: Any, database: Database) -> None:
        self._driver = connection
        self._observers = database.observers
        self.is_sqlite = database.is_sqlite
        # Set by who writes work that is due soon: workers need not wait for their next look.
        self.rings = False

    def all(self, statement: Statement, **parameters: Any) -> list[Any]:
        cursor = self._execute(statement, parameters)
        rows = cursor.fetchall()
        make = statement.row_type(cursor.description)._make
        cursor.close()
        return [make(row) for row in rows]

    def first(self, statement: Statement, **parameters: Any) -> Any | None:
        cursor = self._execute(statement, parameters)
        row = cursor.fetchone()
        found = None if row is None else statement.row_type(cursor.description)._make(row)
        cursor.close()
        return found

    def run(self, statement: Statement, **parameters: Any) -> int:
        """Execute and return the number of rows touched."""
        cursor = self._execute(statement, parameters)
        touched = cursor.rowcount
        cursor.close()
        return int(touched)

    def run_many(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Execute once for each row; nothing for none."""
        if not rows:
            return
        text = self._text(statement, rows)
        cursor = self._driver.cursor()
        cursor.executemany(text, rows)
        cursor.close()

    def _execute(self, statement: Statement, parameters: Parameters) -> Any:
        text = self._text(statement, parameters)
        cursor = self._driver.cursor()
        cursor.execute(text, parameters)
        return cursor

    def _text(self, statement: Statement, parameters: Parameters | Sequence[Parameters]) -> str:
        text = statement.sqlite if self.is_sqlite else statement.postgresql
        for observe in self._observers:
            observe(text, parameters)
        return text


@contextmanager
def unit_of_work(database: Database) -> Iterator[UnitOfWork]:
    """Commits at the end, rolls back on any exception."""
    with database.writing() as connection:
        uow = UnitOfWork(connection, database)
        yield uow
        for observe in database.observers:
            observe("-- the end", None)
        connection.commit()
    if uow.rings:
        for ring in database.bells:
            ring()


@contextmanager
def read_only(database: Database) -> Iterator[UnitOfWork]:
    """For queries of the screens: sees one state of the database, writes nothing."""
    with database.reading() as connection:
        yield UnitOfWork(connection, database)
