"""Decision requirements: decisions, knowledge, services and imports."""

from collections.abc import Iterator

import pytest

from engine.dmn.evaluation import DecisionError
from engine.feel import FeelError
from tests.unit.dmn.drawing import (
    SPACE,
    decision,
    decision_of,
    definitions,
    input_data,
    item,
    knowledge,
    literal,
    model,
    problems_of,
    read,
    table,
    value,
)
from tests.unit.feel.world import ENV


def test_a_decision_reads_what_it_requires_and_nothing_else() -> None:
    made = model(
        input_data("amount", "number"),
        input_data("secret"),
        decision("tax", literal("amount * 0.1"), "input:amount"),
        decision("total", literal("amount + tax"), "input:amount", "tax"),
        decision("blind", literal("secret")),
    )
    assert value(made, "total", amount=100) == 110
    assert value(made, "blind", secret="x") is None


def test_a_decision_that_two_others_require_is_computed_once() -> None:
    diamond = [decision("d0", literal("1"))]
    diamond += [
        decision(f"d{n}", f"<list>{literal(f'd{n - 1}')}{literal(f'd{n - 1}')}</list>", f"d{n - 1}", type_ref="Any")
        for n in range(1, 3)
    ]
    # Thirty levels of pairs would be a thousand million computations if each were computed anew.
    chain = [decision("c0", literal("1"))]
    chain += [
        part
        for n in range(1, 31)
        for part in (
            decision(f"l{n}", literal(f"c{n - 1}"), f"c{n - 1}"),
            decision(f"r{n}", literal(f"c{n - 1}"), f"c{n - 1}"),
            decision(f"c{n}", literal(f"l{n} + r{n}"), f"l{n}", f"r{n}"),
        )
    ]
    made = model(*diamond, *chain)
    assert value(made, "d2") == [[1, 1], [1, 1]]
    assert value(made, "c30") == 2**30


def test_a_circle_is_refused_and_names_its_decisions() -> None:
    found = problems_of(
        decision("a", literal("b"), "b"), decision("b", literal("c"), "c"), decision("c", literal("a"), "a")
    )
    assert [problem.key for problem in found] == ["dmn.circle"]
    assert "a → b → c → a" in found[0].message


def test_a_circle_that_runs_all_the_same_is_stopped() -> None:
    (made,), _ = read(definitions(decision("a", literal("b"), "b"), decision("b", literal("a"), "a")))
    with pytest.raises(FeelError, match="requires itself"):
        decision_of(made, "a").evaluate({}, ENV)


def test_a_long_chain_of_decisions_is_read_and_decided_or_stopped() -> None:
    chain = [decision("d0", literal("0"))]
    chain += [decision(f"d{n}", literal(f"d{n - 1} + 1"), f"d{n - 1}") for n in range(1, 1000)]
    made = model(*chain)
    assert value(made, "d100") == 100
    with pytest.raises(FeelError, match="nests too deep"):
        decision_of(made, "d999").evaluate({}, ENV)


def test_what_is_required_must_exist() -> None:
    (problem,) = problems_of(decision("a", literal("1"), "b"))
    assert (problem.key, problem.element_id) == ("unknown.decision", "a")


def test_knowledge_is_a_function_of_its_parameters_and_its_own_knowledge() -> None:
    made = model(
        knowledge("square", {"n": "number"}, literal("n * n")),
        knowledge("cube", {"n": "number"}, literal("n * square(n)"), "knowledge:square"),
        input_data("x", "number"),
        decision("y", literal("cube(x)"), "input:x", "knowledge:cube"),
        decision("z", literal('cube("2") = null and cube(1, 2) = null'), "knowledge:cube"),
    )
    assert value(made, "y", x=3) == 27
    assert value(made, "z") is True


def test_knowledge_may_be_a_table() -> None:
    rate = table(["age"], ["rate"], ["< 25", "2"], [">= 25", "1"])
    made = model(
        knowledge("rate", {"age": "number"}, rate), decision("y", literal("rate(20) + rate(30)"), "knowledge:rate")
    )
    assert value(made, "y") == 3


def test_knowledge_may_call_itself_without_requiring_itself() -> None:
    made = model(
        knowledge("sum to", {"n": "number"}, literal("if n = 0 then 0 else n + sum to(n - 1)")),
        decision("y", literal("sum to(10)"), "knowledge:sum to"),
    )
    assert value(made, "y") == 55


def test_endless_recursion_of_knowledge_is_stopped() -> None:
    made = model(
        knowledge("f", {"n": "number"}, literal("f(n + 1)"), "knowledge:f"),
        decision("y", literal("f(1)"), "knowledge:f"),
    )
    with pytest.raises(FeelError, match="levels deep"):
        decision_of(made, "y").evaluate({}, ENV)


SERVICE = (
    '<decisionService id="s" name="price"><variable name="price" typeRef="number"/>'
    '<outputDecision href="#total"/><encapsulatedDecision href="#net"/>'
    '<inputDecision href="#tax"/><inputData href="#amount"/></decisionService>'
)
PRICE = (
    SERVICE,
    input_data("amount", "number"),
    decision("tax", literal("0.5"), type_ref="number"),
    decision("net", literal("amount * 2"), "input:amount"),
    decision("total", literal("net * (1 + tax)"), "net", "tax"),
)


