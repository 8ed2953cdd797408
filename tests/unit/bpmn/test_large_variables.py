"""A large value costs nothing until somebody asks for it."""

from engine.bpmn.scopes import Later, Variables


def test_a_value_that_nobody_asks_for_is_not_read() -> None:
    read: list[str] = []
    variables = Variables(lambda: {("", "small"): 1, ("", "large"): Later(lambda: read.append("large") or "L" * 9)})

    assert variables.get("", "small") == 1
    assert variables.has("", "large")
    assert read == []


def test_a_large_value_is_read_once() -> None:
    read: list[str] = []
    variables = Variables(lambda: {("", "large"): Later(lambda: read.append("large") or "L" * 9)})

    assert variables.get("", "large") == "L" * 9
    assert variables.visible("") == {"large": "L" * 9}
    assert read == ["large"]


def test_what_is_written_before_the_first_read_hides_what_is_stored() -> None:
    variables = Variables(lambda: {("", "large"): Later(lambda: "old")})
    variables.put("", "large", "new")

    assert variables.get("", "large") == "new"
