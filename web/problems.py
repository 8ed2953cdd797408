"""A reason why a diagram cannot be deployed, as the editor in the browser takes it."""

from engine.domain.rejection import Problem
from web.forms.messages import TEXTS
from web.language import language, one_language


def as_json(problem: Problem) -> dict[str, str | None]:
    texts = TEXTS.get(problem.key)
    return {
        "element_id": problem.element_id,
        "message": one_language(problem.message) if texts is None else texts[language() == "en"],
        "severity": problem.severity,
        "hint": None if problem.hint is None else one_language(problem.hint),
    }
