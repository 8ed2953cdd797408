"""The expression language FEEL of DMN 1.4: compile, evaluate within limits. Nothing else evaluates text."""

from engine.domain.durations import YearsMonths
from engine.feel.environment import Environment
from engine.feel.errors import FeelError, FeelSyntaxError
from engine.feel.expression import (
    Expression,
    Script,
    UnaryTests,
    compile_expression,
    compile_script,
    compile_unary_tests,
)
from engine.feel.templates import compile_assignment, compile_template
from engine.feel.values import Range

__all__ = [
    "Environment",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Range",
    "Script",
    "UnaryTests",
    "YearsMonths",
    "compile_assignment",
    "compile_expression",
    "compile_script",
    "compile_template",
    "compile_unary_tests",
]
