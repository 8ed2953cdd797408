"""Every text in both languages, and no text that is not there."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter

import pytest
from flask import Flask, g

import engine
from engine.config import ConfigurationError, config_from
from engine.domain.rejection import Rejection
from tests.unit.web.conftest import Browser
from web.errors import STATUS
from web.help.views import KEYS, PRINCIPLES
from web.language import CATALOGUES, LANGUAGES, t

WEB = Path(__file__).parents[3] / "web"
USED = re.compile(r"""(?<![\w.])t(?:_or)?\(\s*f?["']([\w.]+)["'{]?""")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_both_catalogues_have_the_same_keys() -> None:
    assert CATALOGUES["zh"].keys() == CATALOGUES["en"].keys()


def test_both_texts_of_a_key_are_filled_in_with_the_same_names() -> None:
    different = [key for key in CATALOGUES["zh"] if _names(CATALOGUES["zh"][key]) != _names(CATALOGUES["en"][key])]

    assert different == []


def test_no_english_text_holds_chinese() -> None:
    assert [key for key, text in CATALOGUES["en"].items() if CHINESE.search(text)] == []


def test_every_key_that_is_used_has_a_text() -> None:
    known = CATALOGUES["zh"]
    used = {key for text in _sources() for key in USED.findall(text)}
    prefixes = {key for key in used if key.endswith(".")}

    assert len(used) > 100
    assert sorted(used - prefixes - known.keys()) == []
    assert [prefix for prefix in sorted(prefixes) if not any(key.startswith(prefix) for key in known)] == []


def test_every_rejection_has_a_status_and_a_text() -> None:
    keys = {rejection.key for rejection in _rejections()}

    assert keys == STATUS.keys()
    assert sorted(key for key in keys if f"rejection.{key}" not in CATALOGUES["zh"]) == []
    assert sorted({f"status.{status}" for status in STATUS.values()} - CATALOGUES["zh"].keys()) == []


def test_every_key_and_principle_of_the_help_page_has_a_text() -> None:
    needed = {f"help.key.{key}.{part}" for key in KEYS for part in ("key", "does")}
    needed |= {f"help.principle.{name}.{part}" for name in PRINCIPLES for part in ("title", "text")}

    assert sorted(needed - CATALOGUES["zh"].keys()) == []


def test_templates_hold_no_text_of_their_own() -> None:
    own_language = '<button name="language" value="zh" lang="zh-CN">中文</button>'
    speaking = [
        str(path.relative_to(WEB))
        for path in WEB.rglob("templates/**/*.html")
        if "forms" not in path.parts and CHINESE.search(path.read_text(encoding="utf-8").replace(own_language, ""))
    ]

    assert speaking == []


def test_chinese_is_spoken_unless_english_was_chosen(logged_in: Callable[[str], Browser]) -> None:
    ann = logged_in("ann")

    assert "<h1>待办</h1>" in ann.get("/inbox").text
    assert ann.post("/language", language="en", next="/inbox?tab=done").location == "/inbox?tab=done"
    assert "<h1>Inbox</h1>" in ann.get("/inbox").text
    ann.post("/language", language="klingon", next="/inbox")
    assert "<h1>待办</h1>" in ann.get("/inbox").text


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _sources() -> Iterator[str]:
    for path in [*WEB.glob("*.py"), *WEB.glob("*/views.py"), *WEB.rglob("templates/**/*.html")]:
        if "frontend" not in path.parts:
            yield path.read_text(encoding="utf-8")


def _rejections() -> Iterator[type[Rejection]]:
    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    waiting = [Rejection]
    while waiting:
        found = waiting.pop()
        waiting.extend(found.__subclasses__())
        if found.__module__.startswith("engine."):
            yield found


def test_office_and_product_are_named_as_config_yaml_does(app: Flask) -> None:
    config = config_from(
        {
            "office": {"name": "应急管理局", "english_name": "Emergency Management Bureau"},
            "product": {"zh": "容错平台", "en": "Tolerance"},
        },
        where="config.yaml",
    )
    object.__setattr__(app.extensions["rongcuo"], "config", config)
    visitor = app.test_client()

    page = visitor.get("/login").text
    assert "<h1>容错平台</h1>" in page
    assert "应急管理局" in page
    visitor.set_cookie("language", "en")
    page = visitor.get("/login").text
    assert "<h1>Tolerance</h1>" in page
    assert "Emergency Management Bureau" in page


def test_a_product_without_a_name_for_people_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(ConfigurationError, match=r"config\.yaml: product"):
        config_from({"office": {"name": "局"}, "product": 7}, where="config.yaml")


def test_the_sum_of_a_clock_is_written_in_both_languages(app: Flask) -> None:
    facts = {"starts": "2026-11-20", "first_day": "2026-11-21", "last_day": "2026-11-27"}
    with app.test_request_context("/"):
        said = {}
        for language in LANGUAGES:
            g.language = language
            said[language] = " ".join([t("clock.sum", **facts), t("clock.ends", **facts)])

    assert said == {
        "zh": "自 2026-11-20 起算，当日不计，第 1 日为 2026-11-21； 2026-11-27 24:00 届满",
        "en": "Counted from 2026-11-20, which is not counted; day 1 is 2026-11-21; ends 2026-11-27 24:00",
    }


@pytest.mark.parametrize(("days", "text"), [(1, "1 day"), (2, "2 days"), (0, "0 days")])
def test_english_tells_one_day_from_several(days: int, text: str) -> None:
    with Flask(__name__).app_context():
        g.language = "en"

        assert t("days", days=days) == text
