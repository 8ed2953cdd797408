"""Register built-in functions by their signature, and call them with checked arguments.

    @builtin("substring(string: string, start position: number, length?: number)")

A parameter is `name: kind`; `name?:` may be left out, `name...:` takes all remaining arguments, `kind?` also takes
null. Arguments that fit no signature of a function give null, as DMN wants it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from engine.feel import temporal
from engine.feel.limits import Run
from engine.feel.values import Value, kind

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


def environmental(*signatures: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a function that takes the run (environment and budget) as its first argument."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        for signature in signatures:
            name, parameters = _parsed(signature)
            BUILTINS.setdefault(name, []).append(Builtin(name=name, parameters=parameters, call=function))
        return function

    return register


def builtin(*signatures: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a function of its arguments alone."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
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
    if value is MISSING:
        return None
    wanted, found = parameter.kind, kind(value)
    if found == wanted or wanted == "any":
        if wanted in ("list", "string", "any"):
            run.charge_for(value)
        return value
    if value is None:
        return None if parameter.nullable else _WRONG
    if wanted == "list":
        return [value]
    if found == "list" and len(value) == 1:
        return _converted(value[0], parameter, run)
    if wanted == "date and time" and found == "date":
        return temporal.midnight(value, run.env.zone)
    if wanted == "moment" and isinstance(value, date):  # a date or a date and time
        return value
    return _WRONG
