"""The contract suite stands on a real PostgreSQL of our own."""

import psycopg
import pytest

pytestmark = pytest.mark.postgresql


def test_the_database_is_an_empty_postgresql_14_or_later(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url.replace("+psycopg", "", 1)) as connection:
        row = connection.execute("SELECT current_setting('server_version_num')::int, current_database()").fetchone()

    assert row is not None
    assert row[0] >= 140_000
    assert row[1].startswith("rongcuo_test_")
