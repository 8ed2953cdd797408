"""Names in expressions: policies that nobody set are errors, variables that nobody writes are warned of."""

import pytest

from engine.bpmn.deployment import lint
from tests.unit.bpmn.drawing import (
    catch,
    chain,
    diagram,
    element,
    exclusive,
    flow,
    message,
    multi,
    process,
    script,
    service,
    start,
    timer,
    user,
)

POLICIES = {"notice": {"days": 7, "reminders": [3, 1]}, "rules": {"strict": True}}
FORMS = {"begin": ("amount", "people"), "decide": ("decision",)}


def told(*inner: str) -> list[tuple[str, str, str | None]]:
    content = diagram(process(*inner))
    found = lint({"p.bpmn": content}, form_ids=FORMS, groups=None, topics=("work",), policies=POLICIES)
    return [(problem.key, problem.severity, problem.element_id) for problem in found]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('x = policy("notice.days")', True),
        ('x = policy("rules.strict")', True),
        ('x = policy("notice.hours")', False),
        ('x = policy( "nowhere" )', False),
        ('x = deadline(today(), "notice")', True),
        ('x = 1\ny = deadline(date(now()), "notices")', False),
        ('x = target(today(), "notice") < target(today(), "other")', False),
        ('x = policy("not" + "ice")', True),
        ('x = "policy(\\"nowhere\\")"', True),
    ],
)
def test_a_policy_that_is_named_must_exist(text: str, known: bool) -> None:
    expected = [] if known else [("unknown.policy", "error", "A")]
    assert told(start(), script("A", text), chain("start", "A")) == expected


def test_policies_of_due_dates_and_timers_must_exist_too() -> None:
    drawn = (
        user("A", camunda_dueDate='=deadline(today(), "nowhere")'),
        catch("B", timer("timeDate", '=deadline(today(), "neither")')),
    )
    assert told(start(), *drawn, chain("start", "A", "B")) == [
        ("unknown.policy", "error", "A"),
        ("unknown.policy", "error", "B"),
    ]


CLOSED = start("start", "", camunda_formRef="begin")


def test_a_variable_that_nothing_writes_is_warned_of_where_nothing_comes_from_outside() -> None:
    drawn = (
        user("A", multi("people", variable="person", output="votes", gather="=decision"), camunda_formRef="decide"),
        script("B", "total = count(votes) + amount + loopCounter\ntext = case.number"),
        exclusive("g", default="g_B"),
        flow("g", "A", "=total > 1 and missing"),
        flow("g", "B"),
    )
    assert told(CLOSED, *drawn, chain("start", "A", "B", "g")) == [("unknown.variable", "warning", "g_A")]


@pytest.mark.parametrize(
    "opening", [user("A"), service("A"), catch("A", message()), user("A", camunda_formRef="other")]
)
def test_nothing_is_said_where_a_variable_may_come_from_outside(opening: str) -> None:
    found = told(CLOSED, opening, script("B", "x = missing"), chain("start", "A", "B"))
    assert "unknown.variable" not in [key for key, _, _ in found]


@pytest.mark.parametrize(
    ("name", "told_of"),
    [
        ("amuont", True),
        ("ammount", True),
        ("amounts", False),
        ("amount", False),
        ("other", False),
        ("peopel", True),
        ("Amount", True),
    ],
)
def test_a_misspelt_name_is_told_wherever_variables_come_from(name: str, told_of: bool) -> None:
    found = told(CLOSED, service("A"), script("B", f"x = {name}"), chain("start", "A", "B"))
    assert [problem for problem in found if problem[0] == "unknown.variable"] == (
        [("unknown.variable", "warning", "B")] if told_of else []
    )


def test_numbered_names_are_not_taken_for_misspelt_ones() -> None:
    found = told(start(), script("A", "order1 = 1"), script("B", "x = order2"), chain("start", "A", "B"))
    assert found == []


def test_names_that_a_mapping_or_formula_writes_are_known() -> None:
    mapping = (
        '<extensionElements><camunda:inputOutput><camunda:inputParameter name="inside">=amount</camunda:inputParameter>'
        '<camunda:outputParameter name="outside">=inside</camunda:outputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    drawn = (
        element("task", "A", mapping),
        element("serviceTask", "B", camunda_expression="${outside}", camunda_resultVariable="computed"),
        script("C", "x = computed"),
    )
    assert told(CLOSED, *drawn, chain("start", "A", "B", "C")) == []
