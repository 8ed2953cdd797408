"""Files that want to hurt: refused with a reason, or run, in bounded time and without a broken stack."""

import time

import pytest

from engine.bpmn.deployment import lint
from engine.xml.document import MOST_DEPTH
from tests.unit.bpmn.drawing import (
    HEAD,
    catch,
    chain,
    diagram,
    element,
    end,
    flow,
    inclusive,
    message,
    multi,
    parallel,
    process,
    start,
    throw,
    timer,
    user,
)
from tests.unit.bpmn.running import run
from tests.unit.bpmn.test_deployment import found

MANY = 9_000


def keys(content: bytes) -> list[str]:
    return [problem.key for problem in lint({"p.bpmn": content}, form_ids=(), groups=None)]


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE a [<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9)) + "]>",
        '<!DOCTYPE a [<!ENTITY q "' + "x" * 100_000 + '">]>',
        '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://localhost:1/p.dtd"> %p;]>',
        '<!DOCTYPE a PUBLIC "-//X//Y" "http://localhost:1/x.dtd">',
    ],
)
def test_entities_and_document_types_are_refused_before_anything_is_read(prolog: str) -> None:
    body = process(start(), user("A").replace("></", ">&l9;&q;&f;</"), chain("start", "A"))
    content = f"{prolog}{HEAD}{body}</definitions>".encode()
    began = time.monotonic()
    assert keys(content) in (["xml.doctype"], ["xml.syntax"])
    assert time.monotonic() - began < 5


def test_an_inclusion_is_not_followed() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    content = diagram(process(start(), include, user("A"), chain("start", "A")))
    assert keys(content) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "gb18030", "latin-1"])
def test_files_in_other_encodings_are_read_as_they_declare(encoding: str) -> None:
    name = "Prüfung" if encoding == "latin-1" else "审批"
    drawn = diagram(process(start(), user("A").replace('name="A"', f'name="{name}"'), chain("start", "A"))).decode()
    declared = {"utf-8-sig": "utf-8", "latin-1": "iso-8859-1"}.get(encoding, encoding)
    content = f'<?xml version="1.0" encoding="{declared}"?>{drawn}'.replace('camunda:candidateGroups="clerks"', "")
    (warning,) = lint({"p.bpmn": content.encode(encoding)}, form_ids=(), groups=None)
    assert (warning.key, warning.element_name) == ("task.nobody", name)


@pytest.mark.parametrize(
    "content",
    [b"\x00" * 100, b"PK\x03\x04", b"<" * 100_000, b'<?xml version="1.0" encoding="nonsense"?><a/>', b"<a\xff/>"],
)
def test_rubbish_is_refused(content: bytes) -> None:
    assert keys(content) == ["xml.syntax"]


def test_a_thousand_elements_in_a_row_run() -> None:
    names = [f"t{n}" for n in range(1_000)]
    case = run(start(), *(element("task", name) for name in names), end(), chain("start", *names, "end"))
    assert case.ended
    assert case.history("left") == ["start", *names, "end"]


@pytest.mark.parametrize("gateway", [parallel, inclusive])
def test_two_hundred_branches_run_and_join(gateway: object) -> None:
    names = [f"A{n}" for n in range(200)]
    draw = parallel if gateway is parallel else inclusive
    flows = [flow("split", name, None if draw is parallel else "=true") for name in names]
    case = run(
        start(),
        draw("split"),
        *(element("task", name) for name in names),
        draw("join"),
        user("Z"),
        *flows,
        *(chain(name, "join") for name in names),
        chain("start", "split"),
        chain("join", "Z"),
    )
    assert case.open == ["Z"]
    assert sum(1 for name in case.history("left") if name.startswith("A")) == 200


def nested(levels: int) -> tuple[str, ...]:
    inner = user("A")
    first = "A"
    for level in range(levels):
        begin, name = f"b{level}", f"S{level}"
        inner = element("subProcess", name, f"{start(begin)}{inner}{chain(begin, first)}")
        first = name
    return (start(), inner, chain("start", first))


def test_sub_processes_nest_as_deep_as_the_file_may() -> None:
    levels = MOST_DEPTH - 3
    case = run(*nested(levels))
    assert case.open == ["A"]
    case.complete("A", x=1)
    assert (case.ended, case.variables) == (True, {"x": 1})


