"""Decision tables and their hit policies."""

from datetime import timedelta
from typing import Any

import pytest

from engine.dmn.decision_table import DecisionTable
from engine.dmn.evaluation import DecisionError
from engine.dmn.tables import compile_decision_table
from engine.feel import FeelError, FeelSyntaxError
from tests.unit.feel.world import ENV


def grades(hit_policy: str, aggregation: str = "", default: str = "") -> DecisionTable:
    return compile_decision_table(
        hit_policy=hit_policy,
        aggregation=aggregation,
        inputs=[{"expression": "score"}, {"expression": "kind"}],
        outputs=[{"name": "grade", "values": '"high", "middle", "low"', "default": default}],
        rules=[
            (["< 50", "-"], ['"low"']),
            (["[40..80]", '"a", "b"'], ['"middle"']),
            ([">= 70", 'not("c")'], ['"high"']),
        ],
    )


def sums(aggregation: str) -> DecisionTable:
    return compile_decision_table(
        hit_policy="COLLECT",
        aggregation=aggregation,
        inputs=[{"expression": "n"}],
        outputs=[{"name": "fee"}],
        rules=[(["> 1"], ["10"]), (["> 2"], ["n * 2.5"]), (["> 3"], ["7"])],
    )


ANSWERS: list[tuple[str, int, Any]] = [
    ("UNIQUE", 10, "low"),
    ("FIRST", 45, "low"),
    ("PRIORITY", 75, "high"),
    ("PRIORITY", 45, "middle"),
    ("RULE ORDER", 75, ["middle", "high"]),
    ("OUTPUT ORDER", 75, ["high", "middle"]),
    ("COLLECT", 45, ["low", "middle"]),
    ("ANY", 90, "high"),
]


@pytest.mark.parametrize(("policy", "score", "answer"), ANSWERS)
def test_a_hit_policy_decides(policy: str, score: int, answer: Any) -> None:
    assert grades(policy).decide({"score": score, "kind": "a"}, ENV) == answer


@pytest.mark.parametrize(
    ("aggregation", "answer"), [("SUM", 27), ("MIN", 7), ("MAX", 10), ("COUNT", 3), ("", [10, 10, 7])]
)
def test_collect_aggregates(aggregation: str, answer: Any) -> None:
    assert sums(aggregation).decide({"n": 4}, ENV) == answer


def test_collect_of_nothing_is_empty() -> None:
    assert [sums(kind).decide({"n": 0}, ENV) for kind in ("", "COUNT", "SUM")] == [[], 0, None]


def test_only_numbers_and_durations_have_a_sum() -> None:
    def summed(*cells: str) -> Any:
        table = compile_decision_table(
            hit_policy="C+",
            inputs=[{"expression": "1"}],
            outputs=[{"name": "o"}],
            rules=[(["-"], [cell]) for cell in cells],
        )
        return table.decide({}, ENV)

    assert summed('duration("P1D")', 'duration("PT12H")') == timedelta(hours=36)
    assert [summed('"a"', '"b"'), summed("1", "null"), summed("null")] == [None, None, None]


def test_unique_refuses_two_matching_rules() -> None:
    with pytest.raises(DecisionError, match="Rules 2, 3"):
        grades("UNIQUE").decide({"score": 75, "kind": "a"}, ENV)


def test_any_refuses_results_that_differ() -> None:
    with pytest.raises(DecisionError, match="Rules 1, 2"):
        grades("ANY").decide({"score": 45, "kind": "a"}, ENV)


def test_no_matching_rule_gives_the_default() -> None:
    nothing = {"score": 60, "kind": "c"}
    assert (grades("UNIQUE").decide(nothing, ENV), grades("FIRST", default='"low"').decide(nothing, ENV)) == (
        None,
        "low",
    )


def test_several_outputs_make_a_context() -> None:
    table = compile_decision_table(
        inputs=[{"expression": "a"}],
        outputs=[{"name": "x"}, {"name": "y"}],
        rules=[(["1"], ["1", '"one"']), (["true"], ["2", '"yes"'])],
    )
    assert table.decide({"a": 1}, ENV) == {"x": 1, "y": "one"}
    assert table.decide({"a": True}, ENV) == {"x": 2, "y": "yes"}


def test_an_input_that_is_not_allowed_is_refused() -> None:
    table = compile_decision_table(
        inputs=[{"expression": "a", "label": "级别", "values": '"x", "y"'}],
        outputs=[{"name": "o"}],
        rules=[(["-"], ["1"])],
    )
    with pytest.raises(DecisionError, match="级别"):
        table.decide({"a": "z"}, ENV)


def test_rules_may_ask_about_other_variables() -> None:
    table = compile_decision_table(
        inputs=[{"expression": "n"}], outputs=[{"name": "o"}], rules=[(["> limit"], ["n - limit"])]
    )
    assert table.decide({"n": 7, "limit": 5}, ENV) == 2
    assert table.names == frozenset({"n", "limit"})


def test_numbers_that_are_equal_match_whatever_their_digits() -> None:
    table = compile_decision_table(inputs=[{"expression": "n / 2"}], outputs=[{"name": "o"}], rules=[(["1.50"], ["1"])])
    assert table.decide({"n": 3}, ENV) == 1


def test_a_broken_cell_is_refused_when_the_table_is_made() -> None:
    with pytest.raises(FeelSyntaxError):
        compile_decision_table(inputs=[{"expression": "n"}], outputs=[{"name": "o"}], rules=[([">"], ["1"])])


def test_a_rule_of_the_wrong_width_is_refused() -> None:
    with pytest.raises(ValueError, match="Rule 1"):
        compile_decision_table(inputs=[{"expression": "n"}], outputs=[{"name": "o"}], rules=[(["1", "2"], ["1"])])


def test_a_table_of_endless_work_is_stopped() -> None:
    table = compile_decision_table(
        inputs=[{"expression": "count(for i in 1..1000, j in 1..1000 return 1)"}],
        outputs=[{"name": "o"}],
        rules=[(["-"], ["1"])],
    )
    with pytest.raises(FeelError, match="steps"):
        table.decide({}, ENV)
