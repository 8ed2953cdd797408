"""The language of the reader, and every text in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from flask import g, request

from web.current import runtime

COOKIE = "language"
DEFAULT = "zh"
LANGUAGES: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}


def _flattened(content: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            texts |= _flattened(value, f"{prefix}{name}.")
        else:
            texts[f"{prefix}{name}"] = str(value)
    return texts


def _read(language: str) -> dict[str, str]:
    path = Path(__file__).with_name("translations") / f"{language}.yaml"
    return _flattened(yaml.safe_load(path.read_text(encoding="utf-8")))


CATALOGUES: Mapping[str, Mapping[str, str]] = {language: _read(language) for language in LANGUAGES}


def choose() -> None:
    """Settle the language of this request by its cookie; Chinese unless the reader chose another."""
    wanted = request.cookies.get(COOKIE, DEFAULT)
    g.language = wanted if wanted in LANGUAGES else DEFAULT


def language() -> str:
    return str(g.get("language", DEFAULT))


def t(key: str, **params: object) -> str:
    """The text of this key. Raises KeyError: a test proves that every key there is has its text."""
    return CATALOGUES[language()][key].format_map(params)


def t_or(key: str, text: str) -> str:
    """The text of this key, or `text` where names come from outside, such as a kind of history entry."""
    return CATALOGUES[language()].get(key, text)


def label(name: str, text: str) -> str:
    """What a diagram or a form calls something, in the language of the reader where it was translated."""
    return runtime().labels.get(language(), {}).get(name, text)


def group_label(group: str) -> str:
    names = runtime().config.groups.get(group, {})
    return names.get(language()) or names.get(DEFAULT) or group


def outcome_label(outcome: str | None) -> str:
    """What the texts of the process call an outcome; its code where they do not name it."""
    return "" if outcome is None else label(f"outcome.{outcome}", outcome)
