"""Hostile input drawn by hypothesis: spoiled files, spoiled expressions."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.confined import confined
from tests.fuzz.escapes import ESCAPES, TESTS
from tests.fuzz.mutate import spoil_bytes, spoil_json, spoil_xml
from tests.fuzz.samples import DECISIONS, DIAGRAMS, EXPRESSIONS, FORMS
from tests.oracle.drawn import Draws
from tests.oracle.growing import Grower
from tests.oracle.picture import picture

Draw = Callable[[Any], Any]


@st.composite
def diagrams(draw: Draw) -> bytes:
    chance = Draws(draw)
    base = picture(Grower(chance).level(1)) if draw(st.booleans()) else draw(st.sampled_from(DIAGRAMS))
    return _spoiled(spoil_xml, base, chance)


@st.composite
def decisions(draw: Draw) -> bytes:
    return _spoiled(spoil_xml, draw(st.sampled_from(DECISIONS)), Draws(draw))


@st.composite
def forms(draw: Draw) -> bytes:
    return _spoiled(spoil_json, draw(st.sampled_from(FORMS)), Draws(draw))


@st.composite
def expressions(draw: Draw) -> bytes:
    texts = [draw(st.sampled_from([*EXPRESSIONS, *ESCAPES, *TESTS])) for _ in range(draw(st.integers(1, 3)))]
    content = draw(st.sampled_from(["", " ", ", ", " + ", "(", ".", "[", "\n"])).join(texts)
    return spoil_bytes(content.encode(), Draws(draw), draw(st.integers(0, 4)))


def _spoiled(spoil: Callable[[bytes, Draws, int], bytes], base: bytes, chance: Draws) -> bytes:
    content = spoil(base, chance, chance.number(5))
    return spoil_bytes(content, chance, chance.number(3) if chance.number(3) == 3 else 0)


STRATEGIES: dict[str, st.SearchStrategy[bytes]] = {
    "diagram": diagrams(),
    "decision": decisions(),
    "form": forms(),
    "expression": expressions(),
    "unary_tests": expressions(),
}


def attack(target: str, number: int, examples: int) -> None:
    """Give the target so many inputs. Raises AssertionError with the smallest that does harm."""
    with confined(target) as child:

        @seed(number)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
        )
        @given(STRATEGIES[target])
        def check(content: bytes) -> None:
            outcome = child.ask(content)
            assert not outcome.wrong, (outcome, content)

        check()
