"""What a workflow folder may use: the type of a delegate and the errors it may raise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class DelegateContext:
    """`key` is the same at every attempt of the same work, so that a receiver can recognise a repetition."""

    key: str
    case_id: int
    element_id: str


Delegate = Callable[[Mapping[str, Any], DelegateContext], Mapping[str, Any]]


class BpmnError(Exception):
    """A delegate says: this went wrong in a way that the diagram handles (error boundary event)."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
