"""What all tables share. Times are UTC milliseconds (BIGINT), structured values JSON text: alike on both databases."""

from sqlalchemy import BigInteger, Column, MetaData

metadata = MetaData()


def row_id() -> Column[int]:
    """The key of rows whose numbers the program makes (engine.domain.identity)."""
    return Column("id", BigInteger, primary_key=True, autoincrement=False)
