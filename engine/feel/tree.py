"""The syntax tree of FEEL."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from engine.feel.limits import Run
from engine.feel.values import Value


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class AtLiteral:
    """`@"2024-01-31"`: a date, time or duration."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Path:
    source: "Node"
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    source: "Node"
    condition: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    function: "Node"
    positional: tuple["Node", ...]
    named: tuple[tuple[str, "Node"], ...]
    position: int


@dataclass(frozen=True, slots=True)
class Method:
    """A method that JUEL calls on the first operand."""

    name: str
    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Negate:
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """operator: + - * / ** and JUEL's %"""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Comparison:
    """operator: = != < <= > >=; `lenient`: as JUEL compares, always true or false."""

    operator: str
    left: "Node"
    right: "Node"
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Logic:
    """operator: and, or; two operands or more."""

    operator: str
    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Between:
    value: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True)
class In:
    value: "Node"
    tests: tuple["Test", ...]


@dataclass(frozen=True, slots=True)
class InstanceOf:
    value: "Node"
    type: "TypeName"


@dataclass(frozen=True, slots=True)
class If:
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Iterator:
    """`end` is there when the domain is written `start..end`."""

    name: str
    source: "Node"
    end: "Node | None"


@dataclass(frozen=True, slots=True)
class For:
    iterators: tuple[Iterator, ...]
    body: "Node"


@dataclass(frozen=True, slots=True)
class Quantified:
    """quantifier: some, every."""

    quantifier: str
    iterators: tuple[Iterator, ...]
    condition: "Node"


@dataclass(frozen=True, slots=True)
class RangeLiteral:
    """`sign`: the comparison of an interval like `(< 10)`."""

    start: "Node"
    end: "Node"
    start_included: bool
    end_included: bool
    sign: str = ""


@dataclass(frozen=True, slots=True)
class ListLiteral:
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral:
    entries: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, slots=True)
class FunctionLiteral:
    """`types`: None for a parameter without a type."""

    parameters: tuple[str, ...]
    body: "Node"
    types: tuple["TypeName | None", ...] = ()


class NamedType(Protocol):
    """A type that a model gives a name to; it is hashed by what it is, not by what it holds."""

    def conforms(self, value: Value, run: Run) -> bool:
        """Whether a value is of the type; null always is."""


@dataclass(frozen=True, slots=True)
class TypeName:
    """`arguments`: the element type of a list or range, or the parameters of a function; `fields`: the entries
    that a context must have; `named`: the model's type of this name."""

    name: str
    named: NamedType | None = None
    arguments: tuple["TypeName", ...] = ()
    fields: tuple[tuple[str, "TypeName"], ...] = ()


@dataclass(frozen=True, slots=True)
class ComparisonTest:
    """`> 5` of a unary test."""

    operator: str
    operand: "Node"


@dataclass(frozen=True, slots=True)
class ExpressionTest:
    """A value, list or range to find the input in, or a condition about `?`."""

    expression: "Node"


Test: TypeAlias = ComparisonTest | ExpressionTest
Node: TypeAlias = (
    Literal
    | AtLiteral
    | Name
    | Path
    | Filter
    | Call
    | Method
    | Negate
    | Arithmetic
    | Comparison
    | Logic
    | Between
    | In
    | InstanceOf
    | If
    | For
    | Quantified
    | RangeLiteral
    | ListLiteral
    | ContextLiteral
    | FunctionLiteral
)


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """`tests` None is the dash that accepts everything."""

    tests: tuple[Test, ...] | None
    negated: bool = False
