"""Form fields that Camunda 7 draws into tasks and start events."""

from decimal import Decimal

import pytest

from engine.domain.rejection import ProblemsFound
from engine.services.packages import compile_set
from tests.unit.bpmn.drawing import chain, diagram, process, start, user
from tests.unit.bpmn.test_deployment import problems


def form_data(*fields: str) -> str:
    return f"<extensionElements><camunda:formData>{''.join(fields)}</camunda:formData></extensionElements>"


def field(id: str, type: str, inner: str = "", *, label: str = "", default: str = "") -> str:
    more = (f' label="{label}"' if label else "") + (f' defaultValue="{default}"' if default else "")
    return f'<camunda:formField id="{id}" type="{type}"{more}>{inner}</camunda:formField>'


def constraints(**rules: str) -> str:
    inner = "".join(f'<camunda:constraint name="{name}" config="{value}"/>' for name, value in rules.items())
    return f"<camunda:validation>{inner}</camunda:validation>"


@pytest.mark.bpmn("user task, start event: camunda:formData", "runs")
def test_the_fields_become_a_form_of_the_task() -> None:
    choices = '<camunda:value id="a" name="First"/><camunda:value id="b"/>'
    drawn = form_data(
        field("reason", "string", constraints(required="", maxlength="20"), label="Reason"),
        field("amount", "long", constraints(min="1", max="9"), default="5"),
        field("ok", "boolean", constraints(required="")),
        field("day", "date"),
        field("kind", "enum", choices, default="b"),
        field("seen", "string", constraints(readonly="")),
    )
    content = diagram(process(start("start", form_data(field("x", "string"))), user("A", drawn), chain("start", "A")))
    deployed = compile_set({"p.bpmn": content}, groups={}, topics=frozenset(), policies={})
    definition = deployed.package.definitions["p"]
    assert [event.form_ref for event in definition.start_events] == ["p.start"]
    reference = definition.elements["A"].form_ref
    assert reference == "p.A"
    reason, amount, ok, day, kind, seen = deployed.form(reference).fields
    assert (reason.label, reason.type, reason.required, reason.max_length) == ("Reason", "textfield", True, 20)
    assert (amount.type, amount.minimum, amount.maximum, amount.default) == ("number", Decimal(1), Decimal(9), 5)
    assert (ok.type, ok.required, day.type, day.subtype) == ("checkbox", False, "datetime", "date")
    assert [(choice.value, choice.label) for choice in kind.options] == [("a", "First"), ("b", "b")]
    assert (kind.default, seen.locked) == ("b", True)


@pytest.mark.parametrize(
    ("drawn", "key", "severity"),
    [
        (field("x", "bytes"), "form.field", "error"),
        (field("x", "string", constraints(validator="com.V")), "form.constraint", "error"),
        (field("x", "string", default="${y}"), "form.default", "warning"),
    ],
)
def test_what_a_field_cannot_do_is_told(drawn: str, key: str, severity: str) -> None:
    (problem,) = problems(start(), user("A", form_data(drawn)), chain("start", "A"))
    assert (problem.key, problem.severity, problem.element_id) == (key, severity, "A")


def test_a_field_whose_name_is_no_name_is_a_problem_of_its_form() -> None:
    content = diagram(process(start(), user("A", form_data(field("a-b", "string"))), chain("start", "A")))
    with pytest.raises(ProblemsFound) as refused:
        compile_set({"p.bpmn": content}, groups={}, topics=frozenset(), policies={})
    assert [problem.key for problem in refused.value.problems] == ["form.schema.bad_key"]
