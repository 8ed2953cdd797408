"""Where each article of the catalogue is carried out: elements, forms and rules of the newest processes."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.bpmn.definition import Definition
from engine.domain.views import ArticleView
from engine.services.runtime import Runtime
from engine.store.unit_of_work import read_only


@dataclass(frozen=True, kw_only=True)
class Place:
    """An element that carries an article, or a whole process (`element_id` is the process id then).

    `rule`: the decision that is asked there; `clock`: the policy by which its time runs.
    """

    process_id: str
    element_id: str
    name: str
    form: str | None = None
    rule: str | None = None
    clock: str | None = None


@dataclass(frozen=True, kw_only=True)
class ArticleTrace:
    article: ArticleView
    places: tuple[Place, ...]

    @property
    def missing(self) -> bool:
        """Whether the article has a behaviour and no element carries it."""
        return self.article.behaviour and not self.places

    @property
    def forms(self) -> list[str]:
        return sorted({place.form for place in self.places if place.form})

    @property
    def rules(self) -> list[str]:
        return sorted({place.rule for place in self.places if place.rule})

    @property
    def clocks(self) -> list[str]:
        return sorted({place.clock for place in self.places if place.clock})


def trace(runtime: Runtime) -> list[ArticleTrace]:
    """One for each article of the catalogue, in its order; an article that only a diagram names is left out."""
    with read_only(runtime.database) as uow:
        definitions = [bound.definition for bound in runtime.packages.latest_of_all(uow)]
    carried = _carried(definitions)
    return [
        ArticleTrace(article=article, places=tuple(carried.get(number, ())))
        for number, article in runtime.articles.items()
    ]


def _carried(definitions: Iterable[Definition]) -> dict[str, list[Place]]:
    """Article number to where it stands; an element of a called process counts in its own process only."""
    found: dict[str, list[Place]] = {}
    for definition in definitions:
        process = Place(process_id=definition.id, element_id=definition.id, name=definition.name)
        for number in definition.articles:
            found.setdefault(number, []).append(process)
        for element in definition.elements.values():
            if element.process_id != definition.id:
                continue
            place = Place(
                process_id=definition.id,
                element_id=element.id,
                name=element.name,
                form=element.form_ref,
                rule=element.decision,
                clock=element.clock,
            )
            for number in element.articles:
                found.setdefault(number, []).append(place)
    return found
