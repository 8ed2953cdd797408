"""Plays drawn by hypothesis, so that a failure is shrunk to a small process and a short story."""

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.oracle.growing import Grower
from tests.oracle.model import Block
from tests.oracle.play import Figures, play

DEPTH = 2


@cache
def _numbers(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


class Draws:
    """Decisions of hypothesis."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def number(self, most: int) -> int:
        return self._draw(_numbers(most)) if most else 0


class Tape:
    """Decisions written down beforehand; behind the end of the tape always the simplest."""

    def __init__(self, tape: bytes) -> None:
        self._tape = iter(tape)

    def number(self, most: int) -> int:
        return next(self._tape, 0) % (most + 1)


class Play:
    """A process and the decisions with which it is played; printed with everything that is needed to see the bug."""

    def __init__(self, block: Block, tape: bytes) -> None:
        self.block = block
        self.tape = tape

    def __repr__(self) -> str:
        return f"Play of {self.tape!r}:\n" + "\n".join(_lines(self.block, "  "))


def _lines(block: Block, indent: str) -> list[str]:
    lines = []
    for node in block.nodes.values():
        facts = [str(fact) for fact in (node.event, node.loop, node.counts) if fact]
        facts += [f"at {node.host}"] if node.host else []
        facts += [] if node.interrupting else ["beside"]
        facts += [] if node.gives is None else [f"x = {node.gives}"]
        flows = [f"{f.target} {f.condition or ''}{' default' if f.default else ''}" for f in block.outgoing[node.id]]
        lines.append(f"{indent}{node.id} {' '.join(facts)} -> {', '.join(flows)}")
        if node.inside is not None:
            lines += _lines(node.inside, indent + "    ")
    return lines


@st.composite
def plays(draw: Callable[[Any], Any]) -> Play:
    block = Grower(Draws(draw)).level(DEPTH)
    return Play(block, draw(st.binary(min_size=56, max_size=56)))


def search(number: int, examples: int, figures: Figures) -> None:
    """Play as many processes, drawn from a seed. Raises AssertionError with the smallest that goes wrong."""
    _plays(number, examples, figures, shrinking=True)


def notices(examples: int) -> bool:
    """Whether one of so many plays goes wrong on the engine as it is now."""
    try:
        _plays(0, examples, Figures(), shrinking=False)
    except Exception:  # noqa: BLE001  # an engine with an error in it may fail in any way
        return True
    return False


def _plays(number: int, examples: int, figures: Figures, *, shrinking: bool) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrinking else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(plays())
    def check(drawn: Play) -> None:
        play(drawn.block, Tape(drawn.tape), figures)

    check()
