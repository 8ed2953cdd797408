"""Check that the history of a case is as it was written (articles 3 and 9)."""

from dataclasses import dataclass

from engine.domain.audit import first_broken
from engine.services.runtime import Runtime
from engine.store import cases, history
from engine.store.unit_of_work import UnitOfWork, read_only


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`first_broken`: position of the first entry that does not fit, None when the chain is intact."""

    length: int
    first_broken: int | None

    @property
    def intact(self) -> bool:
        return self.first_broken is None


def verify(runtime: Runtime, case_id: int) -> Verdict:
    """Raises NotFound."""
    with read_only(runtime.database) as uow:
        return verify_in(runtime, uow, case_id)


def verify_in(runtime: Runtime, uow: UnitOfWork, case_id: int) -> Verdict:
    case = cases.get(uow, case_id)
    broken = first_broken(
        history.links(uow, case_id), head=case.history_head, length=case.history_length, secret=runtime.secret
    )
    return Verdict(length=case.history_length, first_broken=broken)
