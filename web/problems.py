"""A reason why a diagram cannot be deployed, as the editor in the browser takes it."""

from engine.domain.rejection import Problem
from web.language import t_or


def as_json(problem: Problem) -> dict[str, str | None]:
    return {
        "element_id": problem.element_id,
        "message": t_or(f"problem.{problem.key}", problem.message),
        "severity": problem.severity,
        "hint": problem.hint,
    }
