"""From article to step: the command names what has no element or no test, the page shows the same to people."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.domain.views import ArticleView
from rongcuo import tracing
from tests.acceptance.office import Office

TABLE, JSON = argparse.Namespace(json=False), argparse.Namespace(json=True)


def test_every_article_with_behaviour_has_an_element_and_a_test(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    status = tracing.run(office.runtime, JSON)

    report = json.loads(capsys.readouterr().out)
    assert (status, report["problems"]) == (0, [])
    assert [one["number"] for one in report["articles"]] == [str(number) for number in range(1, 27)]
    without = [one["number"] for one in report["articles"] if not one["behaviour"]]
    assert without == ["5", "6", "7", "8", "13"]
    (review,) = [one for one in report["articles"] if one["number"] == "14"]
    assert {"process": "rongcuo", "id": "legal_review", "name": "法制审核"} in review["elements"]
    assert (review["forms"], review["rules"]) == (["archive", "legal_review"], ["major_case"])


def test_an_article_without_an_element_and_one_without_a_test_are_named(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_some.py").write_text("@pytest.mark.article(1)\ndef test_one() -> None: ...\n", encoding="utf-8")
    told = {number: ArticleView(number=number, title="目的", text="") for number in ("1", "2", "99")}
    runtime = replace(office.runtime, articles={**told, "98": replace(told["99"], number="98", behaviour=False)})

    status = tracing.run(runtime, TABLE, tests=tmp_path)

    said = capsys.readouterr()
    assert status == 1
    assert said.err.splitlines() == [
        "第2条没有测试。 Article 2 has no test.",
        "第99条没有流程环节。 Article 99 has no element.",
        "第99条没有测试。 Article 99 has no test.",
    ]
    assert "no behaviour" in said.out


def test_without_the_source_only_elements_are_asked_for(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tracing.run(office.runtime, TABLE, tests=tmp_path / "none") == 0
    assert capsys.readouterr().err == ""


def test_marks_of_modules_functions_and_parameters_are_read_without_importing(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_marks.py").write_text(
        """
import nowhere
pytestmark = pytest.mark.article(20)

@pytest.mark.article("3")
def test_one(): ...

@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.article(15))])
def test_two(x): ...

@pytest.mark.article(4)
def not_a_test(): ...
""",
        encoding="utf-8",
    )

    one, two = "tests/test_marks.py::test_one", "tests/test_marks.py::test_two"
    assert tracing.tests_by_article(folder) == {"20": [one, two], "3": [one], "15": [two]}


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("zh", ["条款与环节对照", "14 执法制度", "法制审核", "流程之外对执法人员的要求。"]),
        ("en", ["From article to step", "14 Enforcement systems", "Legal review", "A duty of officers outside"]),
    ],
)
def test_the_page_shows_the_articles_in_both_languages(office: Office, language: str, texts: list[str]) -> None:
    client = office.browser("chen")
    client.set_cookie("language", language)

    page = client.get("/help/trace").get_data(as_text=True)

    assert [text for text in texts if text not in page] == []
    assert client.get("/help").get_data(as_text=True).count("/help/trace") == 1
