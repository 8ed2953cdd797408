"""A message on its way to a case, and whom it may reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Message:
    """`business_key`: case number. `origin`: what history says about where it comes from beside the sender.

    A message without case, number and element is for whoever waits for its name (and `key`, if it has one).
    """

    name: str
    values: Mapping[str, Any]
    sender: str
    key: str | None = None
    case_id: int | None = None
    business_key: str | None = None
    element_id: str | None = None
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names_a_case(self) -> bool:
        return self.case_id is not None or self.business_key is not None

    def fits(self, *, case_id: int, number: str, element_id: str, key: str | None) -> bool:
        """Whether it is for who waits there for its name; a key must be equal, or missing where the case is named."""
        if self.case_id not in {None, case_id} or self.business_key not in {None, number}:
            return False
        if self.element_id not in {None, element_id}:
            return False
        return self.key in {None, key} or (key is None and self.names_a_case)
