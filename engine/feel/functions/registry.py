"""Register built-in functions by their signature, and call them with checked arguments.

    @builtin("substring(string: string, start position: number, length?: number)")

A parameter is `name: kind`; `name?:` may be left out, `name...:` takes all remaining arguments, `kind?` also takes
null. Arguments that fit no signature of a function give null, as DMN wants it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from engine.feel import temporal
from engine.feel.limits import Run
from engine.feel.values import Value, kind

Registered = TypeVar("Registered", bound=Callable[..., Value])

MISSING = object()

_SIGNATURE = re.compile(r"([^(]+)\((.*)\)")
_PARAMETER = re.compile(r"([\w ]+?)(\?|\.\.\.)?: ([\w ]+?)(\?)?")
_SHORT_KINDS = {"days": "days and time duration", "months": "years and months duration"}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    name: str
    kind: str
    optional: bool
    variadic: bool
    nullable: bool


@dataclass(frozen=True, kw_only=True)
class Builtin:
    """One signature of a function; `call` takes the run first."""

    name: str
    parameters: tuple[Parameter, ...]
    call: Callable[..., Value]

    def order(self, positional: int, named: Sequence[str]) -> tuple[int, ...] | None:
        """For every parameter the place of its argument (-1: left out); None when the arguments do not fit."""
        names = [parameter.name for parameter in self.parameters]
        if named:
            if positional or not set(named) <= set(names):
                return None
            places = tuple(named.index(name) if name in named else -1 for name in names)
        elif self.parameters and self.parameters[-1].variadic:
            return tuple(range(positional)) if positional >= len(names) else None
        elif positional > len(names):
            return None
        else:
            places = tuple(range(positional)) + (-1,) * (len(names) - positional)
        fits = all(place >= 0 or parameter.optional for place, parameter in zip(places, self.parameters, strict=True))
        return places if fits else None

    def accept(self, values: Sequence[Value], run: Run) -> list[Value] | None:
        """The arguments with DMN's implicit conversions, or None when one has the wrong kind."""
        accepted: list[Value] = []
        last = len(self.parameters) - 1
        for place, value in enumerate(values):
            parameter = self.parameters[min(place, last)]
            value = _converted(value, parameter, run)
            if value is _WRONG:
                return None
            accepted.append(value)
        if last >= 0 and self.parameters[last].variadic:
            accepted[last:] = [accepted[last:]]
        return accepted


BUILTINS: dict[str, list[Builtin]] = {}
_WRONG = object()


def environmental(*signatures: str) -> Callable[[Registered], Registered]:
    """Register a function that takes the run (environment and budget) as its first argument."""

    def register(function: Registered) -> Registered:
        for signature in signatures:
            name, parameters = _parsed(signature)
            BUILTINS.setdefault(name, []).append(Builtin(name=name, parameters=parameters, call=function))
        return function

    return register


def builtin(*signatures: str) -> Callable[[Registered], Registered]:
    """Register a function of its arguments alone."""

    def register(function: Registered) -> Registered:
        environmental(*signatures)(lambda run, *arguments: function(*arguments))
        return function

    return register


def _parsed(signature: str) -> tuple[str, tuple[Parameter, ...]]:
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ValueError(signature)
    parameters = []
    for text in filter(None, match[2].split(", ")):
        part = _PARAMETER.fullmatch(text)
        if part is None:
            raise ValueError(text)
        parameters.append(
            Parameter(
                name=part[1],
                kind=_SHORT_KINDS.get(part[3], part[3]),
                optional=part[2] == "?",
                variadic=part[2] == "...",
                nullable=bool(part[4]) or part[3] == "any",
            )
        )
    return match[1], tuple(parameters)


def _converted(value: Value, parameter: Parameter, run: Run) -> Value:
    wanted, found = parameter.kind, kind(value)
    if value is MISSING or (value is None and parameter.nullable):
        return None
    if found == wanted or wanted == "any":
        run.charge_for(value)
        return value
    if value is None:
        return _WRONG
    if wanted == "list":
        return [value]
    if found == "list" and len(value) == 1:
        return _converted(value[0], parameter, run)
    return _as_moment(value, wanted, run)


def _as_moment(value: Value, wanted: str, run: Run) -> Value:
    """A date stands for its midnight; "moment" takes both dates and dates with a time."""
    if wanted == "moment" and isinstance(value, date):
        return value
    if wanted == "date and time" and type(value) is date:
        return temporal.midnight(value, run.env.zone)
    return _WRONG
