"""Collect every reason why a set of files cannot be deployed."""

from collections.abc import Callable
from typing import TypeVar

from engine.bpmn import xml
from engine.domain.rejection import Problem
from engine.feel import Expression, FeelSyntaxError, compile_expression, compile_template

T = TypeVar("T")


class Problems:
    """Problems of one file; elements are named so that the editor can point at them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def error(self, key: str, message: str, node: xml.Node | None = None, *, hint: str | None = None) -> None:
        self._add(key, message, node, hint, "error")

    def warning(self, key: str, message: str, node: xml.Node | None = None, *, hint: str | None = None) -> None:
        self._add(key, message, node, hint, "warning")

    def expression(self, text: str | None, node: xml.Node) -> Expression | None:
        """FEEL, with or without `=`; None when there is no text or it does not compile."""
        if text is None or not text.strip():
            return None
        text = _one_syntax(text)
        if text.startswith("${"):
            return self.compiled(compile_template, text, node)
        return self.compiled(compile_expression, text.removeprefix("=").strip(), node)

    def template(self, text: str | None, node: xml.Node) -> Expression | None:
        """Literal text unless it starts with `=` or holds `${...}`."""
        if text is None or not text.strip():
            return None
        return self.compiled(compile_template, _one_syntax(text), node)

    def compiled(self, compile_: Callable[[str], T], text: str, node: xml.Node) -> T | None:
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

    def _add(self, key: str, message: str, node: xml.Node | None, hint: str | None, severity: str) -> None:
        named = node
        while named is not None and named.get("id") is None:
            named = named.getparent()
        self.found.append(
            Problem(
                file=self.file,
                key=key,
                message=message,
                element_id=None if named is None else xml.attribute(named, "id"),
                element_name=None if named is None else xml.attribute(named, "name"),
                hint=hint,
                line=None if node is None else xml.line(node),
                severity=severity,
            )
        )


def _one_syntax(text: str) -> str:
    """Camunda 7 writes `#{x}` for `${x}`."""
    text = text.strip()
    return text if text.startswith("=") else text.replace("#{", "${")
