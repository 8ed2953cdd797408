"""Collect every reason why a file cannot be deployed."""

from collections.abc import Callable
from typing import TypeVar

from engine.domain.rejection import Problem
from engine.feel import FeelSyntaxError
from engine.xml import document

T = TypeVar("T")


class Problems:
    """Problems of one file; elements are named so that the editor can point at them.

    `owners`: tags of elements that people know; what is inside them is told as theirs.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []
        self.owners: frozenset[str] = frozenset()

    def error(self, key: str, message: str, node: document.Node | None = None, *, hint: str | None = None) -> None:
        self._add(key, message, node, hint, "error")

    def warning(self, key: str, message: str, node: document.Node | None = None, *, hint: str | None = None) -> None:
        self._add(key, message, node, hint, "warning")

    def compiled(self, compile_: Callable[[str], T], text: str, node: document.Node) -> T | None:
        try:
            return compile_(text)
        except FeelSyntaxError as error:
            self.error(
                "expression.syntax",
                f"表达式无法编译: {text[:120]} —— {error}。 The expression does not compile.",
                node,
                hint="检查拼写和括号。 Check spelling and brackets.",
            )
            return None

    def _add(self, key: str, message: str, node: document.Node | None, hint: str | None, severity: str) -> None:
        named = self._owner(node)
        self.found.append(
            Problem(
                file=self.file,
                key=key,
                message=message,
                element_id=None if named is None else document.attribute(named, "id"),
                element_name=None if named is None else document.attribute(named, "name"),
                hint=hint,
                line=None if node is None else document.line(node),
                severity=severity,
            )
        )

    def _owner(self, node: document.Node | None) -> document.Node | None:
        """The element itself or the nearest around it that has an id, but its owner where there is one."""
        nearest = None
        while node is not None:
            if node.get("id") is not None:
                nearest = node if nearest is None else nearest
                if document.tag(node) in self.owners:
                    return node
            node = node.getparent()
        return nearest
