"""Variables: scopes, lazy loading, only what changed."""

from typing import Any

from engine.bpmn.scopes import Variables, View


def never() -> dict[tuple[str, str], Any]:
    raise AssertionError("the variables were loaded")


def test_writing_to_the_case_loads_nothing() -> None:
    variables = Variables(never)
    variables.assign("", "x", 1)
    assert variables.take_changes() == ({("", "x"): 1}, [])


def test_what_was_written_before_the_first_read_is_newer_than_what_is_stored() -> None:
    variables = Variables(lambda: {("", "x"): 1, ("", "y"): 2})
    variables.assign("", "x", 5)
    assert variables.visible("") == {"x": 5, "y": 2}
    assert variables.take_changes() == ({("", "x"): 5}, [])


def test_an_assignment_goes_to_the_nearest_scope_that_has_the_name() -> None:
    variables = Variables(lambda: {("", "x"): 1})
    variables.open("item1", "", isolated=False)
    variables.assign("item1", "x", 2)
    variables.assign("item1", "new", 3)
    assert variables.take_changes()[0] == {("", "x"): 2, ("item1", "new"): 3}


def test_a_called_process_sees_and_changes_nothing_outside() -> None:
    variables = Variables(lambda: {("", "x"): 1})
    variables.open("call1", "", isolated=True)
    item = variables.open("item2", "call1", isolated=False)
    variables.assign(item, "x", 2)
    assert (item, variables.get(item, "x")) == ("call1/item2", 2)
    assert variables.visible("call1") == {}
    assert variables.visible("") == {"x": 1}


def test_a_dropped_scope_takes_its_variables_and_inner_scopes_with_it() -> None:
    variables = Variables(lambda: {("item1", "old"): 1})
    variables.open("item1", "", isolated=False)
    variables.open("call2", "item1", isolated=True)
    variables.put("call2", "x", 1)
    variables.drop("item1")
    assert variables.take_changes() == ({}, ["call2", "item1"])
    assert variables.parents == {}
    assert variables.visible("") == {}


def test_changes_are_reported_once() -> None:
    variables = Variables()
    variables.put("", "x", 1)
    assert variables.take_changes() == ({("", "x"): 1}, [])
    assert variables.take_changes() == ({}, [])


def test_a_view_puts_local_names_before_variables_before_implicit_ones() -> None:
    variables = Variables(lambda: {("", "a"): 1, ("", "b"): 1, ("", "case"): "mine"})
    view = View(variables, "", {"case": "given", "c": 3}, {"a": 9})
    assert dict(view) == {"a": 9, "b": 1, "case": "mine", "c": 3}
    assert "c" in view
    assert "d" not in view
