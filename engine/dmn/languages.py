"""The languages that texts of a .dmn file are written in: FEEL, and what Camunda 7 writes as `${...}`."""

from collections.abc import Collection

from engine.feel import Expression, compile_expression, compile_template
from engine.feel.brackets import Types
from engine.xml import document as xml
from engine.xml.problems import Problems

FEEL, JUEL = "feel", "juel"


def text_of(node: xml.Node | None) -> str:
    """The text of a cell or expression; it stands in a `text` element."""
    return "" if node is None else xml.text(xml.first(node, "text"))


def language_of(node: xml.Node | None, otherwise: str) -> str:
    """FEEL, JUEL or the name of another language."""
    named = "" if node is None else xml.attribute(node, "expressionLanguage") or ""
    written = (named or otherwise).rstrip("/").lower()
    return FEEL if not written or "feel" in written else written


def written(node: xml.Node | None, otherwise: str) -> str:
    """The text of an expression, in JUEL with the braces that it may leave out."""
    text = text_of(node)
    if not text or language_of(node, otherwise) != JUEL or text.startswith(("${", "#{")):
        return text
    return f"${{{text}}}"


def compile_written(text: str, names: Collection[str], types: Types) -> Expression:
    """Raises FeelSyntaxError."""
    if text.startswith(("${", "#{")) and text.endswith("}"):
        return compile_template(text, names)
    return compile_expression(text, names, types)


def is_run(node: xml.Node | None, otherwise: str, problems: Problems, *, known: Collection[str] = (FEEL, JUEL)) -> bool:
    """Whether the text is in a language that runs here; another one is a problem."""
    language = language_of(node, otherwise)
    if node is None or not text_of(node) or language in known:
        return True
    problems.error(
        "dmn.language",
        f"不执行 '{language}' 语言的表达式。 Expressions in '{language}' are not run.",
        node,
        hint="改写为 FEEL。 Write it in FEEL.",
    )
    return False
