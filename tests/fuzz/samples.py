"""Good files to begin with."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

DIAGRAMS = [path.read_bytes() for path in sorted((ROOT / "diagrams").glob("*.bpmn"))]
DECISIONS = [path.read_bytes() for path in sorted((ROOT / "diagrams").glob("*.dmn"))]
FORMS = [path.read_bytes() for path in sorted((ROOT / "diagrams").glob("**/*.form"))]
EXPRESSIONS = [
    "if a > 1 and x in [1..5] then \"big\" else string(a)",
    "for i in items return i + 1",
    "some i in items satisfies i = \"x\"",
    "record.a.b + sum(items[item > 1])",
    "date(\"2026-01-31\") + duration(\"P1M\")",
    "@\"2026-01-01T10:00:00@Asia/Shanghai\" - @\"PT1H\"",
    "sort(items, function(a, b) a < b)[1]",
    "replace(text, \"(a)(b)\", \"$2$1\")",
    "{a: 1, b: function(n) if n = 0 then 1 else n * b(n - 1), c: b(5)}.c",
    "x between 1 and 5 or not(a instance of number)",
    "list replace(items, function(item, new) item = 1, 2)",
    "years and months duration(@\"2020-01-01\", @\"2026-01-01\")",
    "${record.a.b} of ${x}",
    "=text + \"x\"",
    "x = 1\ny = x + 1",
    "not(1, [2..3], > 5, \"x\")",
    "-",
]  # fmt: skip
SEEDS = {
    "diagram": DIAGRAMS,
    "decision": DECISIONS,
    "form": FORMS,
    "expression": [text.encode() for text in EXPRESSIONS],
    "unary_tests": [text.encode() for text in EXPRESSIONS],
}
