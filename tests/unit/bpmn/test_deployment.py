"""What is refused at deployment, with the element and the reason; nothing that deploys silently does nothing."""

from typing import Any

import pytest

from engine.bpmn.deployment import lint, read
from engine.domain.rejection import Problem, ProblemsFound
from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    diagram,
    element,
    end,
    error,
    escalation,
    exclusive,
    flow,
    handler,
    message,
    multi,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    throw,
    timer,
    user,
)


def problems(*inner: str, files: dict[str, bytes] | None = None, **known: Any) -> list[Problem]:
    options: dict[str, Any] = {"form_ids": ("known",), "groups": ("clerks",), "topics": ("work",)} | known
    return lint({"p.bpmn": diagram(process(*inner))} | (files or {}), **options)


def found(*inner: str, **known: Any) -> list[tuple[str, str | None]]:
    return [(problem.key, problem.element_id) for problem in problems(*inner, **known)]


def after_start(*inner: str, **known: Any) -> list[tuple[str, str | None]]:
    """Problems of a process whose task A follows the start."""
    return found(start(), chain("start", "A"), *inner, **known)


def test_a_sound_diagram_has_no_problem() -> None:
    assert after_start(user("A", camunda_formRef="known")) == []


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "xml.syntax"),
        (b"not xml", "xml.syntax"),
        (b"<a>", "xml.syntax"),
        (b"\xff\xfe\x00", "xml.syntax"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml.doctype"),
        (b"<!DOCTYPE a><a/>", "xml.doctype"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "xml.doctype"),
        (b"<a/>", "bpmn.root"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "bpmn.no_process"),
        (b"<a>" + b" " * 10_000_000 + b"</a>", "xml.size"),
        (b"<a>" * 101 + b"</a>" * 101, "xml.depth"),
        (b"<a>" + b"<b/>" * 50_000 + b"</a>", "xml.size"),
    ],
)
def test_a_file_that_is_no_diagram_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(ProblemsFound) as refused:
        read({"bad.bpmn": content}, form_ids=(), groups=None)
    assert [(problem.file, problem.key) for problem in refused.value.problems] == [("bad.bpmn", key)]


def test_every_problem_of_every_file_is_listed_with_its_element() -> None:
    with pytest.raises(ProblemsFound) as refused:
        read(
            {
                "one.bpmn": diagram(process(start(), user("A", camunda_formRef="f"), chain("start", "A"))),
                "two.bpmn": diagram(process(start(), script("B", "x = ("), chain("start", "B"), id="q")),
            },
            form_ids=(),
            groups=(),
        )
    listed = [(p.file, p.element_id, p.element_name, p.key) for p in refused.value.problems]
    assert sorted(listed) == [
        ("one.bpmn", "A", "A", "unknown.form"),
        ("one.bpmn", "A", "A", "unknown.group"),
        ("two.bpmn", "B", "B", "expression.syntax"),
    ]


@pytest.mark.parametrize(
    ("drawn", "key"),
    [
        (user("A", camunda_formRef="other"), "unknown.form"),
        (user("A", camunda_candidateGroups="clerks,strangers"), "unknown.group"),
        (user("A", rongcuo_separateFrom="nobody"), "unknown.element"),
        (element("businessRuleTask", "A", camunda_decisionRef="other"), "unknown.decision"),
        (element("businessRuleTask", "A"), "rule.decision"),
        (element("callActivity", "A", calledElement="other"), "unknown.process"),
        (element("callActivity", "A"), "call.target"),
        (service("A", "other"), "unknown.topic"),
        (element("serviceTask", "A"), "service.topic"),
        (element("serviceTask", "A", camunda_class="java.lang.Runtime"), "extension.java"),
        (element("sendTask", "A"), "service.topic"),
        (element("endEvent", "A", "<messageEventDefinition/>"), "service.topic"),
        (user("A", camunda_assignee="=1 +"), "expression.syntax"),
        (user("A", camunda_dueDate="${(}"), "expression.syntax"),
        (script("A", "x = = 1"), "expression.syntax"),
        (element("scriptTask", "A", "<script>x = 1</script>", scriptFormat="javascript"), "script.language"),
        (element("scriptTask", "A"), "script.empty"),
        (user("A", multi()), "loop.collection"),
        (user("A", multi("=[1", variable="m")), "expression.syntax"),
        (user("A", multi("=[1]", output="votes")), "loop.output"),
        (user("A", "<standardLoopCharacteristics/>"), "loop.endless"),
        (catch("A", ""), "event.trigger"),
        (catch("A", "<compensateEventDefinition/>"), "event.unsupported"),
        (catch("A", "<conditionalEventDefinition/>"), "event.condition"),
        (catch("A", timer("timeDuration", "1 hour")), "timer.literal"),
        (catch("A", timer("timeCycle", "R3/PT1H")), "timer.cycle"),
        (catch("A", "<timerEventDefinition/>"), "timer.empty"),
        (catch("A", '<messageEventDefinition messageRef="gone"/>'), "event.reference"),
        (throw("A", "<compensateEventDefinition/>"), "compensation.nothing"),
        (throw("A", '<linkEventDefinition name="nowhere"/>'), "link.target"),
        (element("endEvent", "A", error(None)), "event.code"),
        (element("endEvent", "A", "<cancelEventDefinition/>"), "cancel.place"),
        (sub("A"), "sub_process.start"),
        (parallel("A"), "gateway.end"),
        (user("A", "<potentialOwner/>"), "task.resource"),
        (user("A", "<extensionElements><camunda:taskListener/></extensionElements>"), "extension.listener"),
        (user("A", "<extensionElements><camunda:unheardOf/></extensionElements>"), "extension.unread"),
    ],
)
def test_what_could_not_run_as_drawn_is_refused(drawn: str, key: str) -> None:
    assert (key, "A") in after_start(drawn)


