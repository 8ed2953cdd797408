"""Keep a job that may have killed its worker away from the jobs of the other threads of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

# A job that hangs must not stop the others for good: after this many seconds everybody goes on.
PATIENCE = 10.0


class Quarantine:
    """Jobs run beside each other; one whose worker died runs alone, else it takes innocent ones along each time."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._beside = 0
        self._alone = 0

    @contextmanager
    def beside(self) -> Iterator[None]:
        """For a job without suspicion."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone, PATIENCE)
            self._beside += 1
        try:
            yield
        finally:
            with self._changed:
                self._beside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For a job whose last worker never reported back."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not self._beside, PATIENCE)
            self._alone += 1
        try:
            yield
        finally:
            with self._changed:
                self._alone -= 1
                self._changed.notify_all()
