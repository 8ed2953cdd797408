"""A request that may be sent twice: it has one effect and one answer."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store import idempotency
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Request:
    """`key` is chosen by the sender; `fingerprint` tells another request with the same key."""

    person_id: str
    key: str
    fingerprint: str

    @classmethod
    def of(cls, person_id: str, key: str, content: Any) -> "Request":
        """`content`: everything that the effect depends on."""
        text = json.dumps(content, sort_keys=True, default=str)
        return cls(person_id=person_id, key=key[:80], fingerprint=hashlib.sha256(text.encode()).hexdigest())

    @classmethod
    def of_sender(cls, person_id: str, message_id: str, content: Any) -> "Request":
        """For an id of any length that the sender of a message or signal chose."""
        return cls.of(person_id, "sent:" + hashlib.sha256(message_id.encode()).hexdigest(), content)

    def answer(self, uow: UnitOfWork) -> str | None:
        """What was answered before. Raises IdempotencyMismatch."""
        return idempotency.answer(uow, person_id=self.person_id, key=self.key, fingerprint=self.fingerprint)

    def remember(self, uow: UnitOfWork, answer: str, *, now: datetime) -> None:
        """To be called in the transaction of the effect."""
        idempotency.remember(
            uow, person_id=self.person_id, key=self.key, fingerprint=self.fingerprint, answer=answer, now=now
        )
