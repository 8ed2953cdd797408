"""Random processes, careful and wild ones, changed by hand in the middle: nothing breaks, nothing is lost."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, seed, settings

from engine.bpmn import proposals, seating
from engine.bpmn.deployment import read
from engine.bpmn.migration import migrate
from engine.bpmn.workflow import RunsForEver
from engine.domain.changes import MigrationPlan, PlanRefused
from tests.oracle.drawn import Play, Tape, plays
from tests.oracle.model import Block
from tests.oracle.picture import picture
from tests.oracle.play import Player, _drawn
from tests.oracle.sketch import Chance

EXAMPLES = int(os.environ.get("RONGCUO_ORACLE_EXAMPLES", "100"))


def _step(player: Player, chance: Chance) -> bool:
    """Let something happen that may; false when nothing may."""
    choices = player.actions()
    if not choices or player.case.ended:
        return False
    kind, element = choices[chance.number(len(choices) - 1)]
    action, token = player.aim(_drawn(kind, element, chance), chance.number(3))
    player.do(action, token)
    return True


def _moves_to_the_same_version(player: Player, block: Block) -> None:
    case = player.case
    target = read({"p.bpmn": picture(block)}, form_ids=(), groups=None, topics=("work",)).definitions["p"]
    found = migrate(
        case.execution(), target, MigrationPlan(), lambda: dict(case.rows), env=case.env(), implicit=case.implicit()
    )
    step = found.step
    assert found.execution.state() == case.execution().state()
    assert (step.history, step.tasks_opened, step.tasks_closed, step.incidents) == ([], [], [], [])
    assert (step.jobs_set, step.jobs_cleared, step.subscribed, step.unsubscribed) == ([], [], [], [])
    assert (step.variables, step.scopes_dropped, step.ended) == ({}, [], False)
    assert Counter(one.what for one in found.effects).keys() <= {"kept", "starves"}


def _sent_back(player: Player, chance: Chance) -> None:
    case = player.case
    names = sorted(player.nodes)
    target = names[chance.number(len(names) - 1)]
    try:
        plan = proposals.back_to(case.execution().case, target)
        case.act(lambda tree: seating.move(tree, plan))
    except PlanRefused:
        return  # what cannot be is refused, and the case stands as it stood
    player._learn()
    if player.nodes[target].kind == "task":
        assert case.ended or target in case.open or case.last.incidents


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("sending_back", [False, True])
def test_a_case_moved_to_the_same_version_is_the_same_and_one_sent_back_goes_on(
    number: int, sending_back: bool
) -> None:
    @seed(number)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(plays())
    def check(drawn: Play) -> None:
        chance = Tape(drawn.tape)
        try:
            player = Player(drawn.block, {"x": chance.number(3), "n1": 0, "n2": 0})
            for _ in range(8):
                if player.case.ended:
                    return
                _moves_to_the_same_version(player, drawn.block)
                if sending_back and chance.number(2) == 2:
                    _sent_back(player, chance)
                elif not _step(player, chance):
                    return
        except RunsForEver:
            return

    check()
