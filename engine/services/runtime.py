"""What every command needs: database, clock, configuration, caches. Made once by the composition root."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from engine.bpmn.interpreter import Execution
from engine.bpmn.lint import BUILT_IN_TOPICS
from engine.config import ANY, Config
from engine.domain.calendar import BusinessCalendar
from engine.domain.clock import Clock
from engine.domain.views import ArticleView
from engine.effects import holidays
from engine.effects.file_store import FileStore
from engine.feel.environment import Environment
from engine.package import Delegate
from engine.services.case_variables import CaseVariables
from engine.services.packages import PackageCache
from engine.services.quarantine import Quarantine
from engine.store.database import Database


class LiveCases:
    """Executions kept between steps, at most `size`; each is taken out while it runs, and dropped on any error."""

    def __init__(self, size: int = 2000) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, tuple[int, Execution, CaseVariables]] = OrderedDict()

    def take(self, case_id: int, revision: int) -> tuple[Execution, CaseVariables] | None:
        """The execution if it stands at this revision."""
        with self._lock:
            found = self._kept.pop(case_id, None)
        return None if found is None or found[0] != revision else found[1:]

    def keep(self, case_id: int, revision: int, execution: Execution, variables: CaseVariables) -> None:
        with self._lock:
            self._kept[case_id] = (revision, execution, variables)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


@dataclass(kw_only=True)
class Runtime:
    """`catalogues`: name to rows that forms choose from; `secret`: key of the audit chain."""

    database: Database
    clock: Clock
    config: Config
    files: FileStore
    secret: bytes
    delegates: Mapping[str, Delegate] = field(default_factory=dict)
    catalogues: Mapping[str, list[dict[str, object]]] = field(default_factory=dict)
    articles: Mapping[str, ArticleView] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    packages: PackageCache = field(default_factory=PackageCache)
    live: LiveCases = field(default_factory=LiveCases)
    quarantine: Quarantine = field(default_factory=Quarantine)

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """Holidays of the country, then the bureau's own days."""
        rest, work = holidays.china(2004, holidays.known_until().year)
        own_rest = {date.fromisoformat(day) for day in self.config.rest_days}
        own_work = {date.fromisoformat(day) for day in self.config.work_days}
        return BusinessCalendar(
            zone=self.config.zone, rest=(rest | own_rest) - own_work, work=(work | own_work) - own_rest
        )

    def environment(self) -> Environment:
        """What FEEL knows of the world at this moment."""
        return Environment(
            now=self.clock.now(), zone=self.config.zone, calendar=self.calendar, policies=self.config.policies
        )

    def is_external(self, topic: str | None) -> bool:
        """Whether work on this topic waits for a program outside: no delegate here, and the configuration lists it."""
        if topic is None or topic in self.delegates or topic in BUILT_IN_TOPICS:
            return False
        return topic in self.config.external_topics or ANY in self.config.external_topics

    def today(self) -> date:
        return self.clock.now().astimezone(self.config.zone).date()
