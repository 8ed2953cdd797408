"""Messages between systems and cases: delivered to the one that waits, starting one, or kept until one waits."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from engine.domain.rejection import Conflict, Forbidden, IdempotencyMismatch, Invalid, NotFound
from engine.services import audit, deployments, housekeeping, messages
from engine.services.correlation import Correlated
from engine.services.runtime import Runtime
from engine.store.database import Database
from tests.contract.bureau import CHIEF, HEAD, LI, make_runtime, reopened
from tests.contract.playing import advance, begin, complete, count, elements, entries, number_of, values

CATCH = """<bpmn:intermediateCatchEvent id="wait" {key}><bpmn:messageEventDefinition id="d" messageRef="paid"/>
  </bpmn:intermediateCatchEvent>"""
BESIDE = """<bpmn:userTask id="wait" camunda:candidateGroups="clerk"/>
  <bpmn:boundaryEvent id="note" attachedToRef="wait" cancelActivity="false">
    <bpmn:messageEventDefinition id="d" messageRef="paid"/></bpmn:boundaryEvent>
  <bpmn:userTask id="noted" camunda:candidateGroups="clerk"/>
  <bpmn:sequenceFlow id="n" sourceRef="note" targetRef="noted"/>"""


def order(waiting: str, *, key: str = "") -> bytes:
    """A task `before`, then what waits (`wait`) for the message "paid", then a task `after`."""
    attribute = f'rongcuo:correlationKey="{key}"' if key else ""
    return f"""{HEAD}<bpmn:message id="paid" name="paid"/>
      <bpmn:process id="order" name="订单" isExecutable="true">
        <bpmn:startEvent id="begin" rongcuo:startGroups="clerk"/>
        <bpmn:userTask id="before" camunda:candidateGroups="clerk"/>
        {waiting.replace("{key}", attribute)}
        <bpmn:userTask id="after" camunda:candidateGroups="clerk"/>
        <bpmn:endEvent id="finish"/>
        <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="before"/>
        <bpmn:sequenceFlow id="f2" sourceRef="before" targetRef="wait"/>
        <bpmn:sequenceFlow id="f3" sourceRef="wait" targetRef="after"/>
        <bpmn:sequenceFlow id="f4" sourceRef="after" targetRef="finish"/>
      </bpmn:process></bpmn:definitions>""".encode()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return make_runtime(database.url, tmp_path, files={"order.bpmn": order(CATCH)})


def waiting_case(runtime: Runtime, **variables: str) -> int:
    case_id = begin(runtime, "order", variables)
    complete(runtime, case_id, "before")
    return case_id


def test_a_message_reaches_the_only_case_that_waits_for_it(runtime: Runtime) -> None:
    case_id = waiting_case(runtime)

    assert messages.correlate(runtime, "paid", {"amount": 5}, actor=CHIEF) == Correlated(
        what="delivered", case_id=case_id
    )

    assert elements(runtime, case_id) == ["after"]
    assert values(runtime, case_id)["amount"] == 5


def test_history_tells_who_sent_the_message(runtime: Runtime) -> None:
    case_id = waiting_case(runtime)
    messages.correlate(runtime, "paid", {}, actor=CHIEF)

    (entry,) = entries(runtime, case_id, "message")
    assert (entry.actor, entry.name, entry.element_id) == ("chief", "paid", "wait")
    assert audit.verify(runtime, case_id).intact


def test_several_cases_that_wait_are_named_and_none_gets_the_message(runtime: Runtime) -> None:
    waiting = [waiting_case(runtime), waiting_case(runtime)]

    with pytest.raises(Conflict) as refused:
        messages.correlate(runtime, "paid", {}, actor=CHIEF)

    assert refused.value.data["matches"] == sorted(number_of(runtime, case_id) for case_id in waiting)
    assert [elements(runtime, case_id) for case_id in waiting] == [[], []]


def test_a_case_is_found_by_its_id_and_by_its_number(runtime: Runtime) -> None:
    first, second, third = (waiting_case(runtime) for _ in range(3))

    messages.correlate(runtime, "paid", {}, case_id=second, actor=CHIEF)
    messages.correlate(runtime, "paid", {}, business_key=number_of(runtime, third), actor=CHIEF)

    assert [elements(runtime, case_id) for case_id in (first, second, third)] == [[], ["after"], ["after"]]


def test_a_case_is_found_by_its_correlation_key(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path, files={"order.bpmn": order(CATCH, key="=order")})
    first, second = waiting_case(runtime, order="A-1"), waiting_case(runtime, order="A-2")

    messages.correlate(runtime, "paid", {}, key="A-2", actor=CHIEF)

    assert [elements(runtime, case_id) for case_id in (first, second)] == [[], ["after"]]


def test_a_message_that_comes_early_is_given_to_the_case_when_it_waits(runtime: Runtime) -> None:
    case_id = begin(runtime, "order")
    assert messages.correlate(runtime, "paid", {"amount": 7}, actor=CHIEF) == Correlated(what="kept")

    complete(runtime, case_id, "before")

    assert elements(runtime, case_id) == ["after"]
    assert values(runtime, case_id)["amount"] == 7
    assert [entry.actor for entry in entries(runtime, case_id, "message")] == ["chief"]
    assert count(runtime, "message") == 0
    assert audit.verify(runtime, case_id).intact


def test_a_kept_message_is_given_once_and_to_whom_it_was_sent(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path, files={"order.bpmn": order(CATCH, key="=order")})
    messages.correlate(runtime, "paid", {}, key="A-2", actor=CHIEF)

    first, second, third = (waiting_case(runtime, order=key) for key in ("A-1", "A-2", "A-2"))

    assert [elements(runtime, case_id) for case_id in (first, second, third)] == [[], ["after"], []]


def test_kept_messages_are_given_in_order_of_arrival(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path, files={"order.bpmn": order(BESIDE)})
    case_id = begin(runtime, "order")
    for amount in (1, 2, 3):
        messages.correlate(runtime, "paid", {"amount": amount}, case_id=case_id, actor=CHIEF)

    complete(runtime, case_id, "before")

    assert elements(runtime, case_id) == ["noted", "noted", "noted", "wait"]
    assert [entry.data for entry in entries(runtime, case_id, "message")] == [
        f'{{"values":{{"amount":{amount}}}}}' for amount in (1, 2, 3)
    ]
    complete(runtime, case_id, "wait")
    assert elements(runtime, case_id) == ["after", "noted", "noted", "noted"]


def test_a_kept_message_ends_with_its_time_to_live(runtime: Runtime) -> None:
    case_id = begin(runtime, "order")
    messages.correlate(runtime, "paid", {}, time_to_live=timedelta(hours=1), actor=CHIEF)
    messages.correlate(runtime, "other", {}, actor=CHIEF)
    advance(runtime, timedelta(hours=1))

    complete(runtime, case_id, "before")

    assert elements(runtime, case_id) == []
    assert housekeeping.forget_expired_messages(runtime) == 1
    assert count(runtime, "message") == 1


def test_the_same_message_sent_twice_has_one_effect(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path, files={"order.bpmn": order(BESIDE)})
    case_id = waiting_case(runtime)

    answers = [messages.correlate(runtime, "paid", {}, message_id="bank-77", actor=CHIEF) for _ in range(2)]

    assert answers[0] == answers[1]
    assert elements(runtime, case_id) == ["noted", "wait"]
    with pytest.raises(IdempotencyMismatch):
        messages.correlate(runtime, "paid", {"amount": 1}, message_id="bank-77", actor=CHIEF)


def test_a_kept_message_sent_twice_is_kept_once(runtime: Runtime) -> None:
    for _ in range(2):
        messages.correlate(runtime, "paid", {}, message_id="bank-78", actor=CHIEF)

    assert count(runtime, "message") == 1


STARTED = f"""{HEAD}<bpmn:message id="paid" name="paid"/>
  <bpmn:process id="receipt" name="收款" isExecutable="true">
    <bpmn:startEvent id="begin"><bpmn:messageEventDefinition id="d" messageRef="paid"/></bpmn:startEvent>
    <bpmn:userTask id="book" camunda:candidateGroups="clerk"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="book"/>
  </bpmn:process></bpmn:definitions>""".encode()


def test_a_message_that_nobody_waits_for_starts_a_case(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path, files={"receipt.bpmn": STARTED})

    answer = messages.correlate(runtime, "paid", {"amount": 5}, actor=CHIEF)

    assert answer.what == "started"
    assert answer.case_id is not None
    assert elements(runtime, answer.case_id) == ["book"]
    assert values(runtime, answer.case_id) == {"amount": 5}
    assert [entry.actor for entry in entries(runtime, answer.case_id, "message")] == ["chief"]


def test_only_the_newest_version_is_started(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path, files={"receipt.bpmn": STARTED})
    newer = STARTED.replace(b'"book"', b'"enter"')
    deployments.deploy(runtime, {"receipt.bpmn": newer}, actor=CHIEF, comment="2")

    answer = messages.correlate(runtime, "paid", {}, actor=CHIEF)

    assert answer.case_id is not None
    assert elements(runtime, answer.case_id) == ["enter"]


def test_a_message_to_one_case_starts_no_other(database: Database, tmp_path: Path) -> None:
    runtime = make_runtime(database.url, tmp_path, files={"receipt.bpmn": STARTED, "order.bpmn": order(CATCH)})
    case_id = begin(runtime, "order")

    assert messages.correlate(runtime, "paid", {}, case_id=case_id, actor=CHIEF).what == "kept"


def test_refused_messages_change_nothing(runtime: Runtime) -> None:
    case_id = begin(runtime, "order")

    with pytest.raises(Forbidden):
        messages.correlate(runtime, "paid", {}, actor=LI)
    with pytest.raises(NotFound):
        messages.correlate(runtime, "paid", {}, case_id=1, actor=CHIEF)
    with pytest.raises(Invalid):
        messages.correlate(runtime, "paid", {"amount": object()}, actor=CHIEF)
    complete(runtime, case_id, "before")
    messages.correlate(runtime, "paid", {}, actor=CHIEF)
    complete(runtime, case_id, "after")
    with pytest.raises(Conflict):
        messages.correlate(runtime, "paid", {}, case_id=case_id, actor=CHIEF)

    assert count(runtime, "message") == 0


def test_no_message_is_lost_between_a_sender_and_a_case_that_begins_to_wait(
    runtime: Runtime, database: Database, tmp_path: Path
) -> None:
    """Both at the same moment, from two processes: whoever is second finds the other."""
    rounds = 12
    other = reopened(runtime, database.url, tmp_path)
    case_ids = [begin(runtime, "order") for _ in range(rounds)]
    for case_id in case_ids:
        gate = threading.Barrier(2)

        def send(case_id: int = case_id, gate: threading.Barrier = gate) -> None:
            gate.wait()
            messages.correlate(other, "paid", {}, case_id=case_id, actor=CHIEF)

        sender = threading.Thread(target=send)
        sender.start()
        gate.wait()
        complete(runtime, case_id, "before")
        sender.join()

    assert [elements(runtime, case_id) for case_id in case_ids] == [["after"]] * rounds
    assert count(runtime, "message") == 0
