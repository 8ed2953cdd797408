"""Write .dmn files for tests and read them."""

from typing import Any
from xml.sax.saxutils import escape

from engine.dmn.model import Model
from engine.dmn.nodes import Decision
from engine.dmn.reading import read_models
from engine.domain.rejection import Problem
from engine.xml import document
from engine.xml.problems import Problems
from tests.unit.feel.world import ENV

SPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(*parts: str, space: str = SPACE, namespace: str = "urn:test", attributes: str = "") -> bytes:
    return (
        f'<definitions xmlns="{space}" xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="d" name="d" '
        f'namespace="{namespace}" {attributes}>{"".join(parts)}</definitions>'
    ).encode()


def read(*contents: bytes) -> tuple[list[Model], list[Problem]]:
    sources = [
        (document.parse(content, file=f"{place}.dmn"), Problems(f"{place}.dmn"))
        for place, content in enumerate(contents)
    ]
    models = read_models(sources)
    return models, [problem for _, problems in sources for problem in problems.found]


def model(*parts: str, **attributes: str) -> Model:
    (found,), problems = read(definitions(*parts, **attributes))
    assert problems == []
    return found


def problems_of(*parts: str) -> list[Problem]:
    return read(definitions(*parts))[1]


def decision_of(made: Model, name: str) -> Decision:
    found = made.decision(name)
    assert found is not None
    return found


def value(made: Model, name: str, **inputs: Any) -> Any:
    """The result when nothing was wrong."""
    outcome = decision_of(made, name).evaluate(inputs, ENV)
    assert outcome.problems == ()
    return outcome.value


def literal(text: str, type_ref: str = "") -> str:
    of = f' typeRef="{type_ref}"' if type_ref else ""
    return f"<literalExpression{of}><text>{escape(text)}</text></literalExpression>"


def decision(name: str, logic: str, *requirements: str, type_ref: str = "Any") -> str:
    """`requirements`: ids of decisions and input data, or `knowledge:id`."""
    required = "".join(_requirement(each) for each in requirements)
    variable = f'<variable name="{name}" typeRef="{type_ref}"/>'
    return f'<decision id="{name}" name="{name}">{variable}{required}{logic}</decision>'


def _requirement(reference: str) -> str:
    sort, _, target = (
        reference.partition(":") if reference.startswith(("input:", "knowledge:")) else ("", "", reference)
    )
    href = target if "#" in target else f"#{target}"
    if sort == "knowledge":
        return f'<knowledgeRequirement><requiredKnowledge href="{href}"/></knowledgeRequirement>'
    tag = "requiredInput" if sort == "input" else "requiredDecision"
    return f'<informationRequirement><{tag} href="{href}"/></informationRequirement>'


def input_data(name: str, type_ref: str = "Any") -> str:
    return f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{type_ref}"/></inputData>'


def knowledge(name: str, parameters: dict[str, str], logic: str, *requirements: str, kind: str = "FEEL") -> str:
    formal = "".join(f'<formalParameter name="{each}" typeRef="{of}"/>' for each, of in parameters.items())
    required = "".join(_requirement(each) for each in requirements)
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/>{required}'
        f'<encapsulatedLogic kind="{kind}">{formal}{logic}</encapsulatedLogic></businessKnowledgeModel>'
    )


def table(
    inputs: list[str], outputs: list[str], *rules: list[str], attributes: str = "", values: str = "", default: str = ""
) -> str:
    """`inputs`: expressions; `outputs`: names; `values`, `default`: of the first output."""
    columns = "".join(
        f"<input><inputExpression><text>{escape(each)}</text></inputExpression></input>" for each in inputs
    )
    extra = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    extra += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    results = "".join(
        f'<output name="{name}">{extra if place == 0 else ""}</output>' for place, name in enumerate(outputs)
    )
    rows = ""
    for rule in rules:
        cells = [
            f"<{tag}><text>{escape(cell)}</text></{tag}>"
            for cell, tag in zip(rule, ["inputEntry"] * len(inputs) + ["outputEntry"] * len(outputs), strict=True)
        ]
        rows += f"<rule>{''.join(cells)}</rule>"
    return f"<decisionTable {attributes}>{columns}{results}{rows}</decisionTable>"


def item(name: str, type_ref: str = "", *, parts: str = "", collection: bool = False, allowed: str = "") -> str:
    of = f"<typeRef>{type_ref}</typeRef>" if type_ref else ""
    limit = f"<allowedValues><text>{escape(allowed)}</text></allowedValues>" if allowed else ""
    return f'<itemDefinition name="{name}" isCollection="{str(collection).lower()}">{of}{limit}{parts}</itemDefinition>'


def component(name: str, type_ref: str) -> str:
    return f'<itemComponent name="{name}"><typeRef>{type_ref}</typeRef></itemComponent>'
