"""Collect every reason why a diagram cannot be deployed."""

from engine.bpmn import xml
from engine.feel import Expression, compile_expression, compile_template
from engine.xml import problems


class Problems(problems.Problems):
    """Problems of one diagram, met while its attributes are compiled."""

    def expression(self, text: str | None, node: xml.Node) -> Expression | None:
        """FEEL, with or without `=`; None when there is no text or it does not compile."""
        if text is None or not text.strip():
            return None
        return self.compiled(compile_expression, feel_of(text), node)

    def template(self, text: str | None, node: xml.Node) -> Expression | None:
        """Literal text unless it starts with `=` or holds `${...}`."""
        if text is None or not text.strip():
            return None
        return self.compiled(compile_template, text.strip(), node)


def feel_of(text: str) -> str:
    """The FEEL text of a condition: without the leading `=` or the `${...}` around it."""
    text = text.strip()
    if text.startswith("${") and text.endswith("}"):
        return text[2:-1].strip()
    return text[1:].strip() if text.startswith("=") else text
