"""The worker outlives a database that is away for a moment."""

import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.scheduler import worker as worker_module
from engine.scheduler.worker import Worker
from engine.services.runtime import Runtime
from tests.contract import bureau


@pytest.mark.parametrize("call", ["run_due", "next_due"])
def test_the_worker_goes_on_after_the_database_was_away(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = bureau.make_runtime(f"sqlite:///{tmp_path / 'worker.db'}", tmp_path)
    works_again = threading.Event()
    real = getattr(worker_module.jobs, call)
    calls = 0

    def away_once(given: Runtime, **arguments: Any) -> int | datetime | None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ConnectionError("the database restarts")
        works_again.set()
        answer: int | datetime | None = real(given, **arguments)
        return answer

    monkeypatch.setattr(worker_module.jobs, call, away_once)
    worker = Worker(runtime)
    worker.start()
    try:
        assert works_again.wait(10)
    finally:
        worker.stop()
        bureau.close_all()
