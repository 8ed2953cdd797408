"""The local scope of an activity with mapped inputs and outputs: opened before its work, gone when it leaves.

Inputs are seen inside the activity only. Outputs are computed inside and given to the scope around it.
"""

from typing import Any

from engine.bpmn.facets import Mappings
from engine.bpmn.scopes import LOCAL
from engine.bpmn.workflow import Stuck, Token
from engine.feel import Expression

# The scope of a task is stored as text of bounded length.
_LONGEST_NAME = 190


def open_local(token: Token, mappings: Mappings) -> None:
    """Evaluate the inputs, each seeing those before it; a retry does so anew."""
    drop_local(token)
    case, outer = token.case, token.scope
    given: dict[str, Any] = {}
    for name, expression in mappings.inputs.items():
        given[name] = _value(token, expression, given)
    scope = case.variables.open(f"{LOCAL}{case.new_number()}", outer, isolated=False)
    if len(scope) > _LONGEST_NAME:
        case.variables.drop(scope)
        raise Stuck("输入映射嵌套太深。 Mapped activities nest too deeply.")
    token.facts["outer"], token.scope = outer, scope
    for name, value in given.items():
        case.variables.put(scope, name, value)


def give_back(token: Token, mappings: Mappings, *, keep: bool = False) -> None:
    """Give the outputs to the scope around; once only, however often the token tries to leave.

    `keep`: the local scope stays, named by fact `local`, for what is still to be undone inside.
    """
    if "outer" not in token.facts:
        return
    variables, scope = token.case.variables, token.scope
    results: dict[str, Any] = {}
    for name, expression in mappings.outputs.items():
        seen = {other: value for other, value in results.items() if not variables.owns(scope, other)}
        results[name] = _value(token, expression, seen)
    if keep:
        token.facts["local"], token.scope = token.scope, token.facts.pop("outer")
    else:
        drop_local(token)
    for name, value in results.items():
        variables.assign(token.scope, name, value)


def drop_local(token: Token) -> None:
    """Forget the inputs."""
    if "outer" in token.facts:
        token.case.variables.drop(token.scope)
        token.scope = token.facts.pop("outer")


def drop_kept(token: Token) -> None:
    """Forget the inputs that were kept: nothing inside can be undone any more."""
    if "local" in token.facts:
        token.case.variables.drop(token.facts.pop("local"))


def _value(token: Token, expression: Expression, local: dict[str, Any]) -> Any:
    return expression(token.case.view(token, local), token.case.environment())
