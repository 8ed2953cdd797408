"""Where an execution finds the variables of its case when it needs them."""

from typing import Any

from engine.store import variables
from engine.store.unit_of_work import UnitOfWork


class CaseVariables:
    """Reads in the transaction of the step that runs now; most steps of a cached case read nothing."""

    def __init__(self, case_id: int) -> None:
        self._case_id = case_id
        self.uow: UnitOfWork | None = None

    def load(self) -> dict[tuple[str, str], Any]:
        if self.uow is None:
            raise RuntimeError(f"variables of case {self._case_id} were asked for outside a step")
        return variables.of_case(self.uow, self._case_id)
