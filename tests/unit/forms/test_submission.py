"""What a case takes from a submission, and what it refuses."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.rejection import FieldError
from engine.domain.values import from_json, to_json
from engine.feel import Environment
from engine.forms.schema import Form
from engine.forms.submission import Submission, decode, validate, visible_fields

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENV = Environment(now=datetime(2026, 11, 23, 1, 0, tzinfo=UTC), zone=SHANGHAI, calendar=None)
YES_NO = [{"label": "是", "value": "yes"}, {"label": "否", "value": "no"}]


def form(*components: dict[str, Any]) -> Form:
    content = json.dumps({"type": "default", "id": "f", "components": components}).encode()
    return Form.parse(content, file="f.form")


def field(kind: str, key: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key, **more}


def submit(
    shape: Form, raw: Any, *, context: dict[str, Any] | None = None, people: set[str] | None = None
) -> Submission:
    return validate(shape, raw, context=context or {}, env=ENV, choices={"people": people or set()})


def keys(submission: Submission) -> dict[str, list[str]]:
    return {path: [error.key for error in errors] for path, errors in submission.errors.items()}


@pytest.mark.parametrize(
    ("component", "raw", "value"),
    [
        (field("textfield"), "  张三 ", "张三"),
        (field("textfield"), "", None),
        (field("textarea"), "一\r\n二", "一\n二"),
        (field("number"), "12", 12),
        (field("number"), "１２．５０", Decimal("12.50")),
        (field("number"), 3, 3),
        (field("number"), 0.1, Decimal("0.1")),
        (field("number"), 1e3, 1000),
        (field("number"), "", None),
        (field("checkbox"), "true", True),
        (field("checkbox"), None, False),
        (field("radio", values=YES_NO), "yes", "yes"),
        (field("select", values=YES_NO), "", None),
        (field("checklist", values=YES_NO), "no", ["no"]),
        (field("taglist", values=YES_NO), ["no", "yes", "no"], ["no", "yes"]),
        (field("checklist", values=YES_NO), None, []),
        (field("datetime"), "2026-02-28", date(2026, 2, 28)),
        (field("datetime", subtype="time"), "09:30", time(9, 30)),
        (field("datetime", subtype="datetime"), "2026-11-23T09:30", datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)),
        (field("datetime", subtype="datetime"), "2026-11-23T01:30:00Z", datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),
        (field("filepicker"), "f1", ["f1"]),
        (field("filepicker", multiple=True), ["f1", "f2"], ["f1", "f2"]),
        (field("dynamiclist", components=[field("number", "n")]), [{"n": "1"}, {}], [{"n": 1}, {"n": None}]),
        (field("dynamiclist", components=[field("number", "n")]), None, []),
    ],
)
def test_a_value_takes_the_type_of_its_field(component: dict[str, Any], raw: Any, value: Any) -> None:
    submission = submit(form(component), {"a": raw})
    assert submission.errors == {}
    assert submission.values == {"a": value}
    assert type(submission.values["a"]) is type(value)


@pytest.mark.parametrize(
    ("component", "raw", "key"),
    [
        (field("textfield"), 7, "not_a_text"),
        (field("textfield"), "x" * 1_001, "too_long"),
        (field("textarea"), "x" * 20_001, "too_long"),
        (field("textarea"), "x" * 1_000_000, "too_long"),
        (field("textfield"), "a\x00b", "bad_characters"),
        (field("textfield"), "\ud800", "bad_characters"),
        (field("textfield"), "一\n二", "bad_characters"),
        (field("textfield", validate={"minLength": 3}), "ab", "too_short"),
        (field("textfield", validate={"pattern": "^1\\d{10}$"}), "123", "pattern"),
        (field("textfield", validate={"validationType": "email"}), "nobody", "pattern"),
        (field("number"), "twelve", "not_a_number"),
        (field("number"), "1e9", "not_a_number"),
        (field("number"), True, "not_a_number"),
        (field("number"), float("nan"), "not_a_number"),
        (field("number"), 10**400, "not_a_number"),
        (field("number", validate={"min": 1}), "0", "too_small"),
        (field("number", validate={"max": 9.5}), "9.6", "too_large"),
        (field("number", decimalDigits=1), "1.25", "too_many_decimals"),
        (field("checkbox"), "maybe", "not_a_yes_no"),
        (field("radio", values=YES_NO), "perhaps", "unknown_choice"),
        (field("radio", values=YES_NO), ["yes"], "unknown_choice"),
        (field("checklist", values=YES_NO), ["yes", {}], "unknown_choice"),
        (field("checklist", values=YES_NO), {"yes": 1}, "not_a_list"),
        (field("datetime"), "2026-02-30", "not_a_date"),
        (field("datetime"), "20260228", "not_a_date"),
        (field("datetime"), "0001-01-01", "not_a_date"),
        (field("datetime", subtype="time"), "24:30", "not_a_time"),
        (field("datetime", subtype="datetime"), "2026-11-23", "not_a_datetime"),
        (field("filepicker"), ["f1", "f2"], "too_many"),
        (field("filepicker"), "../../etc/passwd", "not_a_file"),
        (field("dynamiclist", components=[field("number", "n")]), "x", "not_a_list"),
        (field("dynamiclist", components=[field("number", "n")]), [{}] * 101, "too_many"),
        (field("dynamiclist", components=[field("number", "n")], properties={"minRows": "1"}), [], "too_few"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(component: dict[str, Any], raw: Any, key: str) -> None:
    assert keys(submit(form(component), {"a": raw})) == {"a": [f"form.{key}"]}


@pytest.mark.parametrize(
    "kind", ["textfield", "textarea", "number", "checkbox", "datetime", "filepicker", "dynamiclist"]
)
def test_a_required_field_must_be_filled_in(kind: str) -> None:
    assert keys(submit(form(field(kind, validate={"required": True})), {})) == {"a": ["form.required"]}


def test_an_error_says_which_limit_was_passed() -> None:
    found = submit(form(field("textfield", validate={"maxLength": 2})), {"a": "abc"}).errors
    assert found == {"a": [FieldError(key="form.too_long", params={"limit": 2, "length": 3})]}


def test_a_field_the_form_does_not_have_is_refused() -> None:
    assert keys(submit(form(field("textfield")), {"a": "x", "role": "admin"})) == {"role": ["form.unknown_field"]}


def test_a_column_the_list_does_not_have_is_refused() -> None:
    shape = form(field("dynamiclist", components=[field("number", "n")]))
    assert keys(submit(shape, {"a": [{"n": 1, "x": 2}]})) == {"a[0].x": ["form.unknown_field"]}


def test_an_error_in_a_row_is_at_the_path_of_the_row() -> None:
    shape = form(field("dynamiclist", components=[field("number", "n", validate={"required": True})]))
    assert keys(submit(shape, {"a": [{"n": "1"}, {}, 7]})) == {
        "a[1].n": ["form.required"],
        "a[2]": ["form.not_an_object"],
        "a[2].n": ["form.required"],
    }


def test_people_must_be_among_those_offered() -> None:
    shape = form(field("select", properties={"source": "people"}))
    assert submit(shape, {"a": "li"}, people={"li"}).values == {"a": "li"}
    assert keys(submit(shape, {"a": "wang"}, people={"li"})) == {"a": ["form.unknown_choice"]}


def test_nobody_can_be_chosen_when_the_source_was_not_loaded() -> None:
    shape = form(field("select", properties={"source": "people", "group": "leader"}))
    assert keys(submit(shape, {"a": "li"}, people={"li"})) == {"a": ["form.unknown_choice"]}


def test_a_person_picked_from_the_search_list_is_taken_by_id() -> None:
    shape = form(field("select", properties={"source": "people"}))
    assert submit(shape, {"a": "李明（li）"}, people={"li"}).values == {"a": "li"}


REASON = field("textarea", "reason", validate={"required": True}, conditional={"hide": '=outcome != "no"'})
OUTCOME = field("radio", "outcome", values=YES_NO)


def test_a_hidden_field_is_dropped_and_not_required() -> None:
    submission = submit(form(OUTCOME, REASON), {"outcome": "yes", "reason": "left over"})
    assert submission == Submission(values={"outcome": "yes"}, errors={})


def test_a_field_is_required_once_its_condition_shows_it() -> None:
    assert keys(submit(form(OUTCOME, REASON), {"outcome": "no"})) == {"reason": ["form.required"]}


def test_a_condition_sees_the_variables_of_the_case() -> None:
    assert keys(submit(form(REASON), {}, context={"outcome": "no"})) == {"reason": ["form.required"]}


def test_a_submitted_value_hides_the_variable_of_the_same_name_from_conditions() -> None:
    assert submit(form(OUTCOME, REASON), {"outcome": "yes"}, context={"outcome": "no"}).errors == {}


def test_a_hidden_field_answers_nothing_to_other_conditions() -> None:
    follow_up = field("textfield", "more", conditional={"hide": "=reason = null"})
    shape = form(follow_up, OUTCOME, REASON)
    assert submit(shape, {"outcome": "yes", "reason": "x", "more": "y"}).values == {"outcome": "yes"}
    assert submit(shape, {"outcome": "no", "reason": "x", "more": "y"}).values["more"] == "y"


def test_conditions_in_a_circle_come_to_an_end() -> None:
    one = field("textfield", "a", conditional={"hide": "=b != null"})
    two = field("textfield", "b", conditional={"hide": "=a != null"})
    assert submit(form(one, two), {"a": "x", "b": "y"}).errors == {}


def test_a_hidden_group_takes_its_members_with_it() -> None:
    group = {"type": "group", "id": "g", "components": [field("textfield", "b")], "conditional": {"hide": "=a = 1"}}
    shape = form(field("number"), group)
    assert submit(shape, {"a": "1", "b": "x"}).values == {"a": 1}
    assert submit(shape, {"a": "2", "b": "x"}).values == {"a": 2, "b": "x"}


def test_a_condition_in_a_row_sees_its_own_row() -> None:
    columns = [field("number", "n"), field("textfield", "why", conditional={"hide": "=n = 1"})]
    shape = form(field("dynamiclist", components=columns))
    values = submit(shape, {"a": [{"n": 1, "why": "x"}, {"n": 2, "why": "y"}]}).values
    assert values == {"a": [{"n": 1}, {"n": 2, "why": "y"}]}


def test_a_hidden_column_answers_nothing_to_the_others_of_its_row() -> None:
    columns = [
        field("textfield", "late", conditional={"hide": "=why = null"}),
        field("number", "n"),
        field("textfield", "why", conditional={"hide": "=n = 1"}),
    ]
    values = submit(form(field("dynamiclist", components=columns)), {"a": [{"n": 1, "why": "x", "late": "y"}]}).values
    assert values == {"a": [{"n": 1}]}


def test_a_locked_field_is_never_taken_from_the_submission() -> None:
    shape = form(field("textfield", readonly=True), field("textfield", "b", disabled=True), field("textfield", "c"))
    assert submit(shape, {"a": "forged", "b": "forged", "c": "x"}) == Submission(values={"c": "x"}, errors={})


def test_a_locked_list_may_meet_a_variable_that_holds_no_rows() -> None:
    shape = form(field("dynamiclist", readonly=True, components=[field("textfield", "b")]))
    assert submit(shape, {}, context={"a": ["x", None]}) == Submission(values={}, errors={})


def test_a_condition_cannot_be_steered_through_a_locked_field() -> None:
    locked = field("radio", "outcome", values=YES_NO, readonly=True)
    assert keys(submit(form(locked, REASON), {"outcome": "yes"}, context={"outcome": "no"})) == {
        "reason": ["form.required"]
    }


def test_a_date_may_be_bound_to_the_day_of_the_office() -> None:
    shape = form(field("datetime", properties={"notAfter": "=today()"}))
    assert submit(shape, {"a": "2026-11-23"}).errors == {}
    assert submit(shape, {"a": "2026-11-24"}).errors == {
        "a": [FieldError(key="form.too_late", params={"limit": date(2026, 11, 23)})]
    }


def test_a_moment_is_held_against_a_day_by_its_day_at_the_office() -> None:
    shape = form(field("datetime", subtype="datetime", properties={"notBefore": "=today()"}))
    assert submit(shape, {"a": "2026-11-22T16:30:00Z"}).errors == {}
    assert keys(submit(shape, {"a": "2026-11-22T15:30:00Z"})) == {"a": ["form.too_early"]}


def test_files_of_all_fields_and_rows_are_collected() -> None:
    shape = form(field("filepicker"), field("dynamiclist", "rows", components=[field("filepicker", "f")]))
    assert submit(shape, {"a": "f1", "rows": [{"f": "f2"}, {"f": "f1"}]}).file_ids == ["f1", "f2"]


def test_files_of_a_hidden_field_are_not_collected() -> None:
    assert submit(form(field("filepicker", conditional={"hide": "=true"})), {"a": "f1"}).file_ids == []


def test_visible_fields_name_every_path_and_the_row_to_come() -> None:
    columns = [field("textfield", "why", conditional={"hide": "=reason = null"})]
    shape = form(OUTCOME, REASON, {"type": "separator", "id": "s"}, field("dynamiclist", "rows", components=columns))
    assert visible_fields(shape, {"outcome": "yes", "rows": [{}]}, context={}, env=ENV) == {
        "outcome": True,
        "reason": False,
        "@s": True,
        "rows": True,
        "rows[0].why": False,
        "rows[__index__].why": False,
    }


def test_visible_fields_take_values_of_the_case_as_well_as_posted_text() -> None:
    shape = form(field("datetime"), field("textfield", "b", conditional={"hide": "=a = null"}))
    assert visible_fields(shape, {"a": date(2026, 1, 1)}, context={}, env=ENV) == {"a": True, "b": True}


def test_a_post_becomes_nested_data() -> None:
    pairs = [
        ("csrf_token", "t"), ("_version", "3"), ("key", "k"), ("a", "1"), ("many", "x"), ("many", "y"),
        ("list[2].b", "third"), ("list[0].b", "first"), ("list[0].inner[0].c", "deep"),
    ]  # fmt: skip
    assert decode(pairs, ignore={"key"}) == {
        "a": "1",
        "many": ["x", "y"],
        "list": [{"b": "first", "inner": [{"c": "deep"}]}, {"b": "third"}],
    }


@pytest.mark.parametrize(
    "name", ["a[999999].b", "a[200].b", "a[-1].b", "a..b", "a[0]", "a.b", "a[0].b[0].c[0].d[0].e", "", "[]"]
)
def test_a_name_out_of_bounds_is_refused_rather_than_lost(name: str) -> None:
    shape = form(field("dynamiclist", components=[field("textfield", "b")]))
    assert submit(shape, decode([(name, "x")])).errors != {}


def test_contradicting_names_are_refused_rather_than_lost() -> None:
    shape = form(field("dynamiclist", components=[field("textfield", "b")]))
    assert submit(shape, decode([("a[0].b", "x"), ("a", "y")])).errors != {}
    assert submit(shape, decode([("a", "y"), ("a[0].b", "x")])).errors != {}


def test_a_post_of_too_many_values_is_refused_as_a_whole() -> None:
    shape = form(field("checklist", values=YES_NO))
    assert keys(submit(shape, decode([("a", "yes")] * 5_001))) == {"": ["form.too_many"], "a": ["form.too_many"]}


def test_rows_of_lists_in_lists_are_bounded_together() -> None:
    inner = field("dynamiclist", "b", components=[field("number", "n")])
    found = submit(form(field("dynamiclist", components=[inner])), {"a": [{"b": [{}] * 100}] * 11})
    assert keys(found) == {"a[9].b": ["form.too_many"], "a[10].b": ["form.too_many"]}


INNER = field("dynamiclist", "in", components=[field("datetime", "d")])
EVERYTHING = form(
    field("textfield", "text", validate={"required": True, "pattern": "^\\w{1,9}$"}),
    field("textarea", "area"),
    field("number", "number", validate={"min": 0}, decimalDigits=2),
    field("checkbox", "box"),
    field("radio", "radio", values=YES_NO, conditional={"hide": "=number > 5"}),
    field("checklist", "boxes", values=YES_NO),
    field("select", "person", properties={"source": "people"}),
    field("datetime", "day", properties={"notAfter": "=today()"}),
    field("datetime", "clock", subtype="time"),
    field("datetime", "moment", subtype="datetime", properties={"notBefore": "=today()"}),
    field("filepicker", "files", multiple=True),
    field("dynamiclist", "rows", components=[field("number", "n"), INNER]),
)

NAMES = st.one_of(
    st.sampled_from([*EVERYTHING.keys, "n", "in", "d", "rows[0].n", "rows[1].in[0].d", "[]", ""]), st.text()
)
HOSTILE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.decimals(),
        st.text(),
        st.sampled_from(
            ["yes", "li", "2026-02-30", "2026-11-23T00:00+23:59", "0001-01-01T00:00:00+23:00", "9" * 40, "（）"]
        ),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)


@settings(deadline=None, max_examples=300)
@given(raw=st.one_of(HOSTILE, st.dictionaries(NAMES, HOSTILE)))
def test_no_input_whatever_breaks_the_check(raw: Any) -> None:
    submission = submit(EVERYTHING, raw, people={"li"})
    assert from_json(to_json(submission.values)) == submission.values
    visible_fields(EVERYTHING, raw, context={}, env=ENV)
    for path in submission.errors:
        path.encode()


@settings(deadline=None, max_examples=300)
@given(pairs=st.lists(st.tuples(NAMES, st.text())))
def test_no_post_whatever_breaks_the_check(pairs: list[tuple[str, str]]) -> None:
    submit(EVERYTHING, decode(pairs), people={"li"})
