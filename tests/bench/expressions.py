"""FEEL and DMN by themselves: a condition, and tables of 100 rules by 4 inputs."""

import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.dmn.tables import compile_decision_table
from engine.feel import Environment, compile_expression
from tests.bench.office import say

_CONTEXT = {"amount": 1200, "outcome": "accepted", "count": 3}
_ENV = Environment(now=datetime(2026, 11, 20, 1, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"), calendar=None)


def measure_expressions() -> None:
    condition = compile_expression('amount > 1000 and outcome = "accepted"')
    say("a FEEL condition, µs", f"{_best(lambda: condition(_CONTEXT, _ENV), 20_000) * 1e6:.1f}", "<= 5")
    _table(
        "100 rules by 4 inputs, words and ranges, ms",
        [[f'"k{n % 10}"', f"[{n}..{n + 20}]", f"< {n * 3}", "true" if n % 2 else "-"] for n in range(100)],
        {"a": "k7", "b": 50, "c": 40, "d": True},
    )
    _table(
        "100 rules by 4 inputs, ranges that all but nine hold, ms",
        [[f"[{n}..{n + 90}]", f"({n}..{n + 91}]", f"< {n * 3 + 500}", f"not({n})"] for n in range(100)],
        {"a": 95, "b": 96, "c": 40, "d": -1},
    )


def _table(what: str, rules: list[list[str]], context: dict[str, Any]) -> None:
    """COLLECT: no rule may be left out."""
    table = compile_decision_table(
        hit_policy="COLLECT",
        inputs=[{"expression": name} for name in "abcd"],
        outputs=[{"name": "result"}],
        rules=[(cells, [f'"r{number}"']) for number, cells in enumerate(rules)],
    )
    say(what, f"{_best(lambda: table.decide(context, _ENV), 2_000) * 1e3:.3f}", "<= 0.2")


def _best(call: Callable[[], Any], runs: int) -> float:
    return min(timeit.repeat(call, number=runs, repeat=5)) / runs
