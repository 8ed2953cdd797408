"""Names: ours alone, and saying what a module is about."""

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "web", "workflows", "rongcuo")
EMPTY_WORDS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "base",
    "manager",
    "managers",
    "handler",
    "handlers",
    "misc",
}


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_provides(name: str) -> None:
    """web.py installs `web`, llama-index-workflows installs `workflows`: either would hide a room of ours."""
    owners = set(packages_distributions().get(name, []))

    assert owners <= {"rongcuo"}


def test_no_module_is_named_by_an_empty_word() -> None:
    empty = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts and EMPTY_WORDS & set(path.stem.split("_"))
    ]

    assert empty == []


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts
        and (text := path.read_text(encoding="utf-8").strip())
        and not text.startswith('"""')
    ]

    assert silent == []
