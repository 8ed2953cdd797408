"""The project stands alone: nothing in it points to a place outside it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPED = {".git", ".venv", "var", "node_modules", "dist", "__pycache__"}
CACHES = ("_cache", ".hypothesis", ".egg-info")
TEXT = {
    ".bpmn", ".cfg", ".css", ".dmn", ".form", ".html", ".json", ".md", ".mjs", ".py", ".toml", ".ts", ".txt", ".yaml",
    ".yml", "",
}  # fmt: skip
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.:/>-])/(?:home|root|work|Users|mnt)/\w")
LINK = re.compile(r"\]\(([^)#\s]+)")


def _texts() -> Iterator[tuple[Path, str]]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED and not name.endswith(CACHES)]
        for name in names:
            path = Path(folder, name)
            if path.suffix in TEXT and path.name not in SKIPPED:
                yield path, path.read_text(encoding="utf-8", errors="replace")


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    found = [str(path.relative_to(ROOT)) for path, text in _texts() if SOMEBODYS_FOLDER.search(text)]

    assert found == []


def test_every_relative_link_of_a_page_leads_to_a_file_of_the_project() -> None:
    dead = [
        f"{path.relative_to(ROOT)}: {target}"
        for path, text in _texts()
        if path.suffix == ".md"
        for target in LINK.findall(text)
        if "://" not in target and not _is_ours(path.parent / target)
    ]

    assert dead == []


def test_a_lock_names_no_host() -> None:
    locks = [
        *ROOT.glob("requirements*.txt"),
        ROOT / "web/frontend/package-lock.json",
        ROOT / "tests/browser/package-lock.json",
    ]

    naming = [
        str(lock.relative_to(ROOT))
        for lock in locks
        if re.search(r'--(?:extra-)?index-url|"resolved"\s*:|@ https?://', lock.read_text(encoding="utf-8"))
    ]

    assert naming == []


def _is_ours(path: Path) -> bool:
    resolved = path.resolve()
    return resolved.is_relative_to(ROOT) and resolved.exists()
