"""The worker: an alarm clock over the job table, which alone holds the truth about time."""

import logging
import threading
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from engine.services import housekeeping, jobs
from engine.services.runtime import Runtime
from engine.store import job_bell
from engine.store.jobs import IN_DATABASE, OUTSIDE

logger = logging.getLogger(__name__)

# Polls at least this often: on SQLite, work written by another process rings no bell here.
SAFETY_NET = timedelta(seconds=2)
# Calls to the outside may be slow: they have threads of their own, and each takes one call at a time.
CALLERS = 2


class Worker:
    """Runs due jobs until stopped. APScheduler rings at the next due time and runs the periodic work."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stopping = threading.Event()
        self._alarm = BackgroundScheduler(timezone=UTC)
        self._alarm.add_job(self._clean, "interval", hours=1, id="clean", coalesce=True, max_instances=1)
        self._first = _Lane(runtime, self._stopping, self._alarm, name="jobs", lane=IN_DATABASE, limit=20)
        self._callers = [
            _Lane(runtime, self._stopping, self._alarm, name=f"calls-{number}", lane=OUTSIDE, limit=1)
            for number in range(1, CALLERS + 1)
        ]
        self._listener = threading.Thread(
            target=job_bell.listen, args=(runtime.database, self._ring, self._stopping), name="job-bell", daemon=True
        )
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)

    def start(self) -> None:
        """In a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the jobs at hand and stop."""
        self._stopping.set()
        self._ring()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def run(self) -> None:
        """In the calling thread, until `stop`."""
        self._alarm.start()
        logger.info("worker_started")
        threads = [threading.Thread(target=lane.run, name=lane.name, daemon=True) for lane in self._callers]
        for thread in (*threads, self._listener):
            thread.start()
        try:
            self._first.run()
            for thread in threads:
                thread.join(timeout=30)
        finally:
            self._alarm.shutdown(wait=False)
            logger.info("worker_stopped")

    def _ring(self) -> None:
        for lane in (self._first, *self._callers):
            lane.wake.set()

    def _clean(self) -> None:
        housekeeping.forget_old_answers(self._runtime)
        housekeeping.forget_expired_messages(self._runtime)


class _Lane:
    """One thread that runs one kind of work, and sleeps when nothing is due."""

    def __init__(
        self,
        runtime: Runtime,
        stopping: threading.Event,
        alarm: BackgroundScheduler,
        *,
        name: str,
        lane: str,
        limit: int,
    ) -> None:
        self.name = name
        self.wake = threading.Event()
        self._runtime = runtime
        self._stopping = stopping
        self._alarm = alarm
        self._lane = lane
        self._limit = limit

    def run(self) -> None:
        """Until the worker stops."""
        while not self._stopping.is_set():
            if self._round() == 0:
                self.wake.wait(SAFETY_NET.total_seconds())
                self.wake.clear()

    def _round(self) -> int:
        """Run what is due and, when nothing is, set the alarm for what comes next."""
        try:
            taken = jobs.run_due(self._runtime, limit=self._limit, lanes=(self._lane,))
            if taken == 0:
                self._set_alarm()
        except Exception:
            # The outermost edge of the job executor: a database that restarts must not end the worker.
            logger.exception("worker_round_failed lane=%s", self.name)
            self._stopping.wait(1)
            return 0
        return taken

    def _set_alarm(self) -> None:
        due = jobs.next_due(self._runtime, lanes=(self._lane,))
        if due is None:
            return
        wait = max(due - self._runtime.clock.now(), timedelta(milliseconds=50))
        if wait < SAFETY_NET:
            rings_at = datetime.now(UTC) + wait  # noqa: TID251 -- the alarm rings by this machine's own clock
            self._alarm.add_job(
                self.wake.set,
                "date",
                run_date=rings_at,
                id=f"due-{self.name}",
                replace_existing=True,
                misfire_grace_time=None,
            )