def test_a_service_takes_its_input_data_and_then_its_input_decisions() -> None:
    made = model(*PRICE, decision("y", literal("price(100, 0.1)"), "knowledge:s"))
    assert value(made, "y") == 220


def test_a_service_does_not_change_what_its_caller_knows() -> None:
    made = model(
        *PRICE, decision("y", literal("[tax, price(100, 0.1), tax, amount]"), "knowledge:s", "tax", "input:amount")
    )
    assert [str(each) for each in value(made, "y", amount=7)] == ["0.5", "220", "0.5", "7"]


def test_a_service_can_be_asked_itself() -> None:
    service = model(*PRICE).service("price")
    assert service is not None
    assert service.evaluate({"amount": 100, "tax": 0}, ENV).value == 200
    wrong = service.evaluate({"amount": "100", "tax": 0}, ENV)
    assert (wrong.value, len(wrong.problems)) == (None, 1)


def test_a_service_with_several_outputs_gives_a_context() -> None:
    both = '<decisionService id="s" name="s"><outputDecision href="#a"/><outputDecision href="#b"/></decisionService>'
    made = model(
        both, decision("a", literal("1")), decision("b", literal("2")), decision("y", literal("s()"), "knowledge:s")
    )
    assert value(made, "y") == {"a": 1, "b": 2}


def test_an_imported_model_is_read_under_its_prefix() -> None:
    imported = definitions(
        item("tLevel", "string", allowed='"low", "high"'),
        input_data("amount", "number"),
        decision("the level", literal('if amount > 10 then "high" else "low"'), "input:amount"),
        knowledge("twice", {"n": "number"}, literal("n * 2")),
        namespace="urn:other",
    )
    importing = definitions(
        f'<import name="base rules" namespace="urn:other" importType="{SPACE}"/>',
        decision(
            "y",
            literal("base rules.the level"),
            "urn:other#the level",
            type_ref="base rules.tLevel",
        ),
        decision("z", literal("base rules.twice(4)"), "knowledge:urn:other#twice"),
    )
    models, problems = read(imported, importing)
    assert problems == []
    assert value(models[1], "y", amount=50) == "high"
    assert value(models[1], "z") == 8


def test_an_import_without_a_name_needs_no_prefix() -> None:
    imported = definitions(
        item("tLevel", "string", allowed='"low"'), decision("level", literal('"low"')), namespace="urn:other"
    )
    importing = definitions(
        f'<import name="" namespace="urn:other" importType="{SPACE}"/>',
        decision("y", literal("level"), "urn:other#level", type_ref="tLevel"),
    )
    models, problems = read(imported, importing)
    assert problems == []
    assert value(models[1], "y") == "low"


def test_an_import_that_is_not_there_is_refused() -> None:
    found = problems_of(
        f'<import name="base" namespace="urn:other" importType="{SPACE}"/>',
        decision("y", literal("base.x"), "urn:other#x"),
    )
    assert [problem.key for problem in found] == ["unknown.decision"]


def test_a_decision_without_an_id_is_known_by_its_name() -> None:
    made = model(f'<decision name="y">{literal("1")}</decision>')
    assert [node.id for node in made.decidable()] == ["y"]
    assert value(made, "y") == 1


def test_a_decision_without_logic_is_refused() -> None:
    (problem,) = problems_of(decision("y", ""))
    assert (problem.key, problem.element_id) == ("dmn.logic", "y")


def test_all_problems_of_a_file_are_told_at_once() -> None:
    found = problems_of(
        decision("a", literal("1 +")), decision("b", literal("2"), "nobody"), decision("c", literal("3"), type_ref="t")
    )
    assert {(problem.element_id, problem.key) for problem in found} == {
        ("a", "expression.syntax"),
        ("b", "unknown.decision"),
        ("c", "dmn.type"),
    }


def test_a_case_lends_its_variables_to_a_decision() -> None:
    made = model(decision("base", literal("amount * 2")), decision("y", literal("base + extra"), "base"))
    assert decision_of(made, "y").decide({"amount": 2, "extra": 3}, ENV) == 7


def test_variables_that_a_decision_does_not_read_are_not_looked_at() -> None:
    class Variables(dict[str, int]):
        def __getitem__(self, name: str) -> int:
            raise AssertionError(name)

        def get(self, name: str, default: object = None) -> object:
            return 5 if name == "x" else self[name]

        def __iter__(self) -> Iterator[str]:
            raise AssertionError("all")

    context = f'<context><contextEntry><variable name="a"/>{literal("x")}</contextEntry></context>'
    made = model(
        input_data("x", "number"), decision("base", context, "input:x"), decision("y", literal("base.a"), "base")
    )
    assert decision_of(made, "y").decide(Variables(x=5, large=1), ENV) == 5


