"""Say what is wrong with an element: file, id, name, reason, hint."""

from engine.bpmn.diagram import Element, Process
from engine.domain.rejection import Problem


class Report:
    """Makes the problems of one process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def problem(
        self,
        element: Element | None,
        key: str,
        message: str,
        *,
        hint: str | None = None,
        severity: str = "error",
        params: dict[str, object] | None = None,
    ) -> Problem:
        """Without an element the process itself is meant."""
        return Problem(
            file=self._process.file,
            key=key,
            message=message,
            element_id=self._process.id if element is None else element.id,
            element_name=self._process.name if element is None else element.info.name or None,
            hint=hint,
            line=None if element is None else element.line,
            severity=severity,
            params=params or {},
        )
