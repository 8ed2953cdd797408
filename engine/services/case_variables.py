"""Where an execution finds the variables of its case when it needs them."""

from functools import partial
from typing import Any

from engine.bpmn.scopes import Key, Later
from engine.domain.values import from_json
from engine.store import variables
from engine.store.unit_of_work import UnitOfWork


class CaseVariables:
    """Reads in the transaction of the step that runs now; most steps of a cached case read nothing."""

    def __init__(self, case_id: int) -> None:
        self._case_id = case_id
        self.uow: UnitOfWork | None = None

    def load(self) -> dict[Key, Any]:
        """Every variable; large ones are fetched when they are used."""
        return {
            key: Later(partial(self._fetch, key)) if text is None else from_json(text)
            for key, text in variables.small_texts(self._open(), self._case_id).items()
        }

    def _fetch(self, key: Key) -> Any:
        return variables.one(self._open(), self._case_id, *key)

    def _open(self) -> UnitOfWork:
        if self.uow is None:
            raise RuntimeError(f"variables of case {self._case_id} were asked for outside a step")
        return self.uow
