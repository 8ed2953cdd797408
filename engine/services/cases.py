"""Start a case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from engine.bpmn import interpreter
from engine.domain.actor import SYSTEM, Actor
from engine.domain.audit import GENESIS
from engine.domain.case import Case
from engine.domain.identity import new_id
from engine.domain.rejection import Conflict, Forbidden, NotFound
from engine.domain.views import Startable
from engine.feel import compile_template
from engine.forms.schema import Choice, Form
from engine.services import choices, stepping
from engine.services.case_variables import CaseVariables
from engine.services.packages import Bound
from engine.services.requests import Request
from engine.services.runtime import Runtime
from engine.services.stepping import SUBJECTS_VARIABLE, Done, Locked
from engine.services.user_tasks import check
from engine.store import cases, files, people
from engine.store.history import NewEntry
from engine.store.unit_of_work import UnitOfWork, read_only, unit_of_work


@dataclass(frozen=True, kw_only=True)
class StartForm:
    startable: Startable
    form: Form
    choices: dict[str, list[Choice]]


@dataclass(frozen=True, kw_only=True)
class Link:
    """The case that a new one comes from, and what for."""

    case_id: int
    name: str


def startable(runtime: Runtime, *, actor: Actor) -> list[Startable]:
    """The start events that this person may use, of the newest versions."""
    with read_only(runtime.database) as uow:
        bounds = runtime.packages.latest_of_all(uow)
    return [
        Startable(
            process_id=bound.key,
            process_name=bound.name,
            start_event=event.id,
            name=event.name,
            definition_id=bound.id,
        )
        for bound in bounds
        for event in bound.definition.start_events
        if event.open_to(actor)
    ]


def start_form(runtime: Runtime, process_id: str, start_event: str, *, actor: Actor) -> StartForm:
    """Raises NotFound, Forbidden."""
    with read_only(runtime.database) as uow:
        bound = runtime.packages.latest(uow, process_id)
        event = _start_event(bound, start_event, actor)
        form = bound.deployed.form(event.form_ref) if event.form_ref else Form(id="", fields=())
        offered = choices.load(runtime, uow, form, {})
    chosen = Startable(
        process_id=process_id, process_name=bound.name, start_event=event.id, name=event.name, definition_id=bound.id
    )
    return StartForm(startable=chosen, form=form, choices=offered)


def start(
    runtime: Runtime, process_id: str, start_event: str, raw: Mapping[str, Any], *, actor: Actor, key: str
) -> int:
    """Start a case from its form; returns its id. The same `key` again gives the same case.

    Raises NotFound, Forbidden, Invalid, IdempotencyMismatch.
    """
    request = Request.of(actor.person_id, key, [process_id, start_event, raw])
    return stepping.retrying(lambda: _start_from_form(runtime, process_id, start_event, raw, actor, request))


def _start_from_form(
    runtime: Runtime, process_id: str, start_event: str, raw: Mapping[str, Any], actor: Actor, request: Request
) -> int:
    with unit_of_work(runtime.database) as uow:
        known = request.answer(uow)
        if known is not None:
            return int(known)
        bound = runtime.packages.latest(uow, process_id)
        event = _start_event(bound, start_event, actor)
        form = bound.deployed.form(event.form_ref) if event.form_ref else Form(id="", fields=())
        submission = check(runtime, uow, form, raw, {})
        entry = NewEntry(
            what="submitted",
            element_id=event.id,
            name=event.name,
            actor=actor.person_id,
            data={"form": form.id, "values": submission.values},
        )
        locked, done = start_in(runtime, uow, bound, event.id, submission.values, actor=actor, entries=[entry])
        files.attach(uow, done.case.id, submission.file_ids, actor.person_id)
        request.remember(uow, str(done.case.id), now=locked.now)
    stepping.keep(runtime, locked, done)
    return done.case.id


def begin(
    runtime: Runtime,
    process_id: str,
    start_event: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    note: NewEntry,
    business_key: str | None = None,
) -> int:
    """Start a case for a program, not a page: typed values, no form, no group asked; `note` says why. Returns its id.

    Raises NotFound, Conflict when the business key is taken.
    """
    with unit_of_work(runtime.database) as uow:
        bound = runtime.packages.latest(uow, process_id)
        locked, done = start_in(
            runtime, uow, bound, start_event, dict(values), actor=actor, entries=[note], business_key=business_key
        )
    stepping.keep(runtime, locked, done)
    return done.case.id


def start_linked(
    runtime: Runtime, process_id: str, start_event: str | None, variables: dict[str, Any], *, link: Link, key: str
) -> int:
    """Start a case that comes from another one, once for each `key`. Raises NotFound."""
    request = Request.of(SYSTEM.person_id, key, [process_id, start_event, link.case_id, link.name])
    with unit_of_work(runtime.database) as uow:
        known = request.answer(uow)
        if known is not None:
            return int(known)
        bound = runtime.packages.latest(uow, process_id)
        event = start_event or _plain_start(bound)
        entry = NewEntry(what="linked", name=link.name, data={"from": link.case_id})
        locked, done = start_in(runtime, uow, bound, event, variables, actor=SYSTEM, entries=[entry], link=link)
        request.remember(uow, str(done.case.id), now=locked.now)
    stepping.keep(runtime, locked, done)
    return done.case.id


def _plain_start(bound: Bound) -> str:
    """Where a case begins when nobody says where: a start that waits for nothing, if there is one."""
    starts = bound.definition.start_events
    return next((event.id for event in starts if event.kind == "none"), starts[0].id)


def start_in(
    runtime: Runtime,
    uow: UnitOfWork,
    bound: Bound,
    event_id: str,
    values: dict[str, Any],
    *,
    actor: Actor,
    entries: list[NewEntry],
    link: Link | None = None,
    business_key: str | None = None,
) -> tuple[Locked, Done]:
    """Start a case in a transaction that the caller commits; then he calls `stepping.keep`. Raises NotFound."""
    now = runtime.clock.now()
    case = Case(
        id=new_id(now),
        definition_id=bound.id,
        revision=0,
        state="active",
        number=_number(runtime, uow, bound, values, business_key),
        title=bound.name,
        subject="",
        stage="",
        outcome=None,
        origin=event_id,
        started_at=now,
        started_by=actor.person_id,
        ended_at=None,
        linked_from=None if link is None else link.case_id,
        link=None if link is None else link.name,
        execution=b"",
        history_length=0,
        history_head=GENESIS,
    )
    env, implicit = runtime.environment(), stepping.implicit_variables(case)
    execution, step = interpreter.start(bound.definition, event_id, values, env=env, implicit=implicit)
    title = _text(bound.definition.title, values | implicit, runtime) or bound.name
    case = replace(case, title=title, subject=_subject(uow, values))
    cases.insert(uow, case)
    subjects = values.get(SUBJECTS_VARIABLE)
    named = {str(person): "subject" for person in subjects} if isinstance(subjects, list) else {}
    cases.grant(uow, case.id, named | {actor.person_id: "starter"})
    source = CaseVariables(case.id)
    source.uow = uow
    locked = Locked(uow=uow, case=case, bound=bound, execution=execution, variables=source, now=now)
    done = stepping.write(runtime, locked, step, actor=actor.person_id, first_entries=entries)
    return locked, done


def _start_event(bound: Bound, start_event: str, actor: Actor) -> Any:
    for event in bound.definition.start_events:
        if event.id == start_event:
            if not event.open_to(actor):
                raise Forbidden(
                    f"Person '{actor.person_id}' may not start '{bound.key}' at '{start_event}'.", permission="start"
                )
            return event
    raise NotFound(f"Process '{bound.key}' has no start '{start_event}'.", object="start", id=start_event)


def _number(
    runtime: Runtime, uow: UnitOfWork, bound: Bound, values: Mapping[str, Any], business_key: str | None
) -> str:
    """The business key: given, or said by the diagram, or the next number of the process's sequence."""
    own = business_key or _text(bound.definition.business_key, dict(values), runtime)
    if own:
        if cases.number_exists(uow, own):
            raise Conflict(f"Case {own} exists already.", object="case", number=own)
        return own
    year = runtime.today().year
    pattern = runtime.config.number_patterns.get(bound.key, runtime.config.number_pattern)
    # Processes that are numbered alike share a sequence: the text without its number is its name.
    sequence = pattern.format(office=runtime.config.number_office, year=year, n="{n}", process=bound.key)
    return sequence.replace("{n}", str(cases.next_number(uow, f"case/{sequence}")))


def _subject(uow: UnitOfWork, values: Mapping[str, Any]) -> str:
    subjects = values.get(SUBJECTS_VARIABLE)
    if not isinstance(subjects, list):
        return ""
    return "、".join(people.name_of(uow, str(person)) or str(person) for person in subjects)


def _text(template: str | None, context: dict[str, Any], runtime: Runtime) -> str:
    if not template:
        return ""
    value = compile_template(template)(context, runtime.environment())
    return str(value) if isinstance(value, (str, int, Decimal)) else ""
