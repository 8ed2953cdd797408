"""FEEL by itself: a condition, and a table of 100 rules by 4 inputs."""

import timeit
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine.feel import Environment, compile_expression
from tests.bench.office import say

_CONTEXT = {"amount": 1200, "outcome": "accepted", "count": 3}


def measure_expressions() -> None:
    env = Environment(now=datetime(2026, 11, 20, 1, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"), calendar=None)
    condition = compile_expression('amount > 1000 and outcome = "accepted"')
    runs = 20_000
    best = min(timeit.repeat(lambda: condition(_CONTEXT, env), number=runs, repeat=5)) / runs
    say("a FEEL condition, µs", f"{best * 1e6:.1f}", "<= 5")
