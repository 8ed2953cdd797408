"""Who acts: a person with the groups of his posts on this day."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """`groups`: candidate groups held now. `permissions`: design, supervise, administer, start, serve.

    A program that serves works on external tasks.
    """

    person_id: str
    name: str
    groups: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        return permission in self.permissions


SYSTEM = Actor(person_id="system", name="系统", permissions=frozenset({"supervise"}))
