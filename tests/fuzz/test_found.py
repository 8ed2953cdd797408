"""What hostile input found wrong, shrunk; each test says what happened before."""

import time

import pytest

from engine.bpmn.workflow import RunsForEver
from tests.unit.bpmn.drawing import boundary, chain, element, flow, multi, start, timer, user
from tests.unit.bpmn.running import run


def test_a_step_among_many_tokens_is_refused_as_soon_as_one_among_few() -> None:
    # thirty thousand moves, each with a walk over all tokens that the moves before had made, took minutes
    begun = time.process_time()
    with pytest.raises(RunsForEver):
        run(
            start(),
            element("task", "A", multi(cardinality="0")),
            boundary("b", "A", timer("timeDuration", "PT1H")),
            user("U"),
            chain("start", "A", "U"),
            flow("A", "A", id="again"),
            chain("b", "U"),
        )
    assert time.process_time() - begun < 10
