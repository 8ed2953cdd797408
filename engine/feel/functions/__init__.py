"""The built-in functions of FEEL: DMN's and the office's own."""

from engine.feel.functions import (  # noqa: F401  importing a module registers its functions
    contexts,
    conversion,
    dates,
    intervals,
    lists,
    logic,
    numbers,
    office,
    ranges,
    sets,
    statistics,
    strings,
)
from engine.feel.functions.registry import BUILTINS, Builtin

__all__ = ["BUILTINS", "Builtin"]
