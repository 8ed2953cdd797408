"""Which SQLite libraries are safe for the write-ahead log."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from engine.store import database as module
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
    monkeypatch.setattr(module.sqlite3, "sqlite_version_info", (3, 40, 1))

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


def test_a_machine_without_our_library_runs_on_pythons_own(tmp_path: Path) -> None:
    program = f"""
import sys
sys.modules["pysqlite3"] = None
from engine.store.database import Database
from engine.store import variables
from engine.store.unit_of_work import Statement, read_only
database = Database("sqlite:///{tmp_path / "own.db"}")
database.create_tables()
with read_only(database) as uow:
    assert uow.first(Statement("SELECT octet_length('文件') AS n")).n == 6
    assert variables.small_texts(uow, 1) == {{}}
print(type(database).__module__)
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
