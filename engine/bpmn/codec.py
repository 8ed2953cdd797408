"""The state of an execution as bytes and back: live tokens only, places named by element id.

A blob is msgpack: [version, last number, scopes, levels]; a level is [token it stands in or 0, block, tokens]; a token
is [number, place, state, scope, facts]. Names, not positions: a change to the builder must not break a running case.
"""

from collections.abc import Collection, Mapping
from typing import Any

import msgpack  # type: ignore[import-untyped]  # the package ships no types

from engine.bpmn.definition import Definition
from engine.bpmn.scopes import Load, Variables
from engine.bpmn.workflow import BlockWorkflow, CaseWorkflow

VERSION = 1


class UnknownState(Exception):
    """The blob is of a version that this program does not know, or does not fit the definition."""


def encode(case: CaseWorkflow) -> bytes:
    levels = [_level(0, case)]
    # A level after the one that holds its token, so that it can be hung up again in this order.
    levels.extend(_level(number, inside) for number, inside in sorted(case.subprocesses.items()))
    scopes = {name: [parent, int(isolated)] for name, (parent, isolated) in case.variables.parents.items()}
    return bytes(msgpack.packb([VERSION, case.last_number, scopes, levels]))


def decode(definition: Definition, state: bytes, load: Load) -> CaseWorkflow:
    """Raises UnknownState."""
    try:
        version, *content = msgpack.unpackb(state, strict_map_key=False)
    except (ValueError, TypeError) as error:
        raise UnknownState("The state is damaged.") from error
    if version != VERSION:
        raise UnknownState(f"State version {version!r} is unknown.")
    last_number, scopes, levels = content
    parents = {name: (parent, bool(isolated)) for name, (parent, isolated) in scopes.items()}
    case = CaseWorkflow(definition.specs, definition.id, Variables(load, parents))
    case.last_number = last_number
    try:
        for number, block, tokens in levels:
            _restore(case, number, block, tokens)
        for number, inside in case.subprocesses.items():
            inside.completed = case.tokens[number].task_spec.dormant
    except KeyError as error:
        raise UnknownState(f"Process '{definition.id}' has no {error}.") from error
    return case


def renamed(state: bytes, *, places: Mapping[int, str], blocks: Mapping[int, str], gone: Collection[int]) -> bytes:
    """The state with tokens at their new places and levels of their new blocks, without the tokens that are gone."""
    version, last_number, scopes, levels = msgpack.unpackb(state, strict_map_key=False)
    # A level that is gone had nothing in it but what can no longer be undone.
    moved = [
        [number, blocks[number], [[row[0], places[row[0]], *row[2:]] for row in tokens if row[0] not in gone]]
        for number, _, tokens in levels
        if number in blocks
    ]
    return bytes(msgpack.packb([version, last_number, scopes, moved]))


def _level(number: int, workflow: Any) -> list[Any]:
    tokens = [
        [token.id, token.task_spec.name[1:], token._state, token.scope, token.facts]
        for token in sorted(workflow.live(), key=lambda token: token.id)
    ]
    for row in tokens:
        while not row[-1] and len(row) > 3:
            row.pop()
    return [number, workflow.spec.name, tokens]


def _restore(case: CaseWorkflow, number: int, block: str, tokens: list[list[Any]]) -> None:
    workflow: Any = case
    if number:
        if block not in case.subprocess_specs:
            raise KeyError(block)
        workflow = BlockWorkflow(case.subprocess_specs[block], number, case, deserializing=True)
        case.subprocesses[number] = workflow
        workflow.root()
    for row in tokens:
        token_number, name, state, *rest = row
        scope = rest[0] if rest else ""
        facts: Mapping[str, Any] = rest[1] if len(rest) > 1 else {}
        case.seat(workflow, f"={name}", scope, number=token_number, state=state, facts=dict(facts))