def test_a_decision_for_a_case_is_no_guess_where_something_is_wrong() -> None:
    made = model(input_data("amount", "number"), decision("y", literal("amount = null"), "input:amount"))
    with pytest.raises(DecisionError, match="amount"):
        decision_of(made, "y").decide({"amount": "twelve"}, ENV)


def test_problems_are_told_of_the_decision_that_people_know() -> None:
    logic = '<literalExpression id="_4711"><text>1 +</text></literalExpression>'
    (problem,) = problems_of(decision("risk", logic))
    assert (problem.element_id, problem.element_name) == ("risk", "risk")


def test_every_bad_cell_of_a_table_is_told_with_its_rule() -> None:
    broken = table(["x +"], ["o"], ["> 1", "1"], ["[1..", "2"], ["-", ")"], default="(")
    found = problems_of(decision("y", broken))
    assert [problem.key for problem in found] == ["expression.syntax"] * 4
    assert [word in problem.message for problem, word in zip(found[2:], ("rule 2", "rule 3"), strict=True)] == [
        True
    ] * 2


def test_an_input_without_an_expression_is_refused() -> None:
    (problem,) = problems_of(decision("y", table([""], ["o"], ["1", "1"])))
    assert problem.key == "dmn.input"


SPACES = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]


@pytest.mark.parametrize("space", SPACES)
def test_every_version_of_dmn_is_read(space: str) -> None:
    made = model(decision("y", table(["x"], ["o"], ["[1..10]", '"in"'])), space=space)
    assert decision_of(made, "y").decide({"x": 10}, ENV) == "in"


def test_types_of_dmn_1_1_have_prefixes() -> None:
    made = model(
        item("tLoan", "feel:number"),
        input_data("x", "own:tLoan"),
        decision("y", literal("x"), "input:x", type_ref="feel:number"),
        space=SPACES[1],
        attributes='xmlns:feel="http://www.omg.org/spec/FEEL/20140401" xmlns:own="urn:test"',
    )
    assert value(made, "y", x=5) == 5


def test_a_diagram_of_camunda_7_is_read_as_it_is() -> None:
    season = (
        '<decision id="season" name="Season" camunda:historyTimeToLive="P30D"><decisionTable hitPolicy="UNIQUE">'
        '<input camunda:inputVariable="degrees"><inputExpression typeRef="integer"><text>temperature</text>'
        '</inputExpression></input><output name="season" typeRef="string"/>'
        '<rule><inputEntry expressionLanguage="feel"><text>degrees &gt; 20</text></inputEntry>'
        '<outputEntry><text>"summer"</text></outputEntry></rule>'
        '<rule><inputEntry><text>&lt;= 20</text></inputEntry><outputEntry><text>"winter"</text></outputEntry></rule>'
        "</decisionTable></decision>"
    )
    dish = decision("dish", literal('if season = "summer" then "salad" else "stew"'), "season")
    made = model(season, dish, space=SPACES[1])
    assert decision_of(made, "dish").decide({"temperature": 30}, ENV) == "salad"
    assert decision_of(made, "dish").decide({"temperature": 5}, ENV) == "stew"


JUEL = (
    '<decision id="y"><decisionTable hitPolicy="FIRST"><input><inputExpression expressionLanguage="{first}">'
    '<text>${{amount * 2}}</text></inputExpression></input><output name="o"/><rule>'
    '<inputEntry expressionLanguage="{test}"><text>&gt; 10</text></inputEntry>'
    '<outputEntry expressionLanguage="{last}"><text>amount == 6 &amp;&amp; true</text></outputEntry>'
    "</rule></decisionTable></decision>"
)


def test_cells_of_camunda_7_may_be_in_its_expression_language() -> None:
    made = model(JUEL.format(first="juel", test="feel", last="juel"), space=SPACES[1])
    assert decision_of(made, "y").decide({"amount": 6}, ENV) is True


@pytest.mark.parametrize(
    "languages",
    [
        {"first": "javascript", "test": "feel", "last": "juel"},
        {"first": "juel", "test": "juel", "last": "juel"},
        {"first": "juel", "test": "feel", "last": "groovy"},
    ],
)
def test_a_cell_in_another_language_is_refused_and_not_read_as_feel(languages: dict[str, str]) -> None:
    (problem,) = problems_of(JUEL.format(**languages))
    assert problem.key == "dmn.language"


def test_a_case_cannot_keep_a_function() -> None:
    made = model(decision("y", literal("[{f: function(x) x}]")))
    with pytest.raises(DecisionError, match="function"):
        decision_of(made, "y").decide({}, ENV)


def test_expressions_of_camunda_7_in_dollar_braces_are_compiled_not_evaluated() -> None:
    logic = (
        '<literalExpression expressionLanguage="juel"><text>${amount &gt; 5 &amp;&amp; true}</text></literalExpression>'
    )
    assert decision_of(model(decision("y", logic)), "y").decide({"amount": 6}, ENV) is True
    (problem,) = problems_of(decision("y", literal("${().getClass()}")))
    assert problem.key == "expression.syntax"
