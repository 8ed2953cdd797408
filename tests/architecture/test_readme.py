"""The README says what is so: the log-ins of the demo bureau."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LOG_IN = re.compile(r"^\| `([a-z]+)` \| (\S+) \|", re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_readme_lists_the_people_of_the_demo_bureau(page: str) -> None:
    people = [
        (person["id"], person["name"])
        for path in sorted((ROOT / "workflows").glob("*/demo.yaml"))
        for person in yaml.safe_load(path.read_text(encoding="utf-8"))["people"]
    ]

    assert LOG_IN.findall((ROOT / page).read_text(encoding="utf-8")) == people
