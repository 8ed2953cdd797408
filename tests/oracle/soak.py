"""Play random processes for as long as there is time, with seeds that were never used before."""

import os
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor

from tests.oracle.drawn import search
from tests.oracle.play import Figures

BATCH = 200


def soak(minutes: float) -> Mapping[str, object]:
    """Cases, steps and seeds played. Raises AssertionError with the smallest play that goes wrong, and its seed."""
    workers = os.cpu_count() or 1
    began = time.monotonic()
    first = int.from_bytes(os.urandom(4), "big")
    figures: Counter[str] = Counter()
    with ProcessPoolExecutor(workers) as pool:
        for done in pool.map(_batches, range(first, first + workers), [minutes * 60] * workers):
            figures.update(done)
    return {**figures, "first seed": first, "seconds": round(time.monotonic() - began)}


def _batches(first: int, seconds: float) -> Figures:
    figures = Figures()
    began = time.monotonic()
    number = first * 1_000_003
    while time.monotonic() - began < seconds:
        number += 1
        try:
            search(number, BATCH, figures)
        except BaseException as error:
            error.add_note(f"seed {number}, {BATCH} examples")
            raise
        figures["seeds"] += 1
    return figures
