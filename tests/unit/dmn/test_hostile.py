"""Torn and rearranged files: refused or decided, never anything else."""

import copy
import random
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.dmn.nodes import InputData
from engine.dmn.reading import read_models
from engine.feel import FeelError
from engine.xml import document
from engine.xml.problems import Problems
from tests.unit.dmn.drawing import component, decision, decision_of, item, literal, model
from tests.unit.feel.world import ENV

HERE = Path(__file__)
FILES = [HERE.parents[3] / "diagrams" / "determination.dmn", HERE.with_name("tck") / "postage" / "postage.dmn"]
TEXTS = ["", "-", "(", "x", "item", "1/0", "9" * 40 + " ** 99", "for i in 1..100000 return i", "function(x) x", "[[1]]"]
TEXTS += ["#rate", "true", "list<", "C+", "COLLECT", "tParcel", "Java", "juel", "${1}", "2" * 20_000]
VALUES: list[Any] = [None, 1, "a", True, 1.5, [1], [[1]], {"weight": 1}, {}, [None]]


def mangled(content: bytes, chance: random.Random) -> bytes:
    """The file with a few elements, attributes and texts taken away, changed or put elsewhere."""
    root = etree.fromstring(content)
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    for _ in range(chance.randint(1, 6)):
        one, other = chance.choice(elements), chance.choice(elements)
        match chance.randint(0, 4):
            case 0 if one.getparent() is not None:
                one.getparent().remove(one)
            case 1 if one.attrib:
                one.attrib.pop(chance.choice(list(one.attrib)))
            case 2 if one.attrib:
                one.attrib[chance.choice(list(one.attrib))] = chance.choice(TEXTS)
            case 3:
                other.append(copy.deepcopy(one))
            case _:
                one.text = chance.choice(TEXTS)
    return etree.tostring(root)


@pytest.mark.parametrize("seed", range(40))
def test_a_mangled_file_is_refused_or_decides(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(5):
        content = mangled(chance.choice(FILES).read_bytes(), chance)
        try:
            root = document.parse(content, file="x.dmn")
        except document.Refused:
            continue
        for made in read_models([(root, Problems("x.dmn"))]):
            inputs = {node.name: chance.choice(VALUES) for node in made.nodes.values()}
            for node in made.nodes.values():
                if isinstance(node, InputData):
                    continue
                try:
                    node.evaluate(inputs, ENV)
                except FeelError:
                    continue


def test_results_that_double_with_every_decision_are_stopped() -> None:
    parts = [decision("d0", literal("{a: 1}"))]
    parts += [
        decision(f"d{n}", literal(f"{{a: d{n - 1}, b: d{n - 1}}}"), f"d{n - 1}", type_ref="tPair") for n in range(1, 60)
    ]
    made = model(item("tPair", parts=component("a", "Any") + component("b", "Any")), *parts)
    with pytest.raises(FeelError, match="too large"):
        decision_of(made, "d59").evaluate({}, ENV)


def test_checking_a_type_that_holds_itself_twice_is_paid_for() -> None:
    tree = item("tTree", parts=component("a", "tTree") + component("b", "tTree"))
    grown = [decision("d0", literal("null"))]
    grown += [decision(f"d{n}", literal(f"{{a: d{n - 1}, b: d{n - 1}}}"), f"d{n - 1}") for n in range(1, 40)]
    made = model(tree, *grown, decision("y", literal("d39"), "d39", type_ref="tTree"))
    with pytest.raises(FeelError, match="steps"):
        decision_of(made, "y").evaluate({}, ENV)
