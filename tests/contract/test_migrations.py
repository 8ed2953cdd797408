"""The migrations make the tables that the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.store.database import Database
from engine.store.tables import metadata


def test_the_migrated_database_is_the_one_the_code_describes(database: Database) -> None:
    with database._writing.connect() as connection:
        context = MigrationContext.configure(connection)

        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.create_tables()
    database.create_tables()
