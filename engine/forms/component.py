"""Read one component of a form, property by property."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from engine.feel import Expression, FeelSyntaxError, compile_expression
from engine.forms.fields import CHOICE_TYPES, GROUP, LIST, TEXT_TYPES, Choice, Field, Source
from engine.forms.patterns import NAMED, TEXT_LIMIT, UnsafePattern, compile_pattern

TEXTFIELD_LIMIT = 1_000
TEXTAREA_LIMIT = 20_000
CHOICE_LIMIT = 2_000
ROW_LIMIT = 200
_SUBTYPES = frozenset({"date", "time", "datetime"})
_SOURCES = ("catalogue:", "variable:")

Element = Mapping[str, Any]


class Refuse(Protocol):
    """Notes a problem of the element."""

    def __call__(self, element_id: str, key: str, message: str, *, name: str = "", hint: str | None = None) -> None: ...


class Component:
    """One component of known type, property by property."""

    def __init__(self, refuse: Refuse, source: Element, kind: str, key: str) -> None:
        self._refuse = refuse
        self.source = source
        self.kind = kind
        self.key = key
        self.rules = self._object("validate")
        self.properties = self._object("properties")

    def refuse(self, key: str, message: str, *, hint: str | None = None) -> None:
        self._refuse(self.key, key, message, name=self._text("label"), hint=hint)

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
            label=self._label(),
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

    def _label(self) -> str:
        if self.kind == "text":
            return self._text("text")
        # The form editor names a date and a time apart from everything else.
        return self._text("label") or self._text("dateLabel") or self._text("timeLabel")

    def _object(self, name: str) -> Element:
        value = self.source.get(name)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self._refuse(self.key, "not_an_object", f"{name} is not an object")
        return {}

    def _text(self, name: str) -> str:
        value = self.source.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._refuse(self.key, "not_a_text", f"{name} is not a text")
            return ""
        if value.startswith("=") and name in {"text", "label", "description"}:
            self._refuse(self.key, "expression_not_allowed", f"{name} must be a plain text")
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
        if self.kind not in TEXT_TYPES:
            return None
        usual = TEXTAREA_LIMIT if self.kind == "textarea" else TEXTFIELD_LIMIT
        given = self._count(self.rules, "maxLength", usual)
        return min(usual if given is None else given, TEXT_LIMIT) if has_pattern else given

    def _pattern(self) -> re.Pattern[str] | None:
        text = self.rules.get("pattern") or NAMED.get(str(self.rules.get("validationType")))
        if text is None or self.kind not in TEXT_TYPES:
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
        if not isinstance(subtype, str) or subtype not in _SUBTYPES:
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
