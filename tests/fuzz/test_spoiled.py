"""Spoiled files and texts are refused with a reason or run; nothing else ever happens."""

import os

import pytest

from tests.fuzz.drawn import STRATEGIES, attack

EXAMPLES = int(os.environ.get("RONGCUO_FUZZ_EXAMPLES", "250"))


@pytest.mark.parametrize("target", STRATEGIES)
def test_spoiled_input_is_refused_or_runs(target: str) -> None:
    attack(target, 0, EXAMPLES)


@pytest.mark.parametrize("target", STRATEGIES)
def test_input_spoiled_today_is_refused_or_runs(target: str) -> None:
    """Another seed in every run; the failure names it."""
    seed = int.from_bytes(os.urandom(4), "big")
    try:
        attack(target, seed, EXAMPLES)
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise
