"""What the choice fields of a form offer: people, catalogues, variables of the case."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.forms.schema import Choice, Form, Source
from engine.forms.submission import choice_sources
from engine.services.runtime import Runtime
from engine.store import people
from engine.store.unit_of_work import UnitOfWork


def load(runtime: Runtime, uow: UnitOfWork, form: Form, variables: Mapping[str, Any]) -> dict[str, list[Choice]]:
    """Source key to its choices."""
    resolve = resolver(runtime, uow, variables)
    return {source.key: resolve(source) for source in choice_sources(form)}


def resolver(runtime: Runtime, uow: UnitOfWork, variables: Mapping[str, Any]) -> Callable[[Source], list[Choice]]:
    def resolve(source: Source) -> list[Choice]:
        kind, _, name = source.source.partition(":")
        if kind == "people":
            found = people.members(uow, source.group, runtime.today()) if source.group else people.directory(uow)
            return [Choice(value=person, label=label) for person, label in found.items() if person != "system"]
        if kind == "catalogue":
            return [_row_choice(row, source) for row in runtime.catalogues.get(name, [])]
        rows = variables.get(name)
        return [_row_choice(row, source) for row in rows] if isinstance(rows, list) else []

    return resolve


def _row_choice(row: Any, source: Source) -> Choice:
    if not isinstance(row, Mapping):
        return Choice(value=str(row), label=str(row))
    value = str(row.get(source.value_key or "id", ""))
    label = str(row.get(source.label_key or "name") or row.get("title") or value)
    return Choice(value=value, label=label, hint=str(row.get("paraphrase") or ""))
