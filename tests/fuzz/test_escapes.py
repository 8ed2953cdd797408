"""No text of a diagram gets out of its expression, and none takes more time or memory than a page request may."""

import pytest

from tests.fuzz.confined import confined
from tests.fuzz.escapes import ENDLESS, ESCAPES, TESTS

SECONDS = 2.0
MEGABYTES = 150.0


@pytest.mark.parametrize(
    ("target", "texts"),
    [("expression", ESCAPES), ("expression", ENDLESS), ("unary_tests", TESTS), ("unary_tests", ESCAPES)],
    ids=["escapes", "endless work", "endless unary tests", "escapes in unary tests"],
)
def test_every_attempt_is_refused_or_harmless(target: str, texts: list[str]) -> None:
    with confined(target) as child:
        found = {text[:80]: child.ask(text.encode("utf-8", "surrogatepass")) for text in texts}

    harmful = {
        text: outcome
        for text, outcome in found.items()
        if outcome.wrong or outcome.seconds > SECONDS or outcome.megabytes > MEGABYTES
    }
    assert harmful == {}


def test_the_list_is_long() -> None:
    assert len({*ESCAPES, *ENDLESS, *TESTS}) >= 200


def test_the_child_notices_what_hangs_and_what_fills_the_memory() -> None:
    with confined("probe", seconds=2) as child:
        hanging, filling, fine = (child.ask(what) for what in (b"hang", b"fill", b"fine"))

    assert "no answer" in hanging.wrong
    assert "MemoryError" in filling.wrong
    assert fine.wrong == ""
