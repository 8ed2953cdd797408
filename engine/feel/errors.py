"""What FEEL refuses: text that is no expression, and work beyond the limits."""

import difflib
from collections.abc import Iterable


class FeelError(Exception):
    """An evaluation was stopped: it went over a limit or a decision table contradicts itself."""


class FeelSyntaxError(FeelError):
    """The text is no FEEL; `position` is the index of the first character that does not fit."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Complaint about a name, with the nearest one that exists."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"There is no {what} '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")
