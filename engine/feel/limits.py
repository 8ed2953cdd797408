"""Limits of text, steps and sizes, and the run that keeps count of them."""

from engine.feel.environment import Environment
from engine.feel.errors import FeelError

TEXT = 10_000
NESTING = 64
TREE_DEPTH = 128
STEPS = 100_000
CALL_DEPTH = 40
STRING = 1_000_000
LIST = 100_000
RESULT_NODES = 200_000


class Run:
    """One evaluation: the environment and the steps that are left."""

    __slots__ = ("calls", "env", "left")

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.left = STEPS
        self.calls = 0

    def charge(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise FeelError(f"The expression takes more than {STEPS} steps.")

    def charge_for(self, value: object) -> None:
        """Pay for building or walking a large value, so that loops cannot multiply large values without end."""
        if isinstance(value, str):
            check_length(len(value))
            self.charge(len(value) // 100)
        elif isinstance(value, (list, dict)):
            check_count(len(value))
            self.charge(len(value) // 10)


def check_length(length: int) -> None:
    if length > STRING:
        raise FeelError(f"A string has more than {STRING} characters.")


def check_count(count: int) -> None:
    if count > LIST:
        raise FeelError(f"A list or context has more than {LIST} items.")


def check_result(value: object) -> None:
    """Contexts that share their parts can be small in memory and endless when written out; those are refused."""
    pending: list[object] = [value]
    count = length = 0
    while pending:
        item = pending.pop()
        count += 1
        if isinstance(item, str):
            length += len(item)
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, dict):
            pending.extend(item.values())
        if count + len(pending) > RESULT_NODES or length > 10 * STRING:
            raise FeelError("The result is too large.")
