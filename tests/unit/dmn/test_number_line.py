"""Rules that are looked up must be those that their tests give one by one."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn.tables import compile_decision_table
from engine.feel import compile_unary_tests
from tests.unit.feel.world import ENV

numbers = st.one_of(
    st.integers(-5, 5),
    st.decimals(-3, 3, places=1).filter(lambda number: number != number.to_integral_value()),
    st.sampled_from([10**33, Decimal("1e-30"), Decimal("0.1000000000000000000000000000000001")]),
)
constants = numbers.map(lambda number: f"{number:f}" if isinstance(number, Decimal) else str(number))
tests = st.one_of(
    constants,
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), constants).map(" ".join),
    st.tuples(st.sampled_from("[("), constants, constants, st.sampled_from("])")).map(
        lambda part: f"{part[0]}{part[1]}..{part[2]}{part[3]}"
    ),
    st.sampled_from(["null", '"a"', "true", "? > limit", "limit"]),
)
lists = st.lists(tests, min_size=1, max_size=3).map(", ".join)
cells = st.one_of(lists, lists.map(lambda text: f"not({text})"), st.just("-"))
values = st.one_of(numbers, st.sampled_from([None, "a", "b", True, False, [1], {"x": 1}]))


@settings(max_examples=300)
@given(st.lists(cells, min_size=1, max_size=12), values, numbers)
def test_a_column_gives_the_rules_whose_cells_hold(column: list[str], value: Any, limit: Any) -> None:
    table = compile_decision_table(
        inputs=[{"expression": "x"}],
        outputs=[{"name": "o"}],
        rules=[([cell], [str(place)]) for place, cell in enumerate(column)],
        hit_policy="RULE ORDER",
    )
    context = {"x": value, "limit": limit}
    one_by_one = [place for place, cell in enumerate(column) if compile_unary_tests(cell)(value, context, ENV)]
    assert table.decide(context, ENV) == one_by_one


def test_a_table_of_many_intervals_is_answered_without_looking_at_each() -> None:
    rules = [([f"[{place}..{place + 50}]"], [str(place)]) for place in range(1000)]
    table = compile_decision_table(
        inputs=[{"expression": "x"}], outputs=[{"name": "o"}], rules=rules, hit_policy="COLLECT", aggregation="COUNT"
    )
    (column,) = table.columns
    assert (column.unlined, len(column.tests)) == ((), 1000)
    assert table.decide({"x": 500}, ENV) == 51
