"""Input and output mappings: the inputs live in the activity's own scope and vanish, the outputs go out of it."""

from typing import Any

import pytest

from tests.unit.bpmn.drawing import (
    boundary,
    catch,
    chain,
    diagram,
    element,
    error,
    exclusive,
    flow,
    handler,
    message,
    multi,
    process,
    script,
    service,
    start,
    sub,
    timer,
    user,
)
from tests.unit.bpmn.running import Case, run
from tests.unit.bpmn.test_deployment import after_start


def mapped(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    """`camunda:inputOutput` with these parameters; a value may be XML."""
    texts = [
        f'<camunda:inputParameter name="{name}">{value}</camunda:inputParameter>'
        for name, value in (inputs or {}).items()
    ]
    texts += [
        f'<camunda:outputParameter name="{name}">{value}</camunda:outputParameter>'
        for name, value in (outputs or {}).items()
    ]
    return f"<extensionElements><camunda:inputOutput>{''.join(texts)}</camunda:inputOutput></extensionElements>"


def seen(case: Case, element_id: str) -> dict[str, Any]:
    task = case.tasks[case.token(element_id)]
    return dict(case.execution().variables(task.scope))


@pytest.mark.bpmn("user task: input and output mapping", "runs")
def test_inputs_are_seen_by_the_task_only_and_outputs_stay() -> None:
    case = run(
        start(),
        user("A", mapped({"n": "${x + 1}", "text": "about ${x}"}, {"result": "${n * 10 + answer}"})),
        user("B"),
        chain("start", "A", "B"),
        values={"x": 1},
    )
    assert seen(case, "A") == {"x": 1, "n": 2, "text": "about 1"}
    assert case.variables == {"x": 1}
    case.complete("A", answer=5)
    assert case.rows == {("", "x"): 1, ("", "answer"): 5, ("", "result"): 25}


def test_what_a_task_submits_under_the_name_of_an_input_vanishes_with_it() -> None:
    case = run(
        start(), user("A", mapped({"x": "=x"}, {"was": "=x"})), user("B"), chain("start", "A", "B"), values={"x": 1}
    )
    case.complete("A", x=9)
    assert case.rows == {("", "x"): 1, ("", "was"): 9}


def test_inputs_see_the_inputs_before_them() -> None:
    case = run(start(), user("A", mapped({"a": "=1", "b": "=a + 1"})), chain("start", "A"), values={"a": 7})
    assert seen(case, "A") == {"a": 1, "b": 2}


def test_outputs_see_the_outputs_before_them_but_inputs_hide_them() -> None:
    case = run(
        start(),
        user("A", mapped({"x": "=10"}, {"x": "=x + 1", "y": "=x", "z": "=y + 1"})),
        user("B"),
        chain("start", "A", "B"),
    )
    case.complete("A")
    assert case.variables == {"x": 11, "y": 10, "z": 11}


def test_lists_maps_and_feel_scripts_are_values() -> None:
    value = (
        '<camunda:map><camunda:entry key="a">${x}</camunda:entry><camunda:entry key="b"><camunda:list>'
        '<camunda:value>one</camunda:value><camunda:script scriptFormat="feel">x + 1</camunda:script>'
        "</camunda:list></camunda:entry></camunda:map>"
    )
    sum_of = '<camunda:script scriptFormat="feel">sum(m.b[2], x)</camunda:script>'
    case = run(start(), user("A", mapped({"m": value, "s": sum_of, "empty": ""})), chain("start", "A"), values={"x": 1})
    assert seen(case, "A") == {"x": 1, "m": {"a": 1, "b": ["one", 2]}, "s": 3, "empty": None}


@pytest.mark.parametrize("language", ["groovy", "javascript", "python"])
@pytest.mark.bpmn("mapping: script in another language", "refused")
def test_scripts_in_other_languages_are_refused(language: str) -> None:
    value = f'<camunda:script scriptFormat="{language}">1</camunda:script>'
    assert after_start(user("A", mapped({"x": value}))) == [("script.language", "A")]


def test_a_parameter_without_a_name_and_one_with_an_unknown_value_are_refused() -> None:
    assert after_start(user("A", mapped({"": "=1", "x": "<camunda:thing/>"}))) == [
        ("mapping.name", "A"),
        ("mapping.value", "A"),
    ]


@pytest.mark.parametrize("drawn", [exclusive("A"), start("A"), handler("A")])
def test_nothing_is_mapped_where_no_activity_is(drawn: str) -> None:
    drawn = drawn.replace("><", f">{mapped({'x': '=1'})}<", 1)
    assert ("mapping.place", "A") in after_start(drawn)


def test_a_new_variable_of_a_mapped_script_reaches_the_case() -> None:
    case = run(
        start(),
        script("A", "y = n + 1\nn = 50", mapped({"n": "=x"})),
        user("B"),
        chain("start", "A", "B"),
        values={"x": 1},
    )
    assert case.rows == {("", "x"): 1, ("", "y"): 2}


@pytest.mark.bpmn("sub-process: input and output mapping", "runs")
def test_a_sub_process_has_its_inputs_as_long_as_it_runs() -> None:
    inside = sub(
        "S",
        mapped({"n": "=x"}, {"out": "=n"}),
        start("s1"),
        user("A"),
        script("t", "n = n + 1\nnew = n"),
        chain("s1", "A", "t"),
    )
    case = run(start(), inside, user("Z"), chain("start", "S", "Z"), values={"x": 1})
    assert seen(case, "A") == {"x": 1, "n": 1}
    case.complete("A", answer=1)
    assert case.rows == {("", "x"): 1, ("", "answer"): 1, ("", "new"): 2, ("", "out"): 2}


def test_inputs_vanish_when_the_activity_is_interrupted() -> None:
    case = run(
        start(),
        user("A", mapped({"n": "=x"}, {"out": "=n"})),
        boundary("b", "A", timer("timeDuration", "P1D")),
        user("R"),
        chain("start", "A"),
        chain("b", "R"),
        values={"x": 1},
    )
    case.fire("b")
    assert (case.open, case.rows) == (["R"], {("", "x"): 1})


@pytest.mark.bpmn("multi-instance: input and output mapping", "runs")
def test_each_item_of_a_multi_instance_maps_for_itself() -> None:
    loop = multi("=[1, 2]", variable="i", output="all", gather="=doubled")
    case = run(
        start(), user("A", loop + mapped({"n": "=i * 2"}, {"doubled": "=n"})), user("Z"), chain("start", "A", "Z")
    )
    first, second = sorted(case.tasks)
    assert [case.execution().variables(case.tasks[token].scope)["n"] for token in (first, second)] == [2, 4]
    case.complete_token(second)
    case.complete_token(first)
    assert case.rows == {("", "all"): [2, 4]}


def test_a_task_inside_a_mapped_item_has_a_scope_that_names_the_scopes_around_it() -> None:
    case = run(start(), user("A", multi("=[1]", variable="i") + mapped({"n": "=i"})), chain("start", "A"))
    (task,) = case.tasks.values()
    outer, inner = task.scope.split("/")
    assert {name for scope, name in case.rows if scope == outer} == {"i", "loopCounter"}
    assert inner.startswith("local")


@pytest.mark.bpmn("message catch: output mapping", "runs")
def test_a_waiting_event_maps_what_the_message_brings() -> None:
    case = run(
        start(),
        catch("M", message()).replace("<message", mapped({}, {"got": "=text"}) + "<message", 1),
        user("Z"),
        chain("start", "M", "Z"),
    )
    case.send("hello", text="hi")
    assert case.rows == {("", "text"): "hi", ("", "got"): "hi"}


@pytest.mark.bpmn("service task: input and output mapping", "runs")
def test_a_delegate_is_given_the_mapped_inputs_and_its_answer_may_be_mapped() -> None:
    case = run(
        start(),
        service("A", "work", mapped({"n": "=x"}, {"number": "=answer.id"})),
        user("Z"),
        chain("start", "A", "Z"),
        values={"x": 1},
    )
    given = case.execution().service_inputs(case.job("A").token, env=case.env(), implicit=case.implicit())
    assert given == {"n": 1}
    case.serve("A", answer={"id": 7})
    assert case.rows == {("", "x"): 1, ("", "answer"): {"id": 7}, ("", "number"): 7}


def test_an_error_of_a_mapped_service_leaves_nothing_behind() -> None:
    case = run(
        start(),
        service("A", "work", mapped({"n": "=1"})),
        boundary("b", "A", error()),
        user("R"),
        chain("start", "A"),
        chain("b", "R"),
    )
    case.fail("A", "broken")
    assert (case.open, case.rows) == (["R"], {})


def test_an_input_that_fails_is_an_incident_and_is_computed_anew_at_the_retry() -> None:
    case = run(start(), user("A", mapped({"n": "=x"}), camunda_dueDate="=n"), chain("start", "A"), values={"x": "soon"})
    ((token, where),) = case.incidents()
    assert where == "A"
    case.rows["", "x"] = "P1D"
    case.retry(token)
    assert seen(case, "A") == {"x": "P1D", "n": "P1D"}


def test_outputs_are_given_once_however_often_the_token_tries_to_leave() -> None:
    case = run(
        start(),
        user("A", mapped({}, {"count": "=count + 1"})),
        user("B"),
        flow("A", "B", "=go"),
        chain("start", "A"),
        values={"count": 0},
    )
    case.complete("A")
    ((token, _),) = case.incidents()
    case.retry(token)
    case.rows["", "go"] = True
    case.retry(token)
    assert (case.open, case.variables) == (["B"], {"count": 1, "go": True})


@pytest.mark.bpmn("call activity: input and output mapping", "runs")
def test_a_call_may_carry_local_inputs_only() -> None:
    mapping = mapped({"n": "=x"}, {"out": "=got"}).replace(
        "</extensionElements>",
        '<camunda:in variables="all" local="true"/><camunda:out source="m" target="got" local="true"/>'
        "</extensionElements>",
    )
    called = diagram(
        process(start("cs"), script("t", "m = n + if x = null then 10 else 100"), chain("cs", "t"), id="q")
    )
    case = run(
        start(),
        element("callActivity", "C", mapping, calledElement="q"),
        user("Z"),
        chain("start", "C", "Z"),
        values={"x": 1},
        files={"q.bpmn": called},
    )
    assert case.rows == {("", "x"): 1, ("", "out"): 11}
