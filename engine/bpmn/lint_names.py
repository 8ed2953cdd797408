"""Names in expressions: policies that nobody set, variables that nobody writes."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import xml
from engine.bpmn.diagram import Element, Process
from engine.bpmn.problems import Problems
from engine.domain.rejection import Problem
from engine.feel import Expression, Script

# A name that is written literally; a computed one is only known when the case runs.
_POLICY = re.compile(
    r'\b(?:policy\(\s*|(?:deadline|target)\((?:[^()"]|\((?:[^()]|\([^()]*\))*\))*,\s*)"([^"\\]{1,200})"\s*\)'
)
_GIVEN = frozenset({"case", "loopCounter", "nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})
_SHORTEST = 4


@dataclass
class Written:
    """The variables that the diagrams write. `open`: others may come from outside, from a start, message or worker."""

    names: set[str] = field(default_factory=lambda: set(_GIVEN))
    open: bool = False


def check_policies(diagram: Problems, policies: Mapping[str, Any]) -> list[Problem]:
    """Every literal name of a policy that config.yaml does not have."""
    told = Problems(diagram.file)
    for used, node in diagram.used:
        for expression in _expressions(used):
            for name in _POLICY.findall(expression.text):
                if not _has(policies, name):
                    told.error(
                        "unknown.policy",
                        f"政策参数 '{name}' 不存在。 There is no policy of this name.",
                        node,
                        hint="在 config.yaml 的 policies 里加上它。 Add it to policies in config.yaml.",
                    )
    return told.found


def check_variables(diagram: Problems, written: Written) -> list[Problem]:
    """Every variable that is read and surely never written, or whose name is a misspelling of one that is."""
    told = Problems(diagram.file)
    seen: set[tuple[str, xml.Node]] = set()
    for used, node in diagram.used:
        for name in sorted(used.names - written.names if isinstance(used, (Expression, Script)) else ()):
            alike = _meant(name, written.names)
            if (name, node) in seen or (written.open and alike is None):
                continue
            seen.add((name, node))
            told.warning(
                "unknown.variable",
                f"没有任何元素写入变量 '{name}'。 Nothing writes the variable '{name}'.",
                node,
                hint=f"是否应为 '{alike}'？ Did you mean '{alike}'?" if alike else None,
            )
    return told.found


def written_by(processes: Collection[Process], decisions: Mapping[str, Any], forms: Collection[str]) -> Written:
    """`forms`: where it is a mapping, the keys of each form."""
    written = Written()
    for process in processes:
        for block in process.blocks():
            for element in block.elements.values():
                _element(element, written, decisions, forms)
    return written


def _element(element: Element, written: Written, decisions: Mapping[str, Any], forms: Collection[str]) -> None:
    names = written.names
    if element.mappings is not None:
        names |= element.mappings.inputs.keys() | element.mappings.outputs.keys()
    if element.script is not None:
        names |= {name for name, _ in element.script.assignments}
    if element.formula is not None:
        names.add(element.formula.result)
    if element.loop is not None:
        names |= {element.loop.element_variable or "", element.loop.output_collection or ""}
    if element.call is not None:
        names |= element.call.inputs.keys() | element.call.outputs.keys()
    names.add(element.initiator or "")
    if element.rule is not None:
        decision = decisions.get(element.rule.decision)
        names |= {element.rule.result or element.rule.decision}
        names |= set(() if decision is None else decision.output_names())
    if element.type in {"userTask", "startEvent"}:
        keys = forms.get(element.info.form_ref or "") if isinstance(forms, Mapping) else None
        names |= set(keys or ())
        written.open = written.open or keys is None
    waits = element.trigger is not None and element.trigger.kind not in {"timer", "link", "terminate"}
    written.open = written.open or waits or element.work is not None


def _expressions(used: Any) -> Iterator[Expression]:
    if isinstance(used, Expression):
        yield used
    elif isinstance(used, Script):
        yield from (expression for _, expression in used.assignments)


def _meant(name: str, names: Collection[str]) -> str | None:
    """A name that this one surely is a misspelling of."""
    return next((other for other in sorted(names) if len(name) >= _SHORTEST and _misspelt(name, other)), None)


def _misspelt(name: str, other: str) -> bool:
    """Whether the two differ by capitals, by two neighbours that changed places, or by a letter that stands twice."""
    if name.casefold() == other.casefold():
        return True
    if len(name) == len(other):
        apart = [place for place in range(len(name)) if name[place] != other[place]]
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1
        return swapped and name[apart[0]] == other[apart[1]] and name[apart[1]] == other[apart[0]]
    short, long = sorted((name, other), key=len)
    return len(long) == len(short) + 1 and any(
        long[place] == long[place + 1] and long[:place] + long[place + 1 :] == short for place in range(len(short))
    )


def _has(policies: Mapping[str, Any], name: str) -> bool:
    found: Any = policies
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return False
        found = found[part]
    return True
