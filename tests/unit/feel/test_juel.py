"""What `${...}` of Camunda 7 diagrams means."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.feel import FeelError, FeelSyntaxError, compile_template
from engine.feel.juel_methods import METHODS
from tests.unit.feel.world import ENV, SHANGHAI

CASE: dict[str, Any] = {
    "amount": 150,
    "text": "150",
    "who": "li",
    "approved": True,
    "word": "true",
    "list": ["a", "b", "c"],
    "order": {"id": "7", "lines": [{"price": 5}, {"price": 9}], "two words": 1},
    "nothing": None,
    "blank": "",
    "nrOfInstances": 3,
    "nrOfCompletedInstances": 2,
    "day": date(2026, 11, 23),
    "begun": datetime(2026, 11, 20, 17, tzinfo=UTC),
    "key": "id",
    "case": {"number": "2026-7", "id": 7},
}

MEANINGS: list[tuple[str, Any]] = [
    # comparison
    ("${amount == 150}", True),
    ("#{amount != 150}", False),
    ("${amount eq 150 and amount ne 151}", True),
    ("${amount lt 151 && amount le 150 && amount gt 149 && amount ge 150}", True),
    ("${who == 'li'}", True),
    ('${who == "li"}', True),
    ("${text == 150}", True),
    ("${text > 90}", True),
    ("${'9' < '10'}", False),
    ("${word == true}", True),
    ("${who == 1}", False),
    ("${who != 1}", True),
    # a variable that is missing is null
    ("${missing == null}", True),
    ("${missing != null}", False),
    ("${missing == 'x'}", False),
    ("${missing != 'x'}", True),
    ("${missing > 5}", False),
    ("${missing <= 5}", False),
    ("${missing <= null}", True),
    ("${missing.inner.deep == null}", True),
    ("${!missing}", True),
    ("${missing || approved}", True),
    ("${missing && approved}", False),
    # logic
    ("${!approved}", False),
    ("${not approved}", False),
    ("${not (amount > 200) and approved}", True),
    ("${!(amount > 100) || approved}", True),
    ("${approved == true && !empty list}", True),
    ("${word and approved}", True),
    ("${who or false}", False),
    # empty
    ("${empty missing}", True),
    ("${empty blank}", True),
    ("${empty list}", False),
    ("${not empty who}", True),
    ("${empty order.id || empty who}", False),
    # ternary
    ("${amount > 100 ? 'high' : 'low'}", "high"),
    ("${missing ? 1 : amount == 150 ? 2 : 3}", 2),
    ("${empty who ? 'nobody' : who}", "li"),
    ("${(amount > 100 ? 1 : 2) + 1}", 2),
    # arithmetic
    ("${nrOfCompletedInstances/nrOfInstances >= 0.5}", True),
    ("${nrOfCompletedInstances div nrOfInstances ge 0.7}", False),
    ("${amount % 100}", 50),
    ("${-7 mod 3}", -1),
    ("${-(amount - 50) * 2}", -200),
    ("${amount / 0}", None),
    ("${amount % 0}", None),
    # paths and indexes, counted from 0
    ("${order.id}", "7"),
    ("${order['id']}", "7"),
    ('${order["two words"]}', 1),
    ("${order[key]}", "7"),
    ("${list[0]}", "a"),
    ("${list[nrOfInstances - 1]}", "c"),
    ("${list[3]}", None),
    ("${list[-1]}", None),
    ("${order.lines[1].price}", 9),
    ("${order.lines[price > 5]}", [{"price": 9}]),
    # methods
    ("${execution.getVariable('who')}", "li"),
    ("${execution.getVariable('who') == 'li'}", True),
    ('${execution.hasVariable("who")}', True),
    ("${execution.hasVariable('missing')}", False),
    ("${execution.processBusinessKey}", "2026-7"),
    ("${execution.getProcessBusinessKey()}", "2026-7"),
    ("${execution.processInstanceId}", 7),
    ("${list.size()}", 3),
    ("${list.size() > 2 && list.contains('b')}", True),
    ("${list.isEmpty()}", False),
    ("${list.get(0)}", "a"),
    ("${missing.isEmpty()}", True),
    ("${missing.size()}", None),
    ("${who.equals('li')}", True),
    ("${who.equals(missing)}", False),
    ("${'LI'.equalsIgnoreCase(who)}", True),
    ("${who.length()}", 2),
    ("${who.startsWith('l') && who.endsWith('i')}", True),
    ("${who.contains('z')}", False),
    ("${who.toUpperCase().concat('!')}", "LI!"),
    ("${'abc'.substring(1)}", "bc"),
    ("${'abc'.substring(0, 1)}", "a"),
    ("${'abc'.substring(2, 9)}", None),
    ("${'abc'.indexOf('c')}", 2),
    ("${' a '.trim()}", "a"),
    ("${'a-b-c'.replace('-', '+')}", "a+b+c"),
    ("${'13812345678'.matches('1[3-9][0-9]{9}')}", True),
    ("${'x13812345678'.matches('1[3-9][0-9]{9}')}", False),
    ("${amount.toString()}", "150"),
    ("${amount.compareTo(200)}", -1),
    ("${order.containsKey('id')}", True),
    ("${order.keySet()}", ["id", "lines", "two words"]),
    ("${order.prop('id').value()}", "7"),
    ("${order.prop('lines').elements()}", [{"price": 5}, {"price": 9}]),
    ("${begun.before(now())}", True),
    ("${day.plusDays(3)}", date(2026, 11, 26)),
    ("${day.plusMonths(nrOfInstances).minusYears(1)}", date(2026, 2, 23)),
    ("${dateTime().plusHours(2).toDate()}", datetime(2026, 11, 23, 11, 30, tzinfo=SHANGHAI)),
    # FEEL besides
    ("${count(list) + string length(who)}", 5),
    ("${if approved then 1 else 2}", 1),
    ("${for x in list return upper case(x)}", ["A", "B", "C"]),
    ("${amount between 100 and 200}", True),
    ("${amount in [100..200]}", True),
    ("${{a: amount > 1 ? 1 : 2}.a}", 1),
    ("${today() > day}", False),
    # text around
    ("Task ${who}", "Task li"),
    ("#{who} of ${order.id}", "li of 7"),
    ("案件${missing}号", "案件号"),
    ("${who}${who}", "lili"),
    ("price: 5$ {x} # {y}", "price: 5$ {x} # {y}"),
    ("${'}'}", "}"),
    (r"${'it\'s'}", "it's"),
]


@pytest.mark.parametrize(("text", "value"), MEANINGS, ids=[text for text, _ in MEANINGS])
def test_a_placeholder_means(text: str, value: Any) -> None:
    result = compile_template(text)(CASE, ENV)
    assert (type(result), result) == (type(value), value)


REFUSED = [
    ("${list.getClass()}", "no method 'getClass'"),
    ("${list.sise()}", "did you mean 'size'"),
    ("${execution.getEngineServices()}", "no property of execution 'getEngineServices'"),
    ("${execution.getVariable(who)}", "in quotes"),
    ("${execution.id}", "no property of execution 'id'"),
    ("${myBean.check(amount)}", "no method 'check'"),
    ("${amount ? 1}", "expected ':'"),
    ("${list[0}", "expected ']'"),
    ("${x = }", "ends too early"),
    ("${''.class.forName('java.lang.Runtime')}", "no method 'forName'"),
    ("${!}", "ends too early"),
    ("#{who", "'#{' has no closing brace"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_no_diagram_may_call_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FeelSyntaxError, match=reason.replace("(", r"\(").replace("{", r"\{")):
        compile_template(text)


def test_a_placeholder_knows_its_variables() -> None:
    text = "${execution.getVariable('a') == b ? list[i] : c.size()}"
    assert compile_template(text).names == frozenset({"a", "b", "list", "i", "c"})


@pytest.mark.parametrize("value", [None, True, 1, "x", [1], {"a": 1}, date(2026, 1, 1)], ids=str)
@pytest.mark.parametrize(("name", "count"), METHODS)
def test_a_method_of_any_value_is_answered(name: str, count: int, value: Any) -> None:
    for argument in (None, 1, "x", [1]):
        arguments = ", ".join(["y"] * count)
        compile_template(f"${{x.{name}({arguments})}}")({"x": value, "y": argument}, ENV)


def test_text_that_grows_beyond_the_limit_is_stopped() -> None:
    with pytest.raises(FeelError, match="more than"):
        compile_template("${x}" * 2000)({"x": "a" * 900_000}, ENV)
    with pytest.raises(FeelError, match="more than"):
        compile_template("${x.replace('a', x)}")({"x": "a" * 9_000}, ENV)
