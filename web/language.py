"""The language of the reader, and every text in it."""

import re
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from flask import g, request

from engine.domain.actor import SYSTEM
from engine.services import deployments
from web.current import runtime

COOKIE = "language"
DEFAULT = "zh"
# What `engine.services.stepping` puts between the tasks of a stage.
STAGE_SEPARATOR = "、"
_BILINGUAL = re.compile(r"(.*?[。！？…])\s+([!-~].*)", re.DOTALL)
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


class _Words(string.Formatter):
    """Fills in a text; `{days:day|days}` is the word for one or for another number."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, several, many = format_spec.partition("|")
        if several:
            return one if value == 1 else many
        return str(super().format_field(value, format_spec))


_WORDS = _Words()
CATALOGUES: Mapping[str, Mapping[str, str]] = {language: _read(language) for language in LANGUAGES}


def choose() -> None:
    """Settle the language of this request by its cookie; Chinese unless the reader chose another."""
    wanted = request.cookies.get(COOKIE, DEFAULT)
    g.language = wanted if wanted in LANGUAGES else DEFAULT


def language() -> str:
    return str(g.get("language", DEFAULT))


def t(key: str, **params: object) -> str:
    """The text of this key. Raises KeyError: a test proves that every key there is has its text."""
    return _WORDS.vformat(CATALOGUES[language()][key], (), params)


def t_or(key: str, text: str, **params: object) -> str:
    """The text of this key, or `text` where names come from outside, such as a kind of history entry."""
    known = CATALOGUES[language()].get(key)
    return text if known is None else _WORDS.vformat(known, (), params)


def label(name: str, text: str) -> str:
    """What a diagram or a form calls something, in the language of the reader where it was translated."""
    return runtime().labels.get(language(), {}).get(name, text)


def group_label(group: str) -> str:
    names = runtime().config.groups.get(group, {})
    return names.get(language()) or names.get(DEFAULT) or group


def element_label(element_id: str) -> str:
    """An element by the name that the newest diagrams give it, in the language of the reader."""
    return label(element_id, _element_names().get(element_id, element_id))


def element_labels() -> dict[str, str]:
    """Element id to its name in the language of the reader; nothing in Chinese, which stands in the diagrams."""
    known = runtime().labels.get(language(), {})
    return {} if language() == DEFAULT else {one: known[one] for one in _element_names() if one in known}


def stage_label(stage: str) -> str:
    """The open tasks by which the engine calls a stage; the diagrams name them in Chinese."""
    if language() == DEFAULT or not stage:
        return stage
    if "element_ids" not in g:
        g.element_ids = {name: element_id for element_id, name in _element_names().items()}
    names = stage.split(STAGE_SEPARATOR)
    return t("comma").join(label(g.element_ids.get(name, ""), name) for name in names)


def one_language(text: str) -> str:
    """The half for this reader of an engine's message, which says it in Chinese first and then in English."""
    both = _BILINGUAL.fullmatch(text)
    return text if both is None else both[2 if language() == "en" else 1]


def _element_names() -> Mapping[str, str]:
    if "element_names" not in g:
        g.element_names = deployments.element_names(runtime())
    names: Mapping[str, str] = g.element_names
    return names


def clock_label(clock: str) -> str:
    """A clock by the label of its policy, in the language of the reader."""
    policy = runtime().config.policies.get(clock)
    return label(f"clock.{clock}", str(policy.get("label", clock)) if isinstance(policy, Mapping) else clock)


def person_label(name: str) -> str:
    """The name of a person; what no person did was done by the service."""
    return t("service") if name in {SYSTEM.person_id, SYSTEM.name} else name


def office_name() -> str:
    config = runtime().config
    return config.offices.get(language(), config.office)


def product_name() -> str:
    """What config.yaml calls the service, or our own name where it says nothing."""
    names = runtime().config.product
    return names.get(language()) or names.get(DEFAULT) or t("product")


def outcome_label(outcome: str | None) -> str:
    """What the texts of the process call an outcome; its code where they do not name it."""
    return "" if outcome is None else label(f"outcome.{outcome}", outcome)
