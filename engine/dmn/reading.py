"""Read .dmn files of DMN 1.1 to 1.5 into models: make the nodes, link what they require, compile their logic."""

from collections.abc import Iterator, Mapping, Sequence

from engine.dmn.boxed import BOXES, Boxes
from engine.dmn.model import Model
from engine.dmn.nodes import Decision, InputData, Knowledge, Node, Requirement, Service
from engine.dmn.reading_types import FileTypes
from engine.dmn.types import words
from engine.xml import document as xml
from engine.xml.problems import Problems

_SPACES = ("https://www.omg.org/spec/DMN/", "http://www.omg.org/spec/DMN/")
_NODES = ("inputData", "decision", "businessKnowledgeModel", "decisionService")


def read_models(sources: Sequence[tuple[xml.Node, Problems]]) -> list[Model]:
    """The models of a set of files, which may import each other; each file's problems go to its own list.

    What could not be compiled stays in the model without logic and decides null.
    """
    files = [_File(root, problems) for root, problems in sources if _is_dmn(root, problems)]
    by_namespace = {file.namespace: file for file in files}
    for file in files:
        file.types.link(lambda namespace: by_namespace[namespace].types if namespace in by_namespace else None)
    for file in files:
        file.make_nodes()
    for file in files:
        file.link(by_namespace)
    for file in files:
        file.refuse_circles()
        file.compile()
    return [Model(file=each.file, name=each.name, namespace=each.namespace, nodes=each.nodes) for each in files]


def _is_dmn(root: xml.Node, problems: Problems) -> bool:
    if xml.namespace(root).startswith(_SPACES) and xml.tag(root) == "definitions":
        return True
    problems.error("dmn.root", "文件不是 DMN 决策。 Not a DMN file.", root)
    return False


