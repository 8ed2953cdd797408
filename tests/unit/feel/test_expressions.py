"""What FEEL expressions mean."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import Range, YearsMonths, compile_expression
from tests.unit.feel.world import ENV, SHANGHAI, value_of

CASE: dict[str, Any] = {
    "outcome": "accepted",
    "amount": 150,
    "votes": [{"who": "li", "vote": "yes"}, {"who": "wang", "vote": "no"}, {"who": "zhao", "vote": "yes"}],
    "case": {"number": "7", "started": datetime(2026, 11, 20, 17, tzinfo=UTC)},
    "first name": "明",
    "意见": "同意",
    "weight": 0.1,
}

MEANINGS: list[tuple[str, Any]] = [
    # numbers
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 4 - 3", 3),
    ("-2 ** 2", 4),
    ("2 ** 3 ** 2", 64),
    ("0.1 + 0.2", Decimal("0.3")),
    ("7 / 2", Decimal("3.5")),
    ("6 / 2", 3),
    ("1 / 0", None),
    (".5 + 1e2", Decimal("100.5")),
    ("1 + null", None),
    ('1 + "1"', None),
    ("weight + 0.2", Decimal("0.3")),
    ("10 ** 6200", None),
    # strings
    ('"容" + "错"', "容错"),
    (r'"a\nb\t\"\\ \u5bb9 \U01F600"', 'a\nb\t"\\ 容 😀'),
    (r'"\d"', r"\d"),
    # comparison
    ('outcome = "accepted" and amount > 100', True),
    ('"a" < "b"', True),
    ('1 = "1"', None),
    ('1 < "1"', None),
    ("null = null", True),
    ("missing = null", True),
    ("1 != null", True),
    ("1.0 = 1", True),
    ("true = 1", None),
    ("[1, 2] = [1, 2]", True),
    ("{a: 1} = {a: 2}", False),
    ("amount between 100 and 200", True),
    ("amount between 100 and null", None),
    # three-valued logic
    ("false and null", False),
    ("true and null", None),
    ("true or null", True),
    ("false or null", None),
    ('true and "yes"', None),
    ("not(true)", False),
    ("not(null)", None),
    # in, ranges
    ("5 in [1..5]", True),
    ("5 in [1..5)", False),
    ("1 in ]1..5]", False),
    ("5 in ]1..5[ or true", True),
    ("5 in (1..9)", True),
    ("5 in > 4", True),
    ("5 in (1, 2, > 4)", True),
    ("5 in [1, 5]", True),
    ("5 in (> 9, [1..2])", False),
    ('outcome in ("accepted", "refused")', True),
    ("5 in (<= 5)", True),
    ("[1..5].end", 5),
    ("[1..5).end included", False),
    ("(> 5)", Range(start=5, end=None, start_included=False, end_included=False, sign=">")),
    # lists and filters
    ("[1, 2, 3][2]", 2),
    ("[1, 2, 3][-1]", 3),
    ("[1, 2, 3][9]", None),
    ("[1, 2, 3][item > 1]", [2, 3]),
    ("[1, 2, 3][count([1, 2])]", 2),
    ("7[1]", 7),
    ('votes[vote = "yes"].who', ["li", "zhao"]),
    ('count(votes[vote = "yes"]) * 3 >= count(votes) * 2', True),
    ("votes[1].who", "li"),
    ("votes[who = outcome]", []),
    ("null[true]", []),
    # contexts and paths
    ("{a: 1, b: a + 1}.b", 2),
    ('{"two words": 1, other: two words + 1}.other', 2),
    ("{a: {b: 2}}.a.b", 2),
    ("{a: 1}.b", None),
    ("case.number", "7"),
    ("missing.anything", None),
    ('意见 = "同意"', True),
    # control
    ('if amount > 100 then "high" else "low"', "high"),
    ("if null then 1 else 2", 2),
    ("for i in [1, 2], j in [i, 10] return i * j", [1, 10, 4, 20]),
    ("for i in 3..1 return i", [3, 2, 1]),
    ("for i in [1..3] return i", [1, 2, 3]),
    ("for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3]),
    ("for v in null return v", None),
    ('some v in votes satisfies v.vote = "no"', True),
    ('every v in votes satisfies v.vote = "no"', False),
    ("every v in [] satisfies v", True),
    ("some v in [null] satisfies v", None),
    # types and functions
    ("1 instance of number", True),
    ('[1, "a"] instance of list<number>', False),
    ("{a: 1} instance of context<a: number>", True),
    ('@"P1D" instance of days and time duration', True),
    ("null instance of Any", False),
    ("{double: function(n) n * 2, r: double(4)}.r", 8),
    ("{double: function(n: number) n * 2, r: double(n: 4)}.r", 8),
    ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(5)}.r", 120),
    ('substring(string: "foobar", start position: 3, length: 2)', "ob"),
    # comments
    ("1 /* one */ + 1 // two", 2),
    # dates, times, durations
    ('@"2026-01-31"', date(2026, 1, 31)),
    ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
    ('@"2026-03-01" - @"2026-02-27"', timedelta(days=2)),
    ('@"2026-03-01" - @"PT1H"', date(2026, 2, 28)),
    ('date("2026-02-30")', None),
    ('@"2026-05-04".weekday', 1),
    ('@"P1DT2H30M".hours', 2),
    ('@"P14M".years', 1),
    ('@"P1Y" * 2', YearsMonths(months=24)),
    ('@"P1D" / @"PT6H"', 4),
    ('-@"P1D"', timedelta(days=-1)),
    ('@"23:30:00" + @"PT1H"', time(0, 30)),
    ('date and time("2026-11-23T08:00:00") = date and time("2026-11-23T00:00:00Z")', True),
    ('date and time("2026-11-23T08:00:00")', datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)),
    ('date(date and time("2026-11-23T08:00:00"))', date(2026, 11, 23)),
    ('@"9999-12-31" + @"P1D"', None),
    ('@"10:00:00" < @"10:00:00Z"', None),
    # the office
    ("today()", date(2026, 11, 23)),
    ("string(now())", "2026-11-23T09:30:00"),
    ("add days(today(), 3)", date(2026, 11, 26)),
    ("add working days(today(), 1)", date(2026, 11, 25)),
    ("is working day(today())", True),
    ("date(case.started)", date(2026, 11, 21)),
    ("case.started.hour", 1),
    ("add days(case.started, 1)", date(2026, 11, 22)),
    ("end of day(today())", datetime(2026, 11, 24, tzinfo=SHANGHAI)),
    ('deadline(today(), "notice")', datetime(2026, 12, 1, tzinfo=SHANGHAI)),
    ('target(@"2026-11-21", "notice")', date(2026, 11, 28)),
    ('deadline(@"2026-11-21", "notice")', datetime(2026, 12, 1, tzinfo=SHANGHAI)),
    ('target(today(), "acceptance")', date(2026, 12, 1)),
    ('policy("rules.quorum")', "2/3"),
    ('policy("notice.days") + 1', 8),
]


@pytest.mark.parametrize(("text", "meaning"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_an_expression_means(text: str, meaning: Any) -> None:
    result = value_of(text, CASE)
    assert (type(result), result) == (type(meaning), meaning)


def test_a_name_with_a_space_is_one_name_when_it_is_given() -> None:
    assert value_of('first name + "!"', CASE, names=("first name",)) == "明!"


def test_a_name_with_a_sign_is_one_name_when_it_is_given() -> None:
    assert value_of("day-count + 1", {"day-count": 2}, names=("day-count",)) == 3


def test_an_expression_knows_the_variables_that_it_reads() -> None:
    expression = compile_expression("for i in items return i + fee + count(items[price > limit])")
    assert expression.names == frozenset({"items", "fee", "price", "limit"})


def test_a_question_mark_inside_in_is_the_value_in_question() -> None:
    assert value_of("5 in (? > 3 and ? < 6)") is True


def test_an_expression_can_run_again_with_other_values() -> None:
    expression = compile_expression("a + 1")
    assert [expression({"a": value}, ENV) for value in (1, 2)] == [2, 3]
