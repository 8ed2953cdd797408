"""Attributes and scripts of diagrams."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import FeelSyntaxError, compile_assignment, compile_script, compile_template
from tests.unit.feel.world import ENV

ATTRIBUTES: list[tuple[str, Any]] = [
    ("investigator", "investigator"),
    ("P3D", "P3D"),
    ("=amount + 1", 151),
    ("  =amount", 150),
    ("${amount}", 150),
    ("${ who }", "li"),
    ("案件${number}号 ${who}", "案件7号 li"),
    ("${missing}!", "!"),
    ('${"}"}', "}"),
    ("${{a: 1}.a}", 1),
    ('=date("2026-11-23")', date(2026, 11, 23)),
    ("${amount == 150 && who != 'x'}", True),
    ("${!(amount > 100) || false}", False),
    ("${decimal}元", "1.5元"),
]


@pytest.mark.parametrize(("text", "value"), ATTRIBUTES)
def test_an_attribute_is_literal_or_an_expression(text: str, value: Any) -> None:
    context = {"amount": 150, "who": "li", "number": 7, "decimal": Decimal("1.50")}
    assert compile_template(text)(context, ENV) == value


def test_an_error_in_an_attribute_has_its_place_in_the_whole_text() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_template("to ${who} and ${1 +}")
    assert caught.value.position == 19


def test_an_open_brace_is_refused() -> None:
    with pytest.raises(FeelSyntaxError, match="closing brace"):
        compile_template("${who")


def test_a_template_knows_its_variables() -> None:
    assert compile_template("${a} and ${b.c}").names == frozenset({"a", "b"})


def test_a_script_assigns_in_order_and_later_lines_see_earlier_ones() -> None:
    script = compile_script("total = a + b\n\n// a comment = 1\ndouble = total * 2\n")
    assert script({"a": 1, "b": 2}, ENV) == {"total": 3, "double": 6}
    assert script.names == frozenset({"a", "b"})


def test_an_assignment_may_go_on_over_lines() -> None:
    script = compile_script('  people = {\n    a: 1,\n    b: "x = 1"\n  }\n  ok = people.a = 1\n    and true')
    assert script({}, ENV) == {"people": {"a": 1, "b": "x = 1"}, "ok": True}


def test_a_script_does_not_change_what_it_reads() -> None:
    variables = {"a": 1}
    compile_script("a = a + 1")(variables, ENV)
    assert variables == {"a": 1}


def test_an_error_in_a_script_has_its_place_in_the_whole_text() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_script("a = 1\nb = 1 + * 2")
    assert caught.value.position == 14


@pytest.mark.parametrize("text", ["a + 1", "1 = a", "then = 1", "a = 1 b = 2"])
def test_a_script_that_is_no_assignment_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_script(text)


def test_an_empty_script_assigns_nothing() -> None:
    assert compile_script("  \n// nothing\n")({}, ENV) == {}


def test_a_call_that_sets_a_variable_is_an_assignment() -> None:
    made = compile_assignment("#{ execution.setVariable('total', count(list) + x.get('(')) }")
    assert made is not None
    name, expression = made
    assert (name, expression.names) == ("total", frozenset({"list", "x"}))
    assert expression({"list": [1, 2], "x": {"(": 1}}, ENV) == 3


@pytest.mark.parametrize("text", ["", "${x}", "execution.setVariable('a', 1)", "${execution.setVariable(a, 1)}"])
def test_any_other_text_is_no_assignment(text: str) -> None:
    assert compile_assignment(text) is None


def test_an_error_in_an_assignment_has_its_place_in_the_whole_text() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_assignment("${execution.setVariable('a', 1 + )}")
    assert caught.value.position == 33