@pytest.mark.parametrize("kind", ["complexGateway", "adHocSubProcess", "choreographyTask"])
def test_elements_that_we_cannot_run_are_refused_with_a_reason(kind: str) -> None:
    reported = found(start(), user("B"), chain("start", "B"), element(kind, "A"))
    assert reported == [("element.unsupported", "A")]


def test_a_task_that_nothing_leads_to_is_refused() -> None:
    assert after_start(user("A"), user("B"), user("C"), chain("B", "C", "B")) == [
        ("element.unreachable", "B"),
        ("element.unreachable", "C"),
    ]


def test_a_process_needs_a_place_to_begin() -> None:
    assert ("process.start", "p") in found(user("A"), user("B"), chain("A", "B", "A"))


def test_conditions_must_be_where_they_have_an_effect() -> None:
    assert after_start(parallel("A"), user("B"), user("C"), flow("A", "B", "=true"), flow("A", "C")) == [
        ("flow.condition", "A")
    ]
    assert after_start(exclusive("A"), user("B"), user("C"), flow("A", "B", "=true"), flow("A", "C")) == [
        ("gateway.condition", "A"),
        ("gateway.no_default", "A"),
    ]


def test_an_event_based_gateway_leads_to_events_only() -> None:
    gateway = element("eventBasedGateway", "A")
    assert after_start(gateway, user("B"), catch("C", message()), chain("A", "B"), chain("A", "C")) == [
        ("gateway.event", "A")
    ]


def test_flows_stay_on_their_level_and_out_of_starts_and_ends() -> None:
    assert after_start(
        user("A"), sub("S", start("s1"), user("B"), chain("s1", "B")), chain("A", "S"), chain("A", "B")
    ) == [("flow.ends", "A_B")]
    assert after_start(user("A"), end(), chain("A", "end", "A"), chain("A", "start")) == [
        ("flow.into", "start"),
        ("flow.out", "end"),
    ]


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (boundary("b", "gone", message()), "boundary.host"),
        (boundary("b", "start", message()), "boundary.host"),
        (boundary("b", "A", ""), "event.trigger"),
        (boundary("b", "A", error()), "boundary.never"),
        (boundary("b", "A", escalation()), "boundary.never"),
        (boundary("b", "S", error(), interrupting=False), "event.error"),
    ],
)
def test_a_boundary_event_must_be_able_to_happen(event: str, key: str) -> None:
    inside = sub("S", start("s1"), user("B"), chain("s1", "B"))
    assert (key, "b") in after_start(user("A"), inside, event, user("R"), chain("A", "S"), chain("b", "R"))


def test_an_event_sub_process_needs_a_trigger_and_no_flow() -> None:
    plain = handler("H", start("hs"), user("B"), chain("hs", "B"))
    assert after_start(user("A"), plain) == [("event.trigger", "hs")]
    good = handler("H", start("hs", message()), user("B"), chain("hs", "B"))
    assert after_start(user("A"), good, chain("A", "H")) == [("flow.into", "H")]


def test_only_an_event_sub_process_starts_by_a_trigger() -> None:
    inside = sub("A", start("s1", message()), user("B"), chain("s1", "B"))
    assert after_start(inside) == [("sub_process.trigger", "s1")]


