"""Compile boxed expressions: literals, tables, contexts, lists, relations, invocations, functions, loops."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from engine.dmn import languages, running
from engine.dmn.evaluation import evaluation_of, fitted
from engine.dmn.languages import compile_written
from engine.dmn.names import Names
from engine.dmn.nodes import Variable, function
from engine.dmn.reading_tables import read_table
from engine.dmn.reading_types import FileTypes
from engine.dmn.types import ANY, Type, words
from engine.feel import iteration
from engine.feel.brackets import Types
from engine.feel.scope import Evaluate, Scope
from engine.feel.values import Value
from engine.xml import document as xml
from engine.xml.problems import Problems

BOXES = frozenset(
    {
        "literalExpression",
        "decisionTable",
        "context",
        "list",
        "relation",
        "invocation",
        "functionDefinition",
        "conditional",
        "for",
        "some",
        "every",
        "filter",
    }
)


@dataclass(kw_only=True)
class Boxes:
    """Compiles the logic of one node; what does not compile becomes a problem and no logic.

    `types`: what a typeRef means, and the types that FEEL may name; `default_language`: of literal expressions that
    name none.
    """

    problems: Problems
    types: FileTypes
    default_language: str = ""

    @cached_property
    def _named(self) -> Types:
        return self.types.named()

    def inside(self, parent: xml.Node, names: frozenset[str]) -> Evaluate | None:
        """The expression below `parent`, or None when there is none or it does not compile."""
        node = next((child for child in parent if xml.tag(child) in BOXES), None)
        return None if node is None else self.box(node, names)

    def box(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        logic = _COMPILERS[xml.tag(node)](self, node, names)
        wanted = self.types(xml.attribute(node, "typeRef"), node)
        if logic is None or wanted is ANY or xml.tag(node) in ("decisionTable", "functionDefinition"):
            return logic
        what = xml.attribute(node, "label") or xml.tag(node)
        return lambda scope: fitted(logic(scope), wanted, evaluation_of(scope), what)

    def required(self, parent: xml.Node | None, names: frozenset[str], node: xml.Node, what: str) -> Evaluate | None:
        logic = None if parent is None else self.inside(parent, names)
        if parent is None or (logic is None and not any(xml.tag(child) in BOXES for child in parent)):
            self.problems.error("dmn.missing", f"缺少 {what}。 '{what}' is missing.", node)
        return logic

    def literal(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        text = languages.written(node, self.default_language)
        if not text or not languages.is_run(node, self.default_language, self.problems):
            return None
        expression = self.problems.compiled(lambda each: compile_written(each, names, self._named), text, node)
        return None if expression is None else expression.evaluate

    def table(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        table = read_table(node, names, self.types, self._named, self.default_language, self.problems)
        return None if table is None else running.decided(table)

    def context(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        """Entries see those before them; an entry without a name is the result."""
        entries: list[tuple[str, Evaluate | None, Type]] = []
        for entry in xml.every(node, "contextEntry"):
            variable = xml.first(entry, "variable")
            name = "" if variable is None else xml.attribute(variable, "name") or ""
            type_ = ANY if variable is None else self.types(xml.attribute(variable, "typeRef"), entry)
            box = next((each for each in entry if xml.tag(each) in BOXES), None)
            own = names | {name} if name and box is not None and xml.tag(box) == "functionDefinition" else names
            entries.append((name, None if box is None else self.box(box, own), type_))
            names = names | {name, *words(type_)} if name else names

        def context(scope: Scope) -> Value:
            evaluation = evaluation_of(scope)
            found: dict[str, Value] = {}
            inner = Scope(Names(found, scope.values), None, evaluation)
            for name, logic, type_ in entries:
                value = None if logic is None else fitted(logic(inner), type_, evaluation, name)
                if not name:
                    return value
                found[name] = value
            return found

        return context

    def sequence(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        items = [self.box(item, names) for item in node if xml.tag(item) in BOXES]
        return lambda scope: [None if item is None else item(scope) for item in items]

    def relation(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        columns = [xml.attribute(column, "name") or "" for column in xml.every(node, "column")]
        rows = [[self.box(cell, names) for cell in row if xml.tag(cell) in BOXES] for row in xml.every(node, "row")]
        if not all(columns) or any(len(row) != len(columns) for row in rows):
            self.problems.error(
                "dmn.relation", "关系的行与列不符。 The rows of the relation do not fit its columns.", node
            )
            return None
        return lambda scope: [
            {name: None if cell is None else cell(scope) for name, cell in zip(columns, row, strict=True)}
            for row in rows
        ]

    def invocation(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        called = self.required(node, names, node, "literalExpression")
        arguments: dict[str, Evaluate | None] = {}
        for binding in xml.every(node, "binding"):
            parameter = xml.first(binding, "parameter")
            name = "" if parameter is None else xml.attribute(parameter, "name") or ""
            arguments[name] = self.inside(binding, names)
        return None if called is None else running.invoked(called, arguments)

    def function_definition(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        if not self.runs(node):
            return None
        parameters = self.parameters(node)
        inner = names.union(*({each.name, *words(each.type)} for each in parameters))
        body = self.inside(node, inner)
        wanted = self.types(xml.attribute(node, "typeRef"), node).returned()
        return lambda scope: function("function", parameters, body, lambda _: scope.values, wanted)

    def runs(self, node: xml.Node) -> bool:
        """Whether a function is of the kind that runs here; other kinds are a problem."""
        kind = (xml.attribute(node, "kind") or "FEEL").upper()
        if kind in ("F", "FEEL"):
            return True
        self.problems.error(
            "dmn.function_kind",
            f"不执行 {kind} 函数。 Functions of kind {kind} are not run.",
            node,
            hint="用 FEEL 写函数体。 Write the body in FEEL.",
        )
        return False

    def parameters(self, node: xml.Node) -> tuple[Variable, ...]:
        return tuple(
            Variable(name=xml.attribute(each, "name") or "", type=self.types(xml.attribute(each, "typeRef"), each))
            for each in xml.every(node, "formalParameter")
        )

    def conditional(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        test, then, otherwise = (
            self.required(xml.first(node, tag), names, node, tag) for tag in ("if", "then", "else")
        )

        def conditional(scope: Scope) -> Value:
            answer = None if test is None else test(scope)
            if answer is not None and not isinstance(answer, bool):
                return None
            chosen = then if answer else otherwise
            return None if chosen is None else chosen(scope)

        return conditional

    def loop(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        domain, body = self._iteration(node, names | {"partial"}, "return")
        return None if domain is None or body is None else iteration.mapped([domain], body, running.TURN, partial=True)

    def quantified(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        domain, body = self._iteration(node, names, "satisfies")
        if domain is None or body is None:
            return None
        answers = iteration.mapped([domain], body, running.TURN, partial=False)
        return running.quantified(answers, wanted=xml.tag(node) == "some")

    def _iteration(
        self, node: xml.Node, names: frozenset[str], body: str
    ) -> tuple[iteration.Domain | None, Evaluate | None]:
        name = xml.attribute(node, "iteratorVariable") or ""
        source = self.required(xml.first(node, "in"), names, node, "in")
        turn = self.required(xml.first(node, body), names | {name}, node, body)
        if not name:
            self.problems.error("dmn.missing", "循环没有变量。 The loop names no variable.", node)
        domain = None if source is None else iteration.Domain(name, source, None)
        return domain, None if turn is None else running.flat(turn)

    def filter(self, node: xml.Node, names: frozenset[str]) -> Evaluate | None:
        source = self.required(xml.first(node, "in"), names, node, "in")
        condition = self.required(xml.first(node, "match"), names | {"item"}, node, "match")
        if source is None or condition is None:
            return None
        return running.filtered(source, condition)


_COMPILERS: dict[str, Callable[[Boxes, xml.Node, frozenset[str]], Evaluate | None]] = {
    "literalExpression": Boxes.literal,
    "decisionTable": Boxes.table,
    "context": Boxes.context,
    "list": Boxes.sequence,
    "relation": Boxes.relation,
    "invocation": Boxes.invocation,
    "functionDefinition": Boxes.function_definition,
    "conditional": Boxes.conditional,
    "for": Boxes.loop,
    "some": Boxes.quantified,
    "every": Boxes.quantified,
    "filter": Boxes.filter,
}
