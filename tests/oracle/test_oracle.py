"""The engine plays random processes as the token game of the standard does, stored and restored at every step."""

import os

import pytest

from tests.oracle.drawn import search
from tests.oracle.play import Figures

EXAMPLES = int(os.environ.get("RONGCUO_ORACLE_EXAMPLES", "250"))
SHARDS = 12


@pytest.mark.parametrize("seed", range(SHARDS))
def test_a_random_process_runs_as_the_token_game_says(seed: int) -> None:
    figures = Figures()
    search(seed, EXAMPLES, figures)
    # A play that is given up proves nothing; few are, and many run to their end.
    assert figures["given up"] < EXAMPLES * 0.1
    assert figures["ended"] > EXAMPLES * 0.3
    assert figures["steps"] > EXAMPLES


def test_random_processes_of_today_run_as_the_token_game_says() -> None:
    """Another seed in every run; the failure names it."""
    seed = int.from_bytes(os.urandom(4), "big")
    try:
        search(seed, EXAMPLES, Figures())
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise
