"""Which part meets which."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from engine.config import Config, read_config
from engine.domain.clock import Clock, SystemClock
from engine.domain.identity import be_process
from engine.domain.views import ArticleView
from engine.effects.file_store import FileStore
from engine.package import Delegate
from engine.services.runtime import Runtime
from engine.store import cases
from engine.store.database import Database
from engine.store.database_clock import DatabaseClock
from engine.store.unit_of_work import unit_of_work
from rongcuo.settings import HOME


def build(
    *,
    database_url: str,
    data: Path,
    secret: bytes,
    clock: Clock | None = None,
    config: Config | None = None,
    home: Path = HOME,
) -> Runtime:
    """A runtime on this database, with its tables in place."""
    config = config or read_config(home / "config.yaml")
    database = Database(database_url)
    database.create_tables()
    with unit_of_work(database) as uow:
        be_process(cases.next_number(uow, "process"))
    catalogues, articles = _catalogues(home / "workflows")
    return Runtime(
        database=database,
        clock=clock or (SystemClock() if database.is_sqlite else DatabaseClock(database)),
        config=config,
        files=FileStore(data / "files", limit=config.upload_limit),
        secret=secret,
        delegates=_delegates(home / "workflows"),
        catalogues=catalogues,
        articles=articles,
        labels=_labels(home / "diagrams" / "texts"),
    )


def diagram_files(home: Path = HOME) -> dict[str, bytes]:
    """The set that is deployed when a database is new: diagrams, decisions and forms by file name."""
    folder = home / "diagrams"
    return {
        path.name: path.read_bytes()
        for pattern in ("*.bpmn", "*.dmn", "forms/*.form")
        for path in sorted(folder.glob(pattern))
    }


def _delegates(folder: Path) -> Mapping[str, Delegate]:
    """Topic to function, from every workflows/<name>/delegates.py."""
    found: dict[str, Delegate] = {}
    for path in sorted(folder.glob("*/delegates.py")):
        spec = importlib.util.spec_from_file_location(f"workflows.{path.parent.name}.delegates", path)
        if spec is None or spec.loader is None:
            raise ImportError(str(path))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= module.DELEGATES
    return found


def _catalogues(folder: Path) -> tuple[dict[str, list[dict[str, object]]], dict[str, ArticleView]]:
    """Rows that forms choose from, and the paraphrases of the articles, from every catalogue.yaml."""
    rows: dict[str, list[dict[str, object]]] = {}
    articles: dict[str, ArticleView] = {}
    for path in sorted(folder.glob("*/catalogue.yaml")):
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name, entries in content.items():
            if isinstance(entries, list):
                rows.setdefault(name, []).extend(entries)
        for entry in content.get("articles", []):
            number = str(entry["number"])
            articles[number] = ArticleView(
                number=number,
                title=str(entry["title"]),
                text=str(entry.get("paraphrase") or entry.get("text", "")),
                title_en=str(entry.get("title_en", "")),
                text_en=str(entry.get("paraphrase_en", "")),
                behaviour=bool(entry.get("behaviour", True)),
            )
    return rows, articles


def _labels(folder: Path) -> dict[str, dict[str, str]]:
    """Language to (element id or form_id.field_key) to text."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        texts = {str(element): str(text) for element, text in (content.get("elements") or {}).items()}
        for form, fields in (content.get("forms") or {}).items():
            texts |= {f"{form}.{field}": str(text) for field, text in (fields or {}).items()}
        found[path.stem] = texts
    return found