def test_ids_must_be_unique_and_plain() -> None:
    assert ("bpmn.same_id", "A") in after_start(
        user("A"), sub("S", start("s1"), user("A"), chain("s1", "A")), chain("A", "S")
    )
    assert ("bpmn.id", "a b") in found(start(), user("a b"), chain("start", "a b"))
    twice = {"q.bpmn": diagram(process(start(), user("A"), chain("start", "A")))}
    assert ("bpmn.same_process", "p") in after_start(user("A"), files=twice)


def test_groups_are_checked_only_when_they_are_known() -> None:
    task = user("A", camunda_candidateGroups="strangers")
    assert after_start(task) == [("unknown.group", "A")]
    assert after_start(task, groups=None) == []
    assert after_start(user("A", camunda_candidateGroups="=unit")) == []


def test_a_clock_names_a_policy() -> None:
    task = user("A", rongcuo_clock="notice")
    assert after_start(task, policies={"notice": {"days": 7}}) == []
    assert after_start(task, policies={"other": {"days": 7}}) == [("unknown.clock", "A")]


def test_warnings_do_not_stop_a_deployment() -> None:
    drawn = diagram(process(start(), element("userTask", "A"), chain("start", "A")))
    (warning,) = lint({"p.bpmn": drawn}, form_ids=(), groups=())
    assert (warning.key, warning.severity) == ("task.nobody", "warning")
    assert list(read({"p.bpmn": drawn}, form_ids=(), groups=()).definitions) == ["p"]


def test_a_process_that_is_not_executable_is_refused() -> None:
    drawn = diagram(process(start(), user("A"), chain("start", "A"))).replace(b'isExecutable="true"', b"")
    (problem,) = lint({"p.bpmn": drawn}, form_ids=(), groups=None)
    assert (problem.key, problem.element_id) == ("bpmn.not_executable", "p")


def test_a_definition_tells_what_the_rest_of_the_house_needs() -> None:
    attributes = 'rongcuo:title="=case.number" rongcuo:businessKey="B"'
    task = user("A", rongcuo_forSubject="true", rongcuo_clock="notice", rongcuo_clockStart="=received")
    content = diagram(process(start(), task, chain("start", "A"), attributes=attributes))
    definition = read({"p.bpmn": content}, form_ids=(), groups=None).definitions["p"]
    assert (definition.id, definition.file, definition.name) == ("p", "p.bpmn", "p")
    assert (definition.title, definition.business_key) == ("=case.number", "B")
    info = definition.elements["A"]
    assert (info.type, info.for_subject, info.clock, info.clock_start) == ("userTask", True, "notice", "=received")


DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d">'
    "<requirement/><decisionTable {policy}><input><inputExpression><text>{input}</text></inputExpression></input>"
    '<output name="o"/><rule><inputEntry><text>{cell}</text></inputEntry>'
    "<outputEntry><text>1</text></outputEntry>{more}</rule></decisionTable></decision></definitions>"
)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"input": "1 +"}, "expression.syntax"),
        ({"cell": "[1..("}, "expression.syntax"),
        ({"policy": 'hitPolicy="BEST"'}, "dmn.table"),
        ({"more": "<outputEntry><text>2</text></outputEntry>"}, "dmn.table"),
    ],
)
def test_a_decision_that_does_not_compile_is_refused(change: dict[str, str], key: str) -> None:
    content = DMN.format(**({"policy": "", "input": "x", "cell": "-", "more": ""} | change)).encode()
    (problem,) = lint({"d.dmn": content}, form_ids=(), groups=None)
    assert (problem.key, problem.element_id, problem.file) == (key, "d", "d.dmn")


def test_decisions_must_not_require_each_other_in_a_circle_nor_strangers() -> None:
    body = '<decision id="{}"><informationRequirement><requiredDecision href="#{}"/></informationRequirement>'
    body += "<literalExpression><text>1</text></literalExpression></decision>"
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
    circle = (head + body.format("a", "b") + body.format("b", "a") + "</definitions>").encode()
    (problem,) = lint({"d.dmn": circle}, form_ids=(), groups=None)
    assert problem.key == "dmn.circle"
    assert "a → b → a" in problem.message
    stranger = (head + body.format("a", "c") + "</definitions>").encode()
    assert [p.key for p in lint({"d.dmn": stranger}, form_ids=(), groups=None)] == ["unknown.decision"]


def test_a_file_of_fifty_thousand_nodes_is_read_in_reasonable_time() -> None:
    names = [f"e{n}" for n in range(9_000)]
    drawn = [f'<manualTask id="{name}"/>' for name in names]
    assert found(start(), *drawn, chain("start", *names)) == []
