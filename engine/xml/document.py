"""Parse XML that strangers wrote: no entities, no network, no DOCTYPE, bounded depth and size."""

from lxml import etree

from engine.domain.rejection import Problem

XSI = "http://www.w3.org/2001/XMLSchema-instance"
MOST_NODES = 50_000
MOST_DEPTH = 100
MOST_BYTES = 10_000_000

Node = etree._Element


class Refused(Exception):
    """The bytes are no acceptable XML document; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def parse(content: bytes, *, file: str) -> Node:
    """The root element. Raises Refused."""
    if len(content) > MOST_BYTES:
        raise Refused(
            Problem(file=file, key="xml.size", message=f"文件超过 {MOST_BYTES} 字节。 The file is too large.")
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise Refused(
            Problem(file=file, key="xml.syntax", message=f"文件不是有效的 XML。 Not XML: {error}", line=line)
        ) from error
    if str(getattr(root.getroottree().docinfo, "doctype", "")):
        raise Refused(
            Problem(
                file=file,
                key="xml.doctype",
                message="不允许 DOCTYPE 声明。 A DOCTYPE is not allowed.",
                hint="删除 <!DOCTYPE ...>。 Remove it.",
            )
        )
    _check_size(root, file)
    return root


def _check_size(root: Node, file: str) -> None:
    count = 0
    stack = [(root, 1)]
    while stack:
        node, depth = stack.pop()
        count += 1
        if depth > MOST_DEPTH:
            raise Refused(
                Problem(
                    file=file,
                    key="xml.depth",
                    message=f"嵌套超过 {MOST_DEPTH} 层。 Nested too deeply.",
                    line=line(node),
                )
            )
        if count > MOST_NODES:
            raise Refused(Problem(file=file, key="xml.size", message=f"超过 {MOST_NODES} 个节点。 Too many nodes."))
        stack.extend((child, depth + 1) for child in node)


def tag(node: Node) -> str:
    """Local name of the element."""
    return etree.QName(node).localname


def namespace(node: Node) -> str:
    return etree.QName(node).namespace or ""


def first(node: Node, name: str) -> Node | None:
    """The first child of that local name, in whichever namespace."""
    return next((child for child in node if tag(child) == name), None)


def every(node: Node, name: str) -> list[Node]:
    """The children of that local name, in whichever namespace."""
    return [child for child in node if tag(child) == name]


def line(node: Node) -> int | None:
    return getattr(node, "sourceline", None)


def text(node: Node | None) -> str:
    return "" if node is None else "".join(str(part) for part in node.itertext()).strip()


def attribute(node: Node, name: str) -> str | None:
    value = node.get(name)
    return None if value is None else str(value)


def names(value: str | None) -> tuple[str, ...]:
    """A comma list."""
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def flag(value: str | None, *, otherwise: bool = False) -> bool:
    return otherwise if value is None else value.strip().lower() in {"true", "1"}
