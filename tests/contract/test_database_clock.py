"""On PostgreSQL the database says what time it is, not the machine that asks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.store.database import Database
from engine.store.database_clock import DatabaseClock
from tests import postgresql
from tests.postgresql import RestartedServer

AN_HOUR_AHEAD = """
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
    AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$;
    ALTER ROLE postgres SET search_path = public, pg_catalog;
"""

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def server() -> Iterator[RestartedServer]:
    with postgresql.restartable() as server:
        postgresql.execute(server.url, AN_HOUR_AHEAD)
        yield server


def off_by(clock: DatabaseClock) -> timedelta:
    return clock.now() - datetime.now(UTC)


def test_a_machine_whose_clock_is_wrong_goes_by_that_of_the_database(server: RestartedServer) -> None:
    clock = DatabaseClock(Database(server.url))

    assert abs(off_by(clock) - timedelta(hours=1)) < timedelta(seconds=1)
    assert clock.now() <= clock.now()


def test_the_clock_counts_on_while_the_database_is_away(server: RestartedServer) -> None:
    clock = DatabaseClock(Database(server.url), asked_again_after=0)
    server.stop()
    try:
        assert abs(off_by(clock) - timedelta(hours=1)) < timedelta(seconds=1)
    finally:
        server.restart()
    assert abs(off_by(clock) - timedelta(hours=1)) < timedelta(seconds=1)
