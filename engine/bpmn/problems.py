"""Collect every reason why a diagram cannot be deployed."""

from collections.abc import Callable
from typing import Any, TypeVar

from engine.bpmn import xml
from engine.feel import Expression, compile_expression, compile_template
from engine.xml import problems

T = TypeVar("T")
# What expressions of Camunda 7 ask the running case by, and its name here.
_OF_THE_CASE = {
    "execution.processBusinessKey": "case.number",
    "execution.businessKey": "case.number",
    "execution.processInstanceId": "case.id",
}


class Problems(problems.Problems):
    """Problems of one diagram, met while its attributes are compiled. `used`: what was compiled, and where."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.used: list[tuple[Any, xml.Node]] = []

    def compiled(self, compile_: Callable[[str], T], text: str, node: xml.Node) -> T | None:
        found = super().compiled(compile_, text, node)
        if found is not None:
            self.used.append((found, node))
        return found

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


def _one_syntax(text: str) -> str:
    """Camunda 7 writes `#{x}` for `${x}`, and asks its own object for the case."""
    text = text.strip()
    if text.startswith("=") or "{" not in text:
        return text
    text = text.replace("#{", "${")
    for asked, name in _OF_THE_CASE.items():
        text = text.replace(asked, name)
    return text
