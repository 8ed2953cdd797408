"""The conformance table, made from the tests that carry `@pytest.mark.bpmn(element, verdict)`.

`python -m tests.conformance` writes docs/conformance.md; a test keeps the two together.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "conformance.md"
VERDICTS = {"runs": "runs · 执行", "refused": "refused · 拒绝部署"}
HEAD = """# What runs

Every element of BPMN 2.0 that can be executed, what becomes of it here, and the test that shows it. *Runs*: as the
standard says. *Refused*: the deployment is refused, with the element and the reason. Nothing that deploys silently does
nothing. This page is written by `python -m tests.conformance` from the tests; do not edit it.

可执行的 BPMN 2.0 元素一览：每行都有测试为证。“执行”指按标准运行；“拒绝部署”指部署时指出元素和理由。
"""

DATA = "Data, mappings and other vendors' files"
SECTIONS = {
    "Gateways and flows": ("gateway", "flow", "mplicit", "several"),
    "Events": ("event", "compensation", "escalation"),
    "Activities": ("task", "sub-process", "call activity", "transaction", "multi-instance", "loop", "ransaction"),
    DATA: (),
}
Marks = dict[tuple[str, str], list[str]]


def marks() -> Marks:
    """(element, verdict) to the tests that show it, as path::function."""
    found: Marks = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for mark in _marks_of(function):
                    found[mark].append(f"{name}::{function.name}")
    return found


def _marks_of(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for decorator in function.decorator_list:
        for node in ast.walk(decorator):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.bpmn":
                element, verdict = (ast.literal_eval(argument) for argument in node.args)
                yield element, verdict


def table() -> str:
    """The page: one row for each element, in four sections."""
    sections: dict[str, list[str]] = {name: [] for name in SECTIONS}
    for (element, verdict), tests in sorted(marks().items()):
        shown = ", ".join(f"[{_words(test)}](../{test.partition('::')[0]})" for test in sorted(set(tests)))
        sections[_section(element)].append(f"| {element} | {VERDICTS[verdict]} | {shown} |")
    parts = [HEAD]
    for name, rows in sections.items():
        parts.append(f"\n## {name}\n\n| element | verdict | shown by |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n")
    return "".join(parts)


def _section(element: str) -> str:
    kind = element.partition(":")[0]
    return next((name for name, words in SECTIONS.items() if any(word in kind for word in words)), DATA)


def _words(test: str) -> str:
    return test.partition("::")[2].removeprefix("test_").replace("_", " ")


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
