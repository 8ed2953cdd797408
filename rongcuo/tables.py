"""Lay rows out as text for a terminal, where a Chinese sign is as wide as two letters."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as their widest cell, two spaces apart; only the head for no rows."""
    cells = [[*head], *([str(cell) for cell in row] for row in rows)]
    wide = [max(width(row[column]) for row in cells) for column in range(len(head))]
    lines = ["  ".join(cell + " " * (wide[at] - width(cell)) for at, cell in enumerate(row)).rstrip() for row in cells]
    return "\n".join([lines[0], "  ".join("-" * size for size in wide), *lines[1:]])
