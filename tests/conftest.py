"""Bring the tests a real PostgreSQL: one the environment names, else one from a package, started for this run."""

from collections.abc import Iterator

import pytest

from tests.postgresql import ServerFailed, new_database, server


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """An empty database of our own, as SQLAlchemy's URL; dropped at the end.

    RONGCUO_TEST_POSTGRESQL_URL (postgresql://...) names a server where we may create databases. Without it a server
    starts in a temporary folder. Every process of pytest-xdist has its own database, so nothing is shared.
    """
    try:
        with server() as server_url, new_database(server_url) as url:
            yield url
    except ServerFailed as failed:
        pytest.fail(str(failed), pytrace=False)
