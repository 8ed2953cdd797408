"""The inbox of a person, tab by tab."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from engine.domain.actor import Actor
from engine.domain.identity import LARGEST
from engine.domain.views import InboxPage, InboxRow
from engine.services.runtime import Runtime
from engine.store import inbox, people
from engine.store.times import NO_DUE, due_from_ms, from_ms, optional_from_ms, to_ms
from engine.store.unit_of_work import UnitOfWork, read_only
from engine.store.user_tasks import principals

PAGE_SIZE = 30
SOON = timedelta(days=7)
TABS = ("mine", "groups", "overdue", "soon", "done")


def page(
    runtime: Runtime,
    actor: Actor,
    *,
    tab: str = "mine",
    query: str = "",
    process: str = "",
    after: str | None = None,
) -> InboxPage:
    """`overdue` and `soon` (seven days) hold what is mine and what my groups may claim. An unknown tab is `mine`."""
    now = runtime.clock.now()
    tab = tab if tab in TABS else "mine"
    with read_only(runtime.database) as uow:
        lists = _Lists(uow, actor, now, query=query.strip()[:80], process=process)
        rows = lists.rows(tab, _cursor(after, tab))
        counts = lists.counts()
        names = people.directory(uow) if rows else {}
    shown = rows[:PAGE_SIZE]
    more = len(rows) > PAGE_SIZE
    last = shown[-1] if shown else None
    moment = None if last is None else (last.ended_at if tab == "done" else last.due_at)
    return InboxPage(
        tab=tab,
        rows=[_row(row, now, names) for row in shown],
        counts=counts,
        after=f"{moment}.{last.id}" if more and last is not None else None,
    )


def count(runtime: Runtime, actor: Actor) -> int:
    """What waits for this person: held and claimable, at most 100."""
    with read_only(runtime.database) as uow:
        counts = _Lists(uow, actor, runtime.clock.now(), query="", process="").counts()
    return min(counts["mine"] + counts["groups"], inbox.COUNT_LIMIT)


class _Lists:
    def __init__(self, uow: UnitOfWork, actor: Actor, now: datetime, *, query: str, process: str) -> None:
        self._uow = uow
        self._person = actor.person_id
        self._principals = principals(actor.groups, actor.person_id)
        self._now = to_ms(now)
        self._soon = to_ms(now + SOON)
        self._filters: dict[str, Any] = {
            "query": query,
            "pattern": f"%{query}%",
            "process": process,
            "limit": PAGE_SIZE + 1,
        }

    def rows(self, tab: str, after: tuple[int, int]) -> Sequence[Any]:
        readers: dict[str, Callable[[], Sequence[Any]]] = {
            "mine": lambda: self._mine(NO_DUE + 1, after),
            "groups": lambda: self._offered(NO_DUE + 1, after),
            "overdue": lambda: self._both(self._now, after),
            "soon": lambda: self._both(self._soon, max(after, (self._now - 1, LARGEST))),
            "done": lambda: inbox.done(self._uow, person=self._person, after=after, **self._filters),
        }
        return readers[tab]()

    def counts(self) -> dict[str, int]:
        mine, groups, overdue, soon = (
            self._count_mine(NO_DUE + 1),
            self._count_offered(NO_DUE + 1),
            self._count_mine(self._now) + self._count_offered(self._now),
            self._count_mine(self._soon) + self._count_offered(self._soon),
        )
        return {"mine": mine, "groups": groups, "overdue": overdue, "soon": max(0, soon - overdue)}

    def _both(self, until: int, after: tuple[int, int]) -> Sequence[Any]:
        rows = [*self._mine(until, after), *self._offered(until, after)]
        return sorted(rows, key=lambda row: (row.due_at, row.id))[: PAGE_SIZE + 1]

    def _mine(self, until: int, after: tuple[int, int]) -> Sequence[Any]:
        return inbox.mine(self._uow, person=self._person, until=until, after=after, **self._filters)

    def _offered(self, until: int, after: tuple[int, int]) -> Sequence[Any]:
        return inbox.offered(self._uow, principals=self._principals, until=until, after=after, **self._filters)

    def _count_mine(self, until: int) -> int:
        return inbox.count_mine(self._uow, person=self._person, until=until)

    def _count_offered(self, until: int) -> int:
        return inbox.count_offered(self._uow, principals=self._principals, until=until)


def _cursor(after: str | None, tab: str) -> tuple[int, int]:
    """A cursor that cannot be read begins at the first page."""
    moment, _, row = (after or "").partition(".")
    if moment.isdigit() and row.isdigit() and len(moment) < 18 and len(row) < 20:
        return int(moment), min(int(row), LARGEST)
    return (LARGEST, LARGEST) if tab == "done" else (-1, -1)


def _row(row: Any, now: datetime, names: dict[str, str]) -> InboxRow:
    due_at = due_from_ms(row.due_at)
    return InboxRow(
        task_id=row.id,
        case_id=row.case_id,
        number=row.number,
        title=row.title,
        subject=row.subject,
        element_id=row.element_id,
        task_name=row.name,
        stage=row.stage,
        since=from_ms(row.created_at),
        due_at=due_at,
        late=row.ended_at is None and due_at is not None and due_at < now,
        assignee=row.assignee,
        assignee_name=names.get(row.assignee) if row.assignee else None,
        claimable=row.assignee is None and row.ended_at is None,
        priority=row.priority,
        process_name=row.process_name,
        completed_at=optional_from_ms(row.ended_at),
    )
