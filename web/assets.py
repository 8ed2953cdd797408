"""Link the built scripts and style sheets of an entry into a page."""

import json
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from markupsafe import Markup

DIST = Path(__file__).parent / "static" / "dist"
DIST_URL = "/static/dist/"


class Chunk(TypedDict, total=False):
    """One file of the manifest: where it was built to and what it draws in."""

    file: str
    css: list[str]
    imports: list[str]


Manifest = dict[str, Chunk]


class AssetsNotBuilt(Exception):
    """The front end has not been built, or has no such entry."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"Front end: {missing} is not there. Run 'npm ci && npm run build' in web/frontend.")
        self.missing = missing


def asset_tags(entry: str) -> Markup:
    """The tags of an entry ("shell", "viewer", ...), its style sheets first.

    Raises AssetsNotBuilt when the build is missing or does not know the entry.
    """
    return tags_of(entry, _manifest())


def tags_of(entry: str, manifest: Manifest, base_url: str = DIST_URL) -> Markup:
    """As `asset_tags`, from a given manifest."""
    key = f"src/{entry}.ts"
    if key not in manifest:
        raise AssetsNotBuilt(f"entry '{entry}'")
    styles = dict.fromkeys(style for chunk in _chunks(key, manifest) for style in manifest[chunk].get("css", []))
    links = [Markup('<link rel="stylesheet" href="{}">').format(base_url + style) for style in styles]
    script = Markup('<script type="module" src="{}"></script>').format(base_url + manifest[key]["file"])
    return Markup("\n").join([*links, script])


def _chunks(key: str, manifest: Manifest) -> list[str]:
    """A chunk after everything it imports, each once: later style sheets override earlier ones."""
    ordered: dict[str, None] = {}
    seen: set[str] = set()

    def visit(chunk: str) -> None:
        if chunk in seen:
            return
        seen.add(chunk)
        for imported in manifest[chunk].get("imports", []):
            visit(imported)
        ordered[chunk] = None

    visit(key)
    return list(ordered)


@lru_cache(maxsize=1)
def _manifest() -> Manifest:
    return read_manifest(DIST)


def read_manifest(dist: Path) -> Manifest:
    """The manifest of a build; raises AssetsNotBuilt when there is none."""
    path = dist / ".vite" / "manifest.json"
    if not path.is_file():
        raise AssetsNotBuilt(str(path))
    manifest: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest
