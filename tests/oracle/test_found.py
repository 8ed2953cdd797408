"""What the token game found wrong in the engine, shrunk; each test says what happened before."""

from tests.unit.bpmn.drawing import (
    catch,
    chain,
    diagram,
    element,
    end,
    flow,
    inclusive,
    message,
    multi,
    process,
    script,
    start,
    timer,
    user,
)
from tests.unit.bpmn.running import run


def test_two_tokens_in_the_same_multi_instance_activity_keep_their_results_apart() -> None:
    # both gathered into the one variable, so that the second list held the results of the first token too
    loop = multi(cardinality="1", output="votes", gather="=vote")
    case = run(start(), user("A", loop), chain("start", "A"), flow("start", "A", id="again"))
    case.complete("A", vote="yes")
    assert case.variables["votes"] == ["yes"]
    case.complete("A", vote="no")
    assert case.variables["votes"] == ["no"]


def test_items_that_could_be_done_in_the_same_step_go_when_the_completion_condition_holds() -> None:
    # the others were cancelled at the end of the queue only: all three worked and three results were gathered
    loop = multi(cardinality="3", until="=nrOfCompletedInstances = 1", output="done", gather="=loopCounter")
    case = run(start(), element("task", "A", loop), user("B"), chain("start", "A", "B"))
    assert case.variables == {"done": [0]}
    assert case.open == ["B"]


def test_results_of_a_called_process_are_taken_once_although_the_caller_gets_stuck_behind_it() -> None:
    # the retry mapped the outputs again, over what another branch had written in the meantime
    mapping = '<extensionElements><camunda:in variables="all"/><camunda:out source="x" target="x"/></extensionElements>'
    called = process(start("s"), script("T", "x = 1"), end("e"), chain("s", "T", "e"), id="called")
    case = run(
        start(),
        element("callActivity", "C", mapping, calledElement="called"),
        user("A"),
        user("B"),
        chain("start", "C"),
        chain("start", "A"),
        flow("C", "B", "=x = 5"),
        files={"called.bpmn": diagram(called)},
        values={"x": 0},
    )
    ((token, where),) = case.incidents()
    assert where == "C"
    case.complete("A", x=5)
    case.retry(token)
    assert (case.open, case.variables) == (["B"], {"x": 5})


def test_an_inclusive_join_counts_what_waits_behind_an_event_based_gateway_as_one_token_at_the_gateway() -> None:
    # each waiting event counted as a token of its own, and the one that leads to the empty flow alone held the join
    case = run(
        start(),
        element("eventBasedGateway", "g"),
        catch("c", timer("timeDuration", "PT1H")),
        catch("m", message()),
        inclusive("j"),
        user("A"),
        chain("start", "g", "c", "j", "A"),
        chain("g", "m", "j"),
        flow("start", "g", id="again"),
    )
    case.send("hello")
    assert case.open == ["A"]


def test_an_inclusive_join_waits_for_a_token_that_is_stuck_behind_it_and_can_come_back() -> None:
    # what had passed the join and could not leave it was taken for one of those that wait there
    case = run(
        start(),
        user("T"),
        inclusive("j"),
        user("A"),
        end(),
        chain("start", "T", "j"),
        flow("start", "T", id="again"),
        flow("j", "A", "=x = 1"),
        flow("j", "end", "=x = 2"),
        chain("A", "j"),
        values={"x": 0},
    )
    case.complete("T")
    assert [where for _, where in case.incidents()] == ["j"]
    case.complete("T")
    assert case.incidents() == []
