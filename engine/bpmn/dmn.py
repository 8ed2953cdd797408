"""Read .dmn files: decision tables and literal expressions with what they require; FEEL runs them."""

from collections.abc import Iterator, Mapping

from engine.bpmn import xml
from engine.bpmn.decisions import Decision
from engine.bpmn.problems import Problems
from engine.domain.rejection import Problem
from engine.feel import FeelError, compile_expression
from engine.feel.decision_table import DecisionTable

_SPACE = "https://www.omg.org/spec/DMN/"
_OLD_SPACE = "http://www.omg.org/spec/DMN/"
HIT_POLICIES = frozenset(
    {"UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"}
)
_AGGREGATIONS = frozenset({"SUM", "MIN", "MAX", "COUNT"})


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
    policy = (table.get("hitPolicy") or "UNIQUE").upper()
    aggregation = table.get("aggregation")
    if policy not in HIT_POLICIES or (aggregation is not None and aggregation.upper() not in _AGGREGATIONS):
        problems.error("dmn.hit_policy", f"未知的命中策略 {policy} {aggregation or ''}。 Unknown hit policy.", node)
        return None
    inputs, outputs = _all(table, "input"), _all(table, "output")
    rules = []
    for rule in _all(table, "rule"):
        conditions = [_text(entry) or "-" for entry in _all(rule, "inputEntry")]
        results = [_text(entry) for entry in _all(rule, "outputEntry")]
        if len(conditions) != len(inputs) or len(results) != len(outputs):
            problems.error("dmn.rule", "规则的列数不对。 A rule has the wrong number of cells.", rule)
            return None
        rules.append((conditions, results))
    try:
        return DecisionTable(
            hit_policy=policy,
            aggregation=aggregation.upper() if aggregation else None,
            inputs=[_text(_one(column, "inputExpression")) for column in inputs],
            outputs=[column.get("name") or "" for column in outputs],
            rules=rules,
            output_values=[_text(_one(column, "outputValues")) or None for column in outputs],
        )
    except FeelError as error:
        problems.error("expression.syntax", f"决策表无法编译: {error}。 The table does not compile.", node)
        return None


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
    return Problem(
        file=decision.file, key=key, message=message, element_id=decision.id, element_name=decision.name
    )
