"""What FEEL refuses: text that is no expression, and work beyond the limits."""


class FeelError(Exception):
    """An evaluation was stopped: it went over a limit or a decision table contradicts itself."""


class FeelSyntaxError(FeelError):
    """The text is no FEEL; `position` is the index of the first character that does not fit."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position
