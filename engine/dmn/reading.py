"""Read .dmn files: decision tables and literal expressions with what they require; FEEL runs them."""

from collections.abc import Iterator, Mapping

from engine.dmn.decision import Decision
from engine.dmn.decision_table import DecisionTable, compile_decision_table
from engine.domain.rejection import Problem
from engine.feel import FeelError, compile_expression
from engine.xml import document as xml
from engine.xml.problems import Problems

_SPACE = "https://www.omg.org/spec/DMN/"
_OLD_SPACE = "http://www.omg.org/spec/DMN/"


def read_decisions(root: xml.Node, problems: Problems) -> list[Decision]:
    """The decisions of a file."""
    if not xml.namespace(root).startswith((_SPACE, _OLD_SPACE)) or xml.tag(root) != "definitions":
        problems.error("dmn.root", "文件不是 DMN 决策。 Not a DMN file.", root)
        return []
    found = []
    for node in _all(root, "decision"):
        decision = _decision(node, problems)
        if decision is not None:
            found.append(decision)
    if not found and not problems.found:
        problems.error("dmn.empty", "文件里没有决策。 The file holds no decision.", root)
    return found


def connect(decisions: Mapping[str, Decision]) -> list[Problem]:
    """Give each decision those that it requires; unknown ones and circles are problems."""
    found = []
    for decision in decisions.values():
        for name in decision.required_ids:
            if name in decisions:
                decision.requires.append(decisions[name])
            else:
                found.append(_problem(decision, "unknown.decision", f"决策 '{name}' 不存在。 Unknown decision."))
    for decision in decisions.values():
        if _in_circle(decision):
            found.append(_problem(decision, "dmn.circle", "决策相互依赖成环。 The decision requires itself."))
    return found


def _decision(node: xml.Node, problems: Problems) -> Decision | None:
    decision_id = node.get("id") or ""
    if not decision_id:
        problems.error("bpmn.no_id", "决策没有 id。 The decision has no id.", node)
        return None
    required = [
        (reference.get("href") or "").lstrip("#")
        for requirement in _all(node, "informationRequirement")
        for reference in _all(requirement, "requiredDecision")
    ]
    table, literal = _one(node, "decisionTable"), _one(node, "literalExpression")
    decision = Decision(id=decision_id, name=node.get("name") or decision_id, file=problems.file, required_ids=required)
    if table is not None:
        decision.table = _table(table, node, problems)
    elif literal is not None:
        decision.literal = problems.compiled(compile_expression, _text(literal), node)
    else:
        problems.error("dmn.logic", "决策既不是决策表也不是表达式。 The decision has no logic.", node)
    return decision


def _table(table: xml.Node, node: xml.Node, problems: Problems) -> DecisionTable | None:
    try:
        return compile_decision_table(
            hit_policy=table.get("hitPolicy") or "UNIQUE",
            aggregation=table.get("aggregation") or "",
            inputs=[_input(column) for column in _all(table, "input")],
            outputs=[_output(column) for column in _all(table, "output")],
            rules=[
                (
                    [_text(cell) or "-" for cell in _all(rule, "inputEntry")],
                    [_text(cell) for cell in _all(rule, "outputEntry")],
                )
                for rule in _all(table, "rule")
            ],
        )
    except FeelError as error:
        problems.error("expression.syntax", f"决策表无法编译: {error}。 The table does not compile.", node)
    except ValueError as error:
        problems.error("dmn.table", f"决策表不成立: {error}。 The table is not valid.", node)
    return None


def _input(column: xml.Node) -> dict[str, str]:
    expression = _text(_one(column, "inputExpression"))
    return {
        "expression": expression,
        "label": column.get("label") or expression,
        "values": _text(_one(column, "inputValues")),
    }


def _output(column: xml.Node) -> dict[str, str]:
    return {
        "name": column.get("name") or "",
        "values": _text(_one(column, "outputValues")),
        "default": _text(_one(column, "defaultOutputEntry")),
    }


def _all(node: xml.Node, tag: str) -> list[xml.Node]:
    return [child for child in node if xml.tag(child) == tag]


def _one(node: xml.Node, tag: str) -> xml.Node | None:
    return next(iter(_all(node, tag)), None)


def _text(node: xml.Node | None) -> str:
    """The text of a cell or expression; it stands in a `text` element."""
    return "" if node is None else xml.text(_one(node, "text"))


def _in_circle(decision: Decision) -> bool:
    return any(reached is decision for reached in _requirements(decision))


def _requirements(decision: Decision) -> Iterator[Decision]:
    seen: set[str] = set()
    stack = list(decision.requires)
    while stack:
        reached = stack.pop()
        if reached.id not in seen:
            seen.add(reached.id)
            yield reached
            stack.extend(reached.requires)


def _problem(decision: Decision, key: str, message: str) -> Problem:
    return Problem(file=decision.file, key=key, message=message, element_id=decision.id, element_name=decision.name)
