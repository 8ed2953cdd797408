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
    """Camunda 7 writes `#{x}` for `${x}`."""
    text = text.strip()
    return text if text.startswith("=") else text.replace("#{", "${")
