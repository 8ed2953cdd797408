"""Read the JSON of a form (form-js schema) and name everything in it that cannot be used."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.domain.rejection import Problem, ProblemsFound
from engine.feel import Expression, FeelSyntaxError, compile_expression
from engine.forms.fields import CHOICE_TYPES, GROUP, LIST, TYPES, VALUE_TYPES, Choice, Field, Source, flattened
from engine.forms.patterns import NAMED, UnsafePattern, compile_pattern

SIZE_LIMIT = 256 * 1024
FIELD_LIMIT = 500
DEPTH_LIMIT = 6
TEXTFIELD_LIMIT = 1_000
TEXTAREA_LIMIT = 20_000
CHOICE_LIMIT = 2_000
ROW_LIMIT = 200
_KEY_LENGTH = 64
# `case` is filled in by the engine, `csrf_token` by the page.
RESERVED_KEYS = frozenset({"case", "csrf_token"})
_SUBTYPES = frozenset({"date", "time", "datetime"})
_SOURCES = ("catalogue:", "variable:")

Element = Mapping[str, Any]


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
        element = _Component(self, component, kind, key)
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


class _Component:
    """One component of known type, property by property."""

    def __init__(self, reading: _Reading, source: Element, kind: str, key: str) -> None:
        self.reading = reading
        self.source = source
        self.kind = kind
        self.key = key
        self.rules = self._object("validate")
        self.properties = self._object("properties")

    def refuse(self, key: str, message: str, *, hint: str | None = None) -> None:
        self.reading.refuse(self.key, key, message, name=self._text("label"), hint=hint)

    def field(self, members: tuple[Field, ...]) -> Field:
        source = self._choice_source()
        options = self._options()
        if self.kind in CHOICE_TYPES and source is None and not options:
            self.refuse("no_choices", "there is nothing to choose from", hint="values, or a source in the properties")
        if self.kind == GROUP and self.source.get("path"):
            self.refuse("group_path", "a group cannot have a path", hint="use a dynamic list")
        pattern = self._pattern()
        return Field(
            key=self.key,
            type=self.kind,
            label=self._text("text" if self.kind == "text" else "label"),
            description=self._text("description"),
            required=self._flag(self.rules, "required"),
            minimum=self._number(self.rules, "min"),
            maximum=self._number(self.rules, "max"),
            decimals=self._count(self.source, "decimalDigits", None),
            min_length=self._count(self.rules, "minLength", None),
            max_length=self._max_length(has_pattern=pattern is not None),
            pattern=pattern,
            options=options,
            source=source,
            hide=self._expression(self._object("conditional").get("hide")),
            not_before=self._expression(self.properties.get("notBefore")),
            not_after=self._expression(self.properties.get("notAfter")),
            locked=self._flag(self.source, "readonly") or self._flag(self.source, "disabled"),
            default=self._default(),
            subtype=self._subtype(),
            multiple=self._flag(self.source, "multiple"),
            accept=self._text("accept"),
            min_rows=min(self._count(self.properties, "minRows", 0) or 0, ROW_LIMIT),
            max_rows=min(self._count(self.properties, "maxRows", 100) or 0, ROW_LIMIT),
            fields=members,
        )

    def _object(self, name: str) -> Element:
        value = self.source.get(name)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.reading.refuse(self.key, "not_an_object", f"{name} is not an object")
        return {}

    def _text(self, name: str) -> str:
        value = self.source.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.reading.refuse(self.key, "not_a_text", f"{name} is not a text")
            return ""
        if value.startswith("=") and name in {"text", "label", "description"}:
            self.reading.refuse(self.key, "expression_not_allowed", f"{name} must be a plain text")
        return value

    def _flag(self, holder: Element, name: str) -> bool:
        value = holder.get(name, False)
        if not isinstance(value, bool):
            self.refuse("not_a_flag", f"{name} is neither true nor false", hint="use conditional.hide for conditions")
            return False
        return value

    def _number(self, holder: Element, name: str) -> Decimal | None:
        value = holder.get(name)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            number = Decimal("NaN")
        if isinstance(value, bool) or not number.is_finite():
            self.refuse("not_a_number", f"{name} is not a number")
            return None
        return number

    def _count(self, holder: Element, name: str, otherwise: int | None) -> int | None:
        number = self._number(holder, name)
        if number is None:
            return otherwise
        if number != number.to_integral_value() or not 0 <= number <= TEXTAREA_LIMIT:
            self.refuse("not_a_count", f"{name} is not a whole number from 0 to {TEXTAREA_LIMIT}")
            return otherwise
        return int(number)

    def _max_length(self, *, has_pattern: bool) -> int | None:
        if self.kind not in {"textfield", "textarea"}:
            return None
        usual = TEXTAREA_LIMIT if self.kind == "textarea" else TEXTFIELD_LIMIT
        given = self._count(self.rules, "maxLength", usual)
        return min(usual if given is None else given, 500) if has_pattern else given

    def _pattern(self) -> Any:
        text = self.rules.get("pattern") or NAMED.get(str(self.rules.get("validationType")))
        if text is None or self.kind not in {"textfield", "textarea"}:
            return None
        try:
            return compile_pattern(str(text))
        except UnsafePattern as error:
            self.refuse("bad_pattern", f"the pattern cannot be used: {error}")
            return None

    def _expression(self, text: Any) -> Expression | None:
        if text is None or text == "":
            return None
        if not isinstance(text, str):
            self.refuse("bad_expression", "an expression is not a text")
            return None
        try:
            return compile_expression(text.strip().removeprefix("="))
        except FeelSyntaxError as error:
            self.refuse("bad_expression", f"the expression cannot be read: {error}", hint=text[:200])
            return None

    def _subtype(self) -> str:
        if self.kind != "datetime":
            return ""
        subtype = self.source.get("subtype", "date")
        if subtype not in _SUBTYPES:
            self.refuse("bad_subtype", "the subtype is none of date, time, datetime")
            return "date"
        return str(subtype)

    def _default(self) -> Any:
        value = self.source.get("defaultValue")
        if self.kind == LIST or isinstance(value, dict):
            return None
        return value

    def _options(self) -> tuple[Choice, ...]:
        if self.kind not in CHOICE_TYPES:
            return ()
        values = self.source.get("values") or []
        if not isinstance(values, list) or len(values) > CHOICE_LIMIT:
            self.refuse("bad_values", f"values is not a list of at most {CHOICE_LIMIT}")
            return ()
        found = [self._option(value) for value in values]
        options = tuple(option for option in found if option is not None)
        if len({option.value for option in options}) != len(options):
            self.refuse("duplicate_value", "two choices have the same value")
        return options

    def _option(self, value: Any) -> Choice | None:
        if not isinstance(value, dict) or not isinstance(value.get("value"), str) or not value["value"]:
            self.refuse("bad_values", "a choice has no value")
            return None
        return Choice(
            value=value["value"], label=str(value.get("label") or value["value"]), hint=str(value.get("hint") or "")
        )

    def _choice_source(self) -> Source | None:
        if self.kind not in CHOICE_TYPES:
            return None
        if self.source.get("valuesExpression"):
            self.refuse("expression_not_allowed", "choices cannot come from an expression", hint="use a variable")
        source = self.properties.get("source")
        if source is None:
            variable = self.source.get("valuesKey")
            if not isinstance(variable, str) or not variable:
                return None
            return Source(source=f"variable:{variable}", value_key="value", label_key="label")
        named = isinstance(source, str) and any(source.startswith(kind) and source != kind for kind in _SOURCES)
        if source != "people" and not named:
            self.refuse("bad_source", "unknown source of choices", hint="people, catalogue:<name>, variable:<name>")
            return None
        group, value_key, label_key = (self.properties.get(name) for name in ("group", "valueKey", "labelKey"))
        return Source(
            source=str(source),
            group=str(group) if group else None,
            value_key=str(value_key) if value_key else None,
            label_key=str(label_key) if label_key else None,
        )
