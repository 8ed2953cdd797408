"""A form as it was deployed: parsed once, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.forms.fields import Choice, Field, Source, everywhere, flattened
from engine.forms.reading import read

__all__ = ["Choice", "Field", "Form", "Source"]


@dataclass(frozen=True, kw_only=True)
class Form:
    """The fields of a start event or a user task, in the order in which they are drawn."""

    id: str
    fields: tuple[Field, ...]

    @classmethod
    def parse(cls, content: bytes, *, file: str) -> "Form":
        """Raises ProblemsFound with every reason why the form cannot be used; element ids are field keys."""
        form_id, fields = read(content, file=file)
        return cls(id=form_id, fields=fields)

    @property
    def keys(self) -> tuple[str, ...]:
        """The variables that the form writes."""
        return tuple(field.key for field in flattened(self.fields) if field.holds_value)

    @property
    def every_field(self) -> tuple[Field, ...]:
        return tuple(everywhere(self.fields))

    def with_defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What an untouched form starts with: the values there are, defaults for the rest."""
        defaults = {field.key: field.default for field in flattened(self.fields) if field.default is not None}
        return {**defaults, **values}
