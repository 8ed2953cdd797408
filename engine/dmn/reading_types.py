"""Read item definitions: what the typeRefs of a file mean."""

from collections.abc import Callable, Sequence

from engine.dmn.languages import text_of
from engine.dmn.types import ANY, BUILT_IN, Shape, Type
from engine.feel import UnaryTests, compile_unary_tests
from engine.xml import document as xml
from engine.xml.problems import Problems


class FileTypes:
    """The types of one file. `imports`: the names that namespaces are imported under, with those."""

    def __init__(self, root: xml.Node, imports: Sequence[tuple[str, str]], problems: Problems) -> None:
        self._root = root
        self._imports = imports
        self._problems = problems
        self._found: Callable[[str], FileTypes | None] = lambda namespace: None
        self._nodes: dict[str, xml.Node] = {}
        for node in xml.every(root, "itemDefinition"):
            name = xml.attribute(node, "name") or ""
            if not name:
                problems.error("dmn.type_name", "类型没有名称。 The type has no name.", node)
            elif name in self._nodes:
                problems.error("dmn.same_type", f"类型 '{name}' 重复。 Type '{name}' exists twice.", node)
            self._nodes.setdefault(name, node)
        self._own = {name: Type(name=name) for name in self._nodes}

    def link(self, found: Callable[[str], "FileTypes | None"]) -> None:
        """Fill the types; `found` gives those of another file by its namespace."""
        self._found = found
        for name, node in self._nodes.items():
            self._fill(self._own[name], node)
            self._check_circle(self._own[name], node)

    def named(self) -> dict[str, Shape]:
        """What expressions of the file may call by name, as in `x instance of tLoan`."""
        known = dict(self._own)
        for prefix, namespace in self._imports:
            other = self._found(namespace)
            for name, type_ in () if other is None else other._own.items():
                known[f"{prefix}.{name}" if prefix else name] = type_
        return {name: Shape(type_) for name, type_ in known.items() if name and name not in BUILT_IN}

    def __call__(self, reference: str | None, node: xml.Node) -> Type:
        """The type that `node` names; one that does not exist is a problem, and anything then."""
        if reference is None or not reference.strip():
            return ANY
        found = self._resolved(reference.strip(), node)
        if found is None:
            self._problems.error(
                "dmn.type",
                f"类型 '{reference}' 不存在。 There is no type '{reference}'.",
                node,
                hint="用 FEEL 的类型或 itemDefinition 的名称。 Name a type of FEEL or an item definition.",
            )
        return found or ANY

    def _resolved(self, reference: str, node: xml.Node) -> Type | None:
        if reference in BUILT_IN or reference in self._own:
            return BUILT_IN.get(reference) or self._own[reference]
        if reference.endswith(">"):
            return self._generic(reference, node)
        if ":" in reference:
            prefix, _, name = reference.partition(":")
            return self._of_namespace(str(node.nsmap.get(prefix) or ""), name)
        for imported, namespace in self._imports:
            prefix = f"{imported}." if imported else ""
            if reference.startswith(prefix):
                found = self._of_namespace(namespace, reference.removeprefix(prefix))
                if found is not None:
                    return found
        return None

    def _generic(self, reference: str, node: xml.Node) -> Type | None:
        """`list<number>`; of the others only the kind is looked at."""
        name, _, inner = reference[:-1].partition("<")
        if name.strip() == "list":
            return Type(name=reference, kind="list", item=self(inner, node))
        return BUILT_IN.get(name.strip())

    def _of_namespace(self, namespace: str, name: str) -> Type | None:
        """Files of DMN 1.1 write `feel:string` and `own:tLoan`."""
        if namespace == self._root.get("namespace"):
            return self._own.get(name)
        other = self._found(namespace)
        return BUILT_IN.get(name) if other is None else other._own.get(name)

    def _fill(self, made: Type, node: xml.Node) -> None:
        reference, function = xml.text(xml.first(node, "typeRef")), xml.first(node, "functionItem")
        components = xml.every(node, "itemComponent")
        inner = Type(name=made.name) if xml.flag(node.get("isCollection")) else made
        if components:
            inner.kind = "context"
            inner.entries = {xml.attribute(each, "name") or "": self._component(each) for each in components}
        elif function is not None:
            inner.kind = "function"
            inner.result = self(xml.attribute(function, "outputTypeRef"), function)
        elif inner is made:
            inner.base = self(reference, node)
        else:
            inner = self(reference, node)
        if inner is not made:
            made.kind, made.item = "list", inner
        made.allowed = self._tests(node, "allowedValues")
        made.constraint = self._tests(node, "typeConstraint")

    def _component(self, node: xml.Node) -> Type:
        made = Type(name=xml.attribute(node, "name") or "")
        self._fill(made, node)
        return made

    def _tests(self, node: xml.Node, tag: str) -> UnaryTests | None:
        text = text_of(xml.first(node, tag))
        return self._problems.compiled(compile_unary_tests, text, node) if text else None

    def _check_circle(self, made: Type, node: xml.Node) -> None:
        each = made.base
        while each is not None and each is not made:
            each = each.base
        if each is made:
            made.base = None
            self._problems.error(
                "dmn.type_circle", f"类型 '{made.name}' 由自己定义。 Type '{made.name}' is defined by itself.", node
            )
