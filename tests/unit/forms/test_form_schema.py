"""What makes a form deployable."""

import json
from typing import Any

import pytest

from engine.domain.rejection import ProblemsFound
from engine.forms.patterns import UnsafePattern, compile_pattern
from engine.forms.schema import Choice, Form, Source
from engine.forms.submission import choice_sources


def parse(*components: dict[str, Any]) -> Form:
    content = json.dumps({"type": "default", "id": "accept", "components": components}).encode()
    return Form.parse(content, file="accept.form")


def problems(*components: dict[str, Any]) -> list[tuple[str | None, str]]:
    with pytest.raises(ProblemsFound) as refusal:
        parse(*components)
    assert {problem.file for problem in refusal.value.problems} == {"accept.form"}
    return [(problem.element_id, problem.key.removeprefix("form.schema.")) for problem in refusal.value.problems]


def text(key: str, **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": key, **more}


def test_a_form_knows_its_id_and_the_variables_it_writes() -> None:
    group = {"type": "group", "id": "g", "components": [text("b"), {"type": "separator"}]}
    rows = {"type": "dynamiclist", "path": "visits", "components": [text("note")]}
    form = parse(text("a"), group, rows, {"type": "text", "text": "说明"})
    assert form.id == "accept"
    assert form.keys == ("a", "b", "visits")


def test_choices_are_read_in_order() -> None:
    form = parse({"type": "radio", "key": "a", "values": [{"label": "予以受理", "value": "accepted"}, {"value": "no"}]})
    assert form.fields[0].options == (Choice(value="accepted", label="予以受理"), Choice(value="no", label="no"))


def test_fields_with_the_same_source_share_one_load_of_choices() -> None:
    people = {"source": "people", "group": "investigator"}
    form = parse(
        {"type": "select", "key": "lead", "properties": people},
        {"type": "dynamiclist", "key": "rows", "components": [{"type": "taglist", "key": "who", "properties": people}]},
        {"type": "select", "key": "ground", "properties": {"source": "catalogue:grounds", "valueKey": "code"}},
    )
    assert choice_sources(form) == [
        Source(source="people", group="investigator"),
        Source(source="catalogue:grounds", value_key="code"),
    ]


def test_values_key_is_a_variable_of_the_case() -> None:
    form = parse({"type": "select", "key": "a", "valuesKey": "items"})
    assert choice_sources(form) == [Source(source="variable:items", value_key="value", label_key="label")]


def test_a_date_takes_the_label_that_the_form_editor_gives_it() -> None:
    assert parse({"type": "datetime", "key": "a", "dateLabel": "受理日期"}).fields[0].label == "受理日期"


def test_an_untouched_form_starts_with_its_defaults_where_the_case_has_no_value() -> None:
    form = parse(text("a", defaultValue="x"), text("b", defaultValue="y"), text("c"))
    assert form.with_defaults({"b": "kept"}) == {"a": "x", "b": "kept"}


@pytest.mark.parametrize(
    ("component", "found"),
    [
        ({"type": "iframe", "key": "a"}, ("a", "unknown_type")),
        ({"type": ["textfield"], "key": "a"}, ("a", "unknown_type")),
        ({"type": "textfield"}, (None, "bad_key")),
        ({"type": "textfield", "key": "a.b"}, ("a.b", "bad_key")),
        ({"type": "textfield", "key": "_a"}, ("_a", "bad_key")),
        ({"type": "textfield", "key": "case"}, ("case", "reserved_key")),
        (text("a", conditional={"hide": "=1 +"}), ("a", "bad_expression")),
        (text("a", conditional={"hide": 7}), ("a", "bad_expression")),
        (text("a", conditional=[]), ("a", "not_an_object")),
        (text("a", validate={"required": "=b"}), ("a", "not_a_flag")),
        (text("a", readonly="=b"), ("a", "not_a_flag")),
        (text("a", validate={"pattern": "(a+)+$"}), ("a", "bad_pattern")),
        (text("a", validate={"maxLength": "many"}), ("a", "not_a_number")),
        (text("a", validate={"maxLength": -1}), ("a", "not_a_count")),
        (text("a", description="=b"), ("a", "expression_not_allowed")),
        ({"type": "number", "key": "a", "validate": {"min": True}}, ("a", "not_a_number")),
        ({"type": "radio", "key": "a"}, ("a", "no_choices")),
        ({"type": "radio", "key": "a", "values": [{"value": "x"}, {"value": "x"}]}, ("a", "duplicate_value")),
        (
            {"type": "select", "key": "a", "properties": {"source": "ldap"}, "values": [{"value": "x"}]},
            ("a", "bad_source"),
        ),
        ({"type": "datetime", "key": "a", "subtype": "week"}, ("a", "bad_subtype")),
        ({"type": "datetime", "key": "a", "subtype": {"a": 1}}, ("a", "bad_subtype")),  # was a TypeError
        ({"type": "group", "id": "g", "path": "x"}, ("@g", "group_path")),
        ({"type": "dynamiclist", "key": "l", "components": [text("a", disabled=True)]}, ("a", "locked_in_list")),
        ({"type": "group", "id": "g", "components": {}}, (None, "not_a_list")),
    ],
)
def test_a_component_that_cannot_be_used_is_named(component: dict[str, Any], found: tuple[str | None, str]) -> None:
    assert problems(component) == [found]


def test_all_problems_are_reported_at_once() -> None:
    assert problems(text("a"), text("a"), {"type": "iframe", "key": "b"}) == [
        ("b", "unknown_type"),
        ("a", "duplicate_key"),
    ]


def test_a_key_may_not_be_used_twice_across_groups() -> None:
    assert problems(text("a"), {"type": "group", "components": [text("a")]}) == [("a", "duplicate_key")]


def test_a_column_may_have_the_name_of_a_field_outside_its_list() -> None:
    assert parse(text("a"), {"type": "dynamiclist", "key": "l", "components": [text("a")]}).keys == ("a", "l")


def test_components_may_not_be_nested_without_end() -> None:
    component = text("a")
    for _ in range(6):
        component = {"type": "group", "components": [component]}
    assert problems(component) == [(None, "too_deep")]


def test_a_form_may_not_have_more_than_500_components() -> None:
    assert problems(*(text(f"a{number}") for number in range(502))) == [(None, "too_many_fields")]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"{", "not_json"),
        (b"[]", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"id": ' + b"1" * 5_000 + b"}", "not_json"),
        (b" " * (256 * 1024 + 1), "too_large"),
        (b'{"components": []}', "no_id"),
    ],
)
def test_a_file_that_is_no_form_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(ProblemsFound) as refusal:
        Form.parse(content, file="x.form")
    assert [problem.key for problem in refusal.value.problems] == [f"form.schema.{key}"]


@pytest.mark.parametrize(
    "pattern", [r"^\d{17}[\dXx]$", r"^1\d{10}$", r"^[^〔]{1,20}〔\d{4}〕\d{1,5}号$", r"^(?:甲|乙)?\w+$"]
)
def test_patterns_of_offices_are_accepted(pattern: str) -> None:
    assert compile_pattern(pattern).pattern == pattern


@pytest.mark.parametrize("pattern", ["(a*)*", r"(a)\1", "(?=a)", "(?P<n>a)", "^a*b*c*d*$", "(a|b){9}", "[a", "a" * 301])
def test_patterns_without_a_bound_on_time_are_refused(pattern: str) -> None:
    with pytest.raises(UnsafePattern):
        compile_pattern(pattern)
