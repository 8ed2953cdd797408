"""Only the unit of work opens and ends transactions: one step, one transaction (CONTRIBUTING.md)."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "web", "workflows", "rongcuo")
STORE = ROOT / "engine" / "store"
OWNER = STORE / "unit_of_work.py"
ENDING = {"commit", "rollback"}
# Elsewhere `begin` may be a word of the process: no other room holds a connection.
OPENING = {"begin", "begin_nested", "begin_twophase"}
# Tables are made before there is a unit of work: the schema is migrated in a transaction of its own.
SCHEMA = STORE / "database.py"
STATEMENT = re.compile(
    r"\s*(?:COMMIT|ROLLBACK|END TRANSACTION)(?:\s*;?\s*$|\s+(?:TRANSACTION|WORK|TO|AND)\b)", re.IGNORECASE
)


def transaction_lines(source: str, attributes: set[str] = ENDING | OPENING) -> list[int]:
    """Lines that call a method which opens or ends a transaction, or hold such a statement of SQL."""
    return sorted(
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in attributes)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value))
    )


def test_transactions_are_opened_and_ended_in_one_module() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path not in {OWNER, SCHEMA} and "node_modules" not in path.parts
        for line in transaction_lines(
            path.read_text(encoding="utf-8"), ENDING | OPENING if STORE in path.parents else ENDING
        )
    ]

    assert offenders == []


def test_the_unit_of_work_is_that_module() -> None:
    assert len(transaction_lines(OWNER.read_text(encoding="utf-8"))) == 1


def test_the_schema_is_migrated_in_one_transaction() -> None:
    assert len(transaction_lines(SCHEMA.read_text(encoding="utf-8"))) <= 1


def test_every_way_to_end_a_transaction_is_seen() -> None:
    source = 'session.commit()\nwith c.begin():\n    c.execute("rollback to savepoint a")\n"recommitted"\n'

    assert transaction_lines(source) == [1, 2, 3]
