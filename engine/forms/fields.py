"""What a form is made of: fields, their choices and where choices come from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import Expression

TEXT_TYPES = frozenset({"textfield", "textarea"})
ONE_CHOICE_TYPES = frozenset({"radio", "select"})
MANY_CHOICES_TYPES = frozenset({"checklist", "taglist"})
CHOICE_TYPES = ONE_CHOICE_TYPES | MANY_CHOICES_TYPES
LIST = "dynamiclist"
GROUP = "group"
VALUE_TYPES = TEXT_TYPES | CHOICE_TYPES | {"number", "checkbox", "datetime", "filepicker", LIST}
SILENT_TYPES = frozenset({"text", "html", "separator", "spacer"})
TYPES = VALUE_TYPES | SILENT_TYPES | {GROUP}
# Index in the path of the empty row that a browser copies when a row is added.
NEW_ROW = "__index__"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`value` is what a case stores, `label` what people read, `hint` a second line (a paraphrase)."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where choices come from: "people", "catalogue:<name>" or "variable:<name>"."""

    source: str
    group: str | None = None
    value_key: str | None = None
    label_key: str | None = None

    @property
    def key(self) -> str:
        """The same for two fields that offer the same choices."""
        return "|".join((self.source, self.group or "", self.value_key or "", self.label_key or "")).rstrip("|")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One component. `key` is the variable's name, or "@id" for a component that holds no value.

    `locked` fields are shown and never taken from a submission. `hide`, when it answers true, takes the field (or the
    whole group) out of the form. `fields` are the members of a group or the columns of a dynamic list.
    """

    key: str
    type: str
    label: str = ""
    description: str = ""
    required: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: re.Pattern[str] | None = None
    options: tuple[Choice, ...] = ()
    source: Source | None = None
    hide: Expression | None = None
    not_before: Expression | None = None
    not_after: Expression | None = None
    locked: bool = False
    default: Any = None
    subtype: str = ""
    multiple: bool = False
    accept: str = ""
    min_rows: int = 0
    max_rows: int = 100
    fields: "tuple[Field, ...]" = ()

    @property
    def holds_value(self) -> bool:
        return self.type in VALUE_TYPES


def flattened(fields: Iterable[Field]) -> Iterator[Field]:
    """Every field of one level: groups and what they hold, but not the columns of dynamic lists."""
    for field in fields:
        yield field
        if field.type == GROUP:
            yield from flattened(field.fields)


def everywhere(fields: Iterable[Field]) -> Iterator[Field]:
    """Every field, columns of dynamic lists too."""
    for field in fields:
        yield field
        yield from everywhere(field.fields)


def path_of(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key


def row_path(path: str, index: int | str) -> str:
    return f"{path}[{index}]"
