"""Decisions of a package: tables and literal expressions, with the decisions that they require."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.dmn.decision_table import DecisionTable
from engine.feel import Environment, Expression


@dataclass(kw_only=True)
class Decision:
    """A decision of a .dmn file. `requires`: decisions whose results it reads under their ids and names."""

    id: str
    name: str
    file: str
    table: DecisionTable | None = None
    literal: Expression | None = None
    required_ids: list[str] = field(default_factory=list)
    requires: "list[Decision]" = field(default_factory=list)

    def output_names(self) -> list[str]:
        """The names of a table's outputs; a literal expression has one, called like the decision."""
        return [self.id] if self.table is None else [output.name for output in self.table.outputs]

    def decide(self, context: Mapping[str, Any], environment: Environment) -> Any:
        """The result: a value, a context or a list. Raises FeelError when the table contradicts itself."""
        if self.requires:
            known: dict[str, Any] = {}
            for required in self.requires:
                known[required.id] = required.decide(context, environment)
                known[required.name] = known[required.id]
            context = ChainMap(known, dict(context))
        if self.table is not None:
            return self.table.decide(context, environment)
        return None if self.literal is None else self.literal(context, environment)
