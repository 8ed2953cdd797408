"""Which SQLite libraries are safe for the write-ahead log."""

import logging
from pathlib import Path

import pysqlite3
import pytest

from engine.store.database import Database, write_ahead_log_is_safe


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 4), (3, 50, 7), (3, 44, 6), (4, 0, 0)])
def test_a_library_with_the_fix_is_safe(version: tuple[int, int, int]) -> None:
    assert write_ahead_log_is_safe(version)


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 7, 0), (3, 51, 2), (3, 50, 6), (3, 44, 5), (3, 45, 1)])
def test_a_library_with_the_corruption_is_not(version: tuple[int, int, int]) -> None:
    assert not write_ahead_log_is_safe(version)


def test_an_unsafe_library_is_noticed_and_the_log_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pysqlite3.dbapi2, "sqlite_version_info", (3, 40, 1))

    with caplog.at_level(logging.WARNING):
        database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    with database.reading() as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    database.close()

    assert mode == "truncate"
    assert "sqlite_write_ahead_log_unsafe version=3.40.1" in caplog.text


def test_a_safe_library_uses_the_log_and_syncs_every_commit(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with database.reading() as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
    database.close()

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
