"""Types of DMN's item definitions: what conforms to them, and how a value is made to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Optional

from engine.feel import UnaryTests, temporal
from engine.feel.compiler import INPUT
from engine.feel.limits import Run
from engine.feel.scope import Scope
from engine.feel.values import Value, from_outside, kind

MISMATCH = object()
"""What `Type.coerced` gives when the value does not fit."""


@dataclass(kw_only=True, eq=False)
class Type:
    """`kind`: "Any" or a kind of FEEL. `base`: the type that this one restricts; `item`: of lists; `entries`: of
    contexts; `result`: of functions. `allowed` restricts values, or the items of a list; `constraint` restricts the
    list as a whole. Filled after it is made, since types may name each other in any order.
    """

    name: str = ""
    kind: str = "Any"
    base: Optional["Type"] = None
    item: Optional["Type"] = None
    entries: dict[str, "Type"] = field(default_factory=dict)
    allowed: UnaryTests | None = None
    constraint: UnaryTests | None = None
    result: Optional["Type"] = None

    def conforms(self, value: Value, run: Run, *, allowed: bool = True) -> bool:
        """Null conforms to every type; a context may have more entries than its type.

        `allowed`: whether the value must also be one of those that are allowed.
        """
        if value is None:
            return True
        run.charge(1)
        if self.base is not None and not self.base.conforms(value, run, allowed=allowed):
            return False
        if self.kind != "Any" and kind(value) != self.kind:
            return False
        return self._parts_conform(value, run, allowed) and (not allowed or self._is_allowed(value, run))

    def _parts_conform(self, value: Value, run: Run, allowed: bool) -> bool:
        if self.item is not None:
            return all(self.item.conforms(from_outside(each, run), run, allowed=allowed) for each in value)
        return all(
            name in value and entry.conforms(from_outside(value[name], run), run, allowed=allowed)
            for name, entry in self.entries.items()
        )

    def _is_allowed(self, value: Value, run: Run) -> bool:
        if self.constraint is not None and not _holds(self.constraint, value, run):
            return False
        if self.allowed is None:
            return True
        items = value if self.is_list else [value]
        return all(item is None or _holds(self.allowed, item, run) for item in items)

    @property
    def is_list(self) -> bool:
        return any(each.kind == "list" for each in self.chain())

    def chain(self) -> Iterator["Type"]:
        """This type and those that it restricts."""
        each: Type | None = self
        while each is not None:
            yield each
            each = each.base

    def coerced(self, value: Value, run: Run) -> Value:
        """The value, made to fit as DMN 1.4 (10.3.2.9.4) allows: one item for a list of one, a list for its only
        item, midnight for a date; otherwise MISMATCH.
        """
        value = from_outside(value, run)
        if self.conforms(value, run):
            return value
        if self.is_list:
            return [value] if kind(value) != "list" and self.conforms([value], run) else MISMATCH
        if kind(value) == "list" and len(value) == 1:
            return value[0] if self.conforms(value[0], run) else MISMATCH
        if type(value) is date and any(each.kind == "date and time" for each in self.chain()):
            midnight = temporal.midnight(value, run.env.zone)
            return midnight if self.conforms(midnight, run) else MISMATCH
        return MISMATCH

    def returned(self) -> "Type":
        """The type of results where a function is typed: older files name the result's type instead of a function's."""
        return next((each.result or ANY for each in self.chain() if each.kind == "function"), self)

    def ranking(self) -> UnaryTests | None:
        """The nearest allowed values: PRIORITY and OUTPUT ORDER rank by them."""
        return next((each.allowed for each in self.chain() if each.allowed is not None), None)


@dataclass(frozen=True, slots=True)
class Shape:
    """A type as `instance of` knows it: allowed values are none of its business."""

    type: Type

    def conforms(self, value: Value, run: Run) -> bool:
        return self.type.conforms(value, run, allowed=False)


def _holds(tests: UnaryTests, value: Value, run: Run) -> bool:
    return tests.hold(value, Scope({INPUT: value}, None, run))


def words(known: Type | None) -> set[str]:
    """Names of all entries at any depth, which paths may spell."""
    found: set[str] = set()
    seen: set[int] = set()
    pending = [known]
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        found |= each.entries.keys()
        pending += [each.base, each.item, each.result, *each.entries.values()]
    return found


ANY = Type(name="Any")
_KINDS = {
    "number": ("number", "integer", "long", "double", "float", "short"),
    "string": ("string",),
    "boolean": ("boolean",),
    "date": ("date",),
    "time": ("time",),
    "date and time": ("date and time", "dateTime"),
    "days and time duration": ("days and time duration", "dayTimeDuration"),
    "years and months duration": ("years and months duration", "yearMonthDuration"),
    "context": ("context",),
    "list": ("list",),
    "function": ("function",),
    "range": ("range",),
}
BUILT_IN: dict[str, Type] = {
    "Any": ANY,
    **{name: Type(name=name, kind=of) for of, names in _KINDS.items() for name in names},
}
"""FEEL's types, with the older spellings and those of Camunda 7."""
