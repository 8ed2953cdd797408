"""Periodic work that no case waits for."""

from datetime import timedelta

from engine.services.runtime import Runtime
from engine.store import idempotency, messages
from engine.store.unit_of_work import unit_of_work

ANSWERS_KEPT = timedelta(days=30)


def forget_old_answers(runtime: Runtime) -> None:
    """Answers to submissions are kept for thirty days."""
    with unit_of_work(runtime.database) as uow:
        idempotency.forget(uow, before=runtime.clock.now() - ANSWERS_KEPT)


def forget_expired_messages(runtime: Runtime) -> int:
    """Messages that no case waited for in time; returns how many."""
    with unit_of_work(runtime.database) as uow:
        return messages.forget_expired(uow, now=runtime.clock.now())
