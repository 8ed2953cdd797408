"""Read the JSON of a form (form-js schema) and name everything in it that cannot be used."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from engine.domain.rejection import Problem, ProblemsFound
from engine.forms.component import Component, Element
from engine.forms.fields import GROUP, LIST, TYPES, VALUE_TYPES, Field, flattened

SIZE_LIMIT = 256 * 1024
FIELD_LIMIT = 500
DEPTH_LIMIT = 6
_KEY_LENGTH = 64
# `case` is filled in by the engine, `csrf_token` by the page.
RESERVED_KEYS = frozenset({"case", "csrf_token"})


def read(content: bytes, *, file: str) -> tuple[str, tuple[Field, ...]]:
    """The form's id and its fields. Raises ProblemsFound with everything that is wrong."""
    reading = _Reading(file)
    document = reading.document(content)
    form_id = document.get("id")
    if not isinstance(form_id, str) or not form_id:
        reading.refuse("", "no_id", "the form has no id")
    fields = reading.fields(document.get("components", []), depth=1, in_list=False)
    reading.require_distinct(fields)
    if reading.problems:
        raise ProblemsFound(reading.problems)
    return str(form_id), fields


class _Reading:
    """Collects problems while fields are built, so that a designer sees all of them at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.count = 0

    def refuse(self, element_id: str, key: str, message: str, *, name: str = "", hint: str | None = None) -> None:
        problem = Problem(
            file=self.file,
            message=message,
            key=f"form.schema.{key}",
            element_id=element_id or None,
            element_name=name or None,
            hint=hint,
        )
        self.problems.append(problem)

    def document(self, content: bytes) -> Element:
        if len(content) > SIZE_LIMIT:
            self.refuse("", "too_large", f"the file is larger than {SIZE_LIMIT // 1024} KB")
            raise ProblemsFound(self.problems)
        try:
            document = json.loads(content, parse_float=Decimal)
        except RecursionError:
            self.refuse("", "too_deep", "the file is nested too deeply")
        except ValueError as error:
            self.refuse("", "not_json", f"the file is not JSON: {error}")
        else:
            if isinstance(document, dict):
                return document
            self.refuse("", "not_json", "the file holds no JSON object")
        raise ProblemsFound(self.problems)

    def fields(self, components: Any, *, depth: int, in_list: bool) -> tuple[Field, ...]:
        if not isinstance(components, list):
            self.refuse("", "not_a_list", "components is not a list")
            return ()
        if depth > DEPTH_LIMIT:
            self.refuse("", "too_deep", f"components are nested more than {DEPTH_LIMIT} levels deep")
            return ()
        found = []
        for component in components:
            self.count += 1
            if self.count > FIELD_LIMIT:
                if self.count == FIELD_LIMIT + 1:
                    self.refuse("", "too_many_fields", f"the form has more than {FIELD_LIMIT} components")
                break
            field = self.field(component, depth=depth, in_list=in_list)
            if field is not None:
                found.append(field)
        return tuple(found)

    def field(self, component: Any, *, depth: int, in_list: bool) -> Field | None:
        if not isinstance(component, dict):
            self.refuse("", "not_an_object", "a component is not an object")
            return None
        kind = component.get("type")
        if not isinstance(kind, str) or kind not in TYPES:
            named = str(component.get("key") or component.get("id") or "")
            self.refuse(
                named, "unknown_type", f"unknown component type {str(kind)[:60]!r}", hint=", ".join(sorted(TYPES))
            )
            return None
        key = self._key(component, kind)
        element = Component(self.refuse, component, kind, key)
        field = element.field(
            self.fields(component.get("components", []), depth=depth + 1, in_list=in_list or kind == LIST)
            if kind in {GROUP, LIST}
            else ()
        )
        if in_list and field.locked:
            element.refuse("locked_in_list", "a column of a list cannot be read-only", hint="lock the whole list")
        return field

    def _key(self, component: Element, kind: str) -> str:
        if kind not in VALUE_TYPES:
            return f"@{component.get('id') or f'{kind}{self.count}'}"
        key = component.get("key") or (component.get("path") if kind == LIST else None)
        if not isinstance(key, str) or not key.isidentifier() or key.startswith("_") or len(key) > _KEY_LENGTH:
            element_id = str(key or component.get("id") or "")[:_KEY_LENGTH]
            self.refuse(element_id, "bad_key", "the key is not a name of letters, digits and underscores")
            return f"@{kind}{self.count}"
        if key in RESERVED_KEYS:
            self.refuse(key, "reserved_key", f"the key '{key}' is reserved")
        return key

    def require_distinct(self, fields: Sequence[Field]) -> None:
        seen: set[str] = set()
        for field in flattened(fields):
            if field.key in seen:
                self.refuse(field.key, "duplicate_key", f"the key '{field.key}' is used twice", name=field.label)
            seen.add(field.key)
            if field.type == LIST:
                self.require_distinct(field.fields)