class _File:
    """One file on its way to a model."""

    def __init__(self, root: xml.Node, problems: Problems) -> None:
        problems.owners = frozenset({*_NODES, "itemDefinition"})
        self.file = problems.file
        self.name = xml.attribute(root, "name") or ""
        self.namespace = xml.attribute(root, "namespace") or problems.file
        self.nodes: dict[str, Node] = {}
        self._root = root
        self._problems = problems
        self._imports = [
            (xml.attribute(each, "name") or "", xml.attribute(each, "namespace") or "")
            for each in xml.every(root, "import")
        ]
        self.types = FileTypes(root, self._imports, problems)
        self._elements: dict[str, xml.Node] = {}
        language = xml.attribute(root, "expressionLanguage") or ""
        self._boxes = Boxes(problems=problems, types=self.types, default_language=language)

    def make_nodes(self) -> None:
        for tag in _NODES:
            for element in xml.every(self._root, tag):
                self._make(tag, element)
        if not self.nodes and not self._problems.found and not xml.every(self._root, "itemDefinition"):
            self._problems.error("dmn.empty", "文件里没有决策。 The file holds no decision.", self._root)

    def _make(self, tag: str, element: xml.Node) -> None:
        variable = xml.first(element, "variable")
        name = xml.attribute(element, "name") or ""
        if variable is not None:
            name = xml.attribute(variable, "name") or name
        node_id = xml.attribute(element, "id") or name
        if not node_id:
            self._problems.error("dmn.name", "元素既没有 id 也没有名称。 The element has neither id nor name.", element)
        if node_id in self.nodes:
            self._problems.error("dmn.same_id", f"'{node_id}' 重复。 The id '{node_id}' exists twice.", element)
            return
        type_ = self.types(None if variable is None else xml.attribute(variable, "typeRef"), element)
        name = name or node_id
        self._elements[node_id] = element
        if tag == "inputData":
            self.nodes[node_id] = InputData(id=node_id, name=name, type=type_)
        elif tag == "decision":
            self.nodes[node_id] = Decision(id=node_id, name=name, file=self.file, type=type_)
        elif tag == "decisionService":
            self.nodes[node_id] = Service(id=node_id, name=name, file=self.file, type=type_)
        else:
            self.nodes[node_id] = Knowledge(id=node_id, name=name, type=type_)

    def link(self, files: Mapping[str, "_File"]) -> None:
        for node_id, node in self.nodes.items():
            element = self._elements[node_id]
            if isinstance(node, Decision | Knowledge):
                for tag in ("informationRequirement", "knowledgeRequirement"):
                    for each in xml.every(element, tag):
                        node.requirements.extend(self._required(each, files))
            elif isinstance(node, Service):
                node.input_data.extend(self._referred(element, "inputData", files))
                node.input_decisions.extend(self._referred(element, "inputDecision", files))
                node.output_decisions.extend(self._referred(element, "outputDecision", files))

    def _required(self, element: xml.Node, files: Mapping[str, "_File"]) -> Iterator[Requirement]:
        for tag in ("requiredDecision", "requiredInput", "requiredKnowledge"):
            yield from self._referred(element, tag, files)

    def _referred(self, element: xml.Node, tag: str, files: Mapping[str, "_File"]) -> Iterator[Requirement]:
        for reference in xml.every(element, tag):
            href = xml.attribute(reference, "href") or ""
            namespace, _, node_id = href.rpartition("#")
            other = self if namespace in ("", self.namespace) else files.get(namespace)
            prefix = next((name for name, imported in self._imports if imported == namespace), None)
            if other is self:
                prefix = ""
            if other is None or prefix is None or node_id not in other.nodes:
                self._problems.error(
                    "unknown.decision",
                    f"所需的 '{href}' 不存在。 What is required does not exist: '{href}'.",
                    element,
                    hint="检查 href 和 import。 Check the href and the imports.",
                )
            else:
                yield Requirement(node=other.nodes[node_id], prefix=prefix)

    def refuse_circles(self) -> None:
        """Decisions that require each other; every circle is told once, beginning at its first decision."""
        done: set[int] = set()
        for node in self.nodes.values():
            if isinstance(node, Decision) and id(node) not in done:
                for circle in _circles(node, done):
                    path = " → ".join(each.name for each in (*circle, circle[0]))
                    self._problems.error(
                        "dmn.circle",
                        f"决策相互依赖成环: {path}。 The decisions require each other in a circle.",
                        self._elements.get(circle[0].id),
                    )

    def compile(self) -> None:
        for node_id, node in self.nodes.items():
            element = self._elements[node_id]
            if isinstance(node, Decision):
                self._compile_decision(node, element)
            elif isinstance(node, Knowledge):
                self._compile_knowledge(node, element)

    def _compile_decision(self, node: Decision, element: xml.Node) -> None:
        self._expect_logic(element, element)
        node.logic = self._boxes.inside(element, _names(node.requirements))
        table = xml.first(element, "decisionTable")
        if table is not None:
            node.outputs = tuple(
                column.get("name") or "" for column in xml.every(table, "output") if column.get("name")
            )

    def _compile_knowledge(self, node: Knowledge, element: xml.Node) -> None:
        logic = xml.first(element, "encapsulatedLogic")
        if logic is None or not self._boxes.runs(logic):
            self._expect_logic(logic, element)
            return
        self._expect_logic(logic, element)
        node.parameters = self._boxes.parameters(logic)
        names = {node.name, *_names(node.requirements)}
        for each in node.parameters:
            names |= {each.name, *words(each.type)}
        node.body = self._boxes.inside(logic, frozenset(names))

    def _expect_logic(self, parent: xml.Node | None, element: xml.Node) -> None:
        if parent is None or not any(xml.tag(child) in BOXES for child in parent):
            self._problems.error("dmn.logic", "决策没有可执行的逻辑。 The decision has no logic.", element)


def _names(requirements: list[Requirement]) -> frozenset[str]:
    """Names that the logic may use: of what it requires, and of entries of their types."""
    names: set[str] = set()
    for each in requirements:
        names |= {each.node.name, *words(each.node.type)} | ({each.prefix} if each.prefix else set())
    return frozenset(names)


def _circles(start: Decision, done: set[int]) -> Iterator[list[Decision]]:
    """Circles that can be reached, by a walk with a stack of its own: graphs may be deep."""
    path: list[Decision] = []
    on_path: set[int] = set()
    steps: list[Iterator[Requirement]] = []

    def enter(decision: Decision) -> None:
        done.add(id(decision))
        on_path.add(id(decision))
        path.append(decision)
        steps.append(iter(decision.requirements))

    enter(start)
    while path:
        required = next((each.node for each in steps[-1] if isinstance(each.node, Decision)), None)
        if required is None:
            on_path.remove(id(path.pop()))
            steps.pop()
        elif id(required) in on_path:
            yield path[next(place for place, each in enumerate(path) if each is required) :]
        elif id(required) not in done:
            enter(required)
