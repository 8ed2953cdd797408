"""Messages to cases: from other systems by name, and from the people of a case on their own.

A message start or catch event with a form is open to the person who started the case and to its subjects: withdraw,
ask for an extension, ask for a review.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from engine.domain.actor import Actor
from engine.domain.message import Message
from engine.domain.rejection import Conflict, Forbidden, Invalid
from engine.domain.values import to_json
from engine.forms.schema import Choice, Form
from engine.services import access, choices, stepping
from engine.services.correlation import Correlated, correlate_in
from engine.services.packages import Bound
from engine.services.requests import Request
from engine.services.runtime import Runtime
from engine.services.stepping import SUBJECTS_VARIABLE, Done
from engine.services.user_tasks import check
from engine.store import cases, files, subscriptions, variables
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work


def correlate(
    runtime: Runtime,
    name: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    key: str | None = None,
    case_id: int | None = None,
    business_key: str | None = None,
    element_id: str | None = None,
    message_id: str | None = None,
    time_to_live: timedelta | None = None,
) -> Correlated:
    """Give the message to the case that waits for it; else start a case with it; else keep it until one waits.

    `key`: correlation key, `business_key`: case number, `element_id`: only who waits there. With a case or number it
    starts none. The same `message_id` from the same sender has one effect and one answer. Needs the permission
    supervise. Raises Forbidden, NotFound, Conflict (several cases fit: data `matches`), IdempotencyMismatch, Invalid.
    """
    message = _message(name, values, actor, key=key, case_id=case_id, business_key=business_key, element_id=element_id)
    content = asdict(message)
    request = None if message_id is None else Request.of_sender(actor.person_id, f"message/{message_id}", content)

    def command() -> Correlated:
        with unit_of_work(runtime.database) as uow:
            known = None if request is None else request.answer(uow)
            if known is not None:
                return Correlated(**json.loads(known))
            if case_id is not None:
                cases.get(uow, case_id)
            found = correlate_in(runtime, uow, message, actor=actor, time_to_live=time_to_live)
            if request is not None:
                request.remember(uow, json.dumps(asdict(found.answer)), now=runtime.clock.now())
        if found.stepped is not None:
            stepping.keep(runtime, *found.stepped)
        return found.answer

    return stepping.retrying(command)


def _message(name: str, values: Mapping[str, Any], actor: Actor, **to: Any) -> Message:
    access.require_permission(actor, "supervise")
    try:
        to_json(dict(values))
    except TypeError as error:
        raise Invalid(f"Message '{name}' holds a value that no variable can hold: {error}") from error
    return Message(name=name, values=dict(values), sender=actor.person_id, **to)


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
