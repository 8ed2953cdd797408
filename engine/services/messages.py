"""What the people of a case may say to it on their own: withdraw, ask for an extension, ask for a review.

A message start or catch event with a form is open to the person who started the case and to its subjects.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain.actor import Actor
from engine.domain.rejection import Conflict, Forbidden
from engine.forms.schema import Choice, Form
from engine.services import access, choices, stepping
from engine.services.packages import Bound
from engine.services.requests import Request
from engine.services.runtime import Runtime
from engine.services.stepping import SUBJECTS_VARIABLE, Done
from engine.services.user_tasks import check
from engine.store import cases, files, subscriptions, variables
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A message that this person may send to the case now."""

    element_id: str
    name: str
    form_ref: str


@dataclass(frozen=True, kw_only=True)
class MessageForm:
    case_id: int
    number: str
    offer: Offer
    form: Form
    choices: dict[str, list[Choice]]


def offered(runtime: Runtime, case_id: int, *, actor: Actor) -> list[Offer]:
    """Raises NotFound."""
    with read_only(runtime.database) as uow:
        access.require_case(uow, case_id, actor)
        return _offered(runtime, uow, case_id, actor)


def message_form(runtime: Runtime, case_id: int, element_id: str, *, actor: Actor) -> MessageForm:
    """Raises NotFound, Forbidden, Conflict when the case does not wait for it."""
    with read_only(runtime.database) as uow:
        access.require_case(uow, case_id, actor)
        offer = _require(runtime, uow, case_id, element_id, actor)
        case = cases.get(uow, case_id)
        form = runtime.packages.bound(uow, case.definition_id).deployed.form(offer.form_ref)
        found = choices.load(runtime, uow, form, {})
    return MessageForm(case_id=case_id, number=case.number, offer=offer, form=form, choices=found)


def send(runtime: Runtime, case_id: int, element_id: str, raw: Mapping[str, Any], *, actor: Actor, key: str) -> None:
    """Check the form and give the message to the case; the same `key` again has no second effect.

    Raises NotFound, Forbidden, Conflict, Invalid, IdempotencyMismatch.
    """
    request = Request.of(actor.person_id, key, [case_id, element_id, raw])

    def command() -> Done | None:
        with unit_of_work(runtime.database) as uow:
            if request.answer(uow) is not None:
                return None
            access.require_case(uow, case_id, actor)
            locked = stepping.lock(runtime, uow, case_id)
            offer = _require(runtime, uow, case_id, element_id, actor)
            form = locked.bound.deployed.form(offer.form_ref)
            seen = locked.execution.variables("", locked.implicit())
            submission = check(runtime, uow, form, raw, seen)
            token = subscriptions.token_at(uow, case_id, element_id)
            step = locked.execution.correlate(
                token, submission.values, env=runtime.environment(), implicit=locked.implicit()
            )
            entry = NewEntry(
                what="submitted",
                element_id=element_id,
                token=token,
                name=offer.name,
                actor=actor.person_id,
                data={"form": offer.form_ref, "values": submission.values},
            )
            done = stepping.write(runtime, locked, step, actor=actor.person_id, first_entries=[entry])
            files.attach(uow, case_id, submission.file_ids, actor.person_id)
            request.remember(uow, "sent", now=locked.now)
        stepping.keep(runtime, locked, done)
        return done

    stepping.retrying(command)


def _require(runtime: Runtime, uow: UnitOfWork, case_id: int, element_id: str, actor: Actor) -> Offer:
    if not _is_of_the_case(uow, case_id, actor):
        raise Forbidden(f"Person '{actor.person_id}' is neither starter nor subject of case {case_id}.")
    for offer in _offered(runtime, uow, case_id, actor):
        if offer.element_id == element_id:
            return offer
    raise Conflict(f"Case {case_id} does not wait for '{element_id}'.", object="case", id=case_id)


def _offered(runtime: Runtime, uow: UnitOfWork, case_id: int, actor: Actor) -> list[Offer]:
    if not _is_of_the_case(uow, case_id, actor):
        return []
    bound: Bound = runtime.packages.bound(uow, cases.get(uow, case_id).definition_id)
    found = [bound.definition.elements.get(element_id) for element_id in subscriptions.elements(uow, case_id)]
    return [
        Offer(element_id=element.id, name=element.name or element.id, form_ref=element.form_ref)
        for element in found
        if element is not None and element.form_ref
    ]


def _is_of_the_case(uow: UnitOfWork, case_id: int, actor: Actor) -> bool:
    subjects = variables.of_case(uow, case_id).get(("", SUBJECTS_VARIABLE))
    named = subjects if isinstance(subjects, list) else []
    return actor.person_id == cases.get(uow, case_id).started_by or actor.person_id in named
