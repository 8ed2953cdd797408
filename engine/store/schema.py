"""What all tables share. Times are UTC milliseconds (BIGINT), structured values JSON text: alike on both databases."""

from sqlalchemy import BigInteger, Column, Index, MetaData, text

metadata = MetaData()


def row_id() -> Column[int]:
    """The key of rows whose numbers the program makes (engine.domain.identity)."""
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


def partial_index(name: str, *columns: str, where: str) -> Index:
    """An index over the rows that fit only. A query uses it when it repeats the condition word for word."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
