"""Every table, in one catalogue."""

from engine.store import case_tables, office_tables
from engine.store.schema import metadata

__all__ = ["case_tables", "metadata", "office_tables"]