@pytest.mark.parametrize("levels", [MOST_DEPTH, 200])
def test_deeper_sub_processes_are_refused(levels: int) -> None:
    assert keys(diagram(process(*nested(levels)))) == ["xml.depth"]


def test_a_case_inside_nested_sub_processes_ends_as_a_whole() -> None:
    drawn = nested(90)
    case = run(
        *drawn,
        element("boundaryEvent", "t", timer("timeDuration", "P1D"), attachedToRef="S89"),
        user("R"),
        chain("t", "R"),
    )
    case.fire("t")
    assert (case.open, len(case.history("cancelled"))) == (["R"], 91)


@pytest.mark.parametrize(
    "drawn",
    [
        [throw(f"l{n}", f'<linkEventDefinition name="x{n}"/>') for n in range(MANY)],
        [element("boundaryEvent", f"b{n}", message(), attachedToRef="A") for n in range(MANY)],
        [catch(f"c{n}", "<timerEventDefinition/>") for n in range(MANY)],
        [inclusive(f"g{n}") for n in range(MANY)] + [flow(f"g{n}", f"g{n + 1}") for n in range(MANY - 1)],
        [element("eventBasedGateway", f"g{n}") for n in range(MANY)],
    ],
    ids=["links", "boundaries", "timers", "gateways", "races"],
)
def test_a_full_file_is_reported_on_in_bounded_time(drawn: list[str]) -> None:
    began = time.monotonic()
    found(start(), user("A"), chain("start", "A"), *drawn)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("drawn", "key"),
    [
        (user("A", f'<standardLoopCharacteristics loopMaximum="{"9" * 10_000}"/>'), "loop.maximum"),
        (user("A", '<standardLoopCharacteristics loopMaximum="²"/>'), "loop.maximum"),
        (user("A", '<standardLoopCharacteristics loopMaximum="-1"/>'), "loop.maximum"),
        (catch("A", timer("timeDuration", "P" + "9" * 10_000 + "D")), "timer.literal"),
        (element("receiveTask", "A", timer("timeCycle", "R" + "9" * 10_000 + "/PT1H")), "receive.no_message"),
        (user("A", camunda_assignee="${" * 10_000), "expression.syntax"),
        (user("A", camunda_dueDate="=" + "(" * 10_000), "expression.syntax"),
        (user("A", camunda_formRef="f" * 201), "bpmn.long"),
        (user("A" * 201), "bpmn.long"),
    ],
)
def test_numbers_and_texts_beyond_measure_are_problems(drawn: str, key: str) -> None:
    name = "A" * 201 if "A" * 201 in drawn else "A"
    assert key in [found_key for found_key, _ in found(start(), drawn, chain("start", name))]


def test_the_id_of_a_start_event_is_stored_with_the_case_and_bounded() -> None:
    name = "s" * 65
    assert found(start(name), user("A"), chain(name, "A")) == [("bpmn.long", name)]


def test_a_cycle_of_more_rounds_than_can_be_counted_is_a_problem() -> None:
    drawn = element("boundaryEvent", "b", timer("timeCycle", f"R{'9' * 5_000}/PT1H"), attachedToRef="A")
    assert ("timer.literal", "b") in found(start(), user("A"), drawn, chain("start", "A"), chain("b", "A"))


@pytest.mark.parametrize("value", ["²", "9" * 5_000, -1, True, "1e99999", None])
def test_a_cardinality_that_is_no_number_of_items_is_an_incident(value: object) -> None:
    case = run(start(), user("A", multi(cardinality="=n")), chain("start", "A"), values={"n": value})
    assert [where for _, where in case.incidents()] == ["A"]


@pytest.mark.parametrize("value", ["²", "9" * 5_000, "1e9999", "high", True])
def test_a_priority_that_cannot_be_stored_is_an_incident(value: object) -> None:
    case = run(start(), user("A", camunda_priority="=n"), chain("start", "A"), values={"n": value})
    assert [where for _, where in case.incidents()] == ["A"]


def test_a_person_of_endless_name_is_an_incident() -> None:
    case = run(start(), user("A", camunda_assignee="=n"), chain("start", "A"), values={"n": "x" * 65})
    assert [where for _, where in case.incidents()] == ["A"]
