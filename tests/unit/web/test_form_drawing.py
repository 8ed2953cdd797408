"""What a person sees of a form, and what a screen reader hears."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from engine.domain.rejection import FieldError
from engine.forms.schema import Choice, Form
from web.forms.drawing import draw
from web.forms.messages import TEXTS, error_text

ROOT = Path(__file__).parents[3]
YES_NO = [{"label": "是", "value": "yes"}, {"label": "否", "value": "no"}]
VOID = {"input", "br", "hr"}


@dataclass(frozen=True, kw_only=True)
class Uploaded:
    name: str
    size: int


class Page(HTMLParser):
    """The elements of a drawing in order, refusing tags that do not close."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute of {tag} stands twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def by_id(self, wanted: str) -> tuple[str, dict[str, str | None]]:
        [found] = [element for element in self.elements if element[1].get("id") == wanted]
        return found

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [attrs for name, attrs in self.elements if name == tag and wanted.items() <= attrs.items()]


def form(*components: dict[str, Any]) -> Form:
    content = json.dumps({"type": "default", "id": "f", "components": components}).encode()
    return Form.parse(content, file="f.form")


def field(kind: str, key: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": "标签", **more}


def drawn(shape: Form, values: dict[str, Any] | None = None, **more: Any) -> Page:
    more = {"errors": {}, "choices": {}, **more}
    return Page(draw(shape, values=values or {}, **more))


INNER = field("dynamiclist", "inner", components=[field("number", "n")])
EVERYTHING = form(
    field("textfield", "text", description="提示", validate={"required": True, "maxLength": 9}),
    field("textarea", "area"),
    field("number", "number"),
    field("checkbox", "box", validate={"required": True}),
    field("radio", "radio", values=YES_NO, validate={"required": True}),
    field("checklist", "boxes", values=YES_NO),
    field("taglist", "tags", values=YES_NO),
    field("select", "chosen", values=YES_NO),
    field("select", "person", properties={"source": "people"}),
    field("datetime", "day"),
    field("datetime", "clock", subtype="time"),
    field("datetime", "moment", subtype="datetime"),
    field("filepicker", "files", multiple=True, accept=".pdf"),
    field("textfield", "locked", readonly=True),
    {"type": "text", "text": "第一段\n\n第二段"},
    {"type": "html", "content": "<script>x</script>"},
    {"type": "separator", "id": "s"},
    {"type": "spacer"},
    {"type": "group", "id": "g", "label": "分组", "components": [field("textfield", "member")]},
    field("dynamiclist", "rows", components=[field("textfield", "note"), field("radio", "ok", values=YES_NO), INNER]),
)
PEOPLE = {"people": [Choice(value=f"p{number}", label=f"人{number}", hint="一科") for number in range(20)]}
FILLED = {
    "text": "张三",
    "area": "一\n二",
    "number": Decimal("12.50"),
    "box": True,
    "radio": "yes",
    "boxes": ["no"],
    "tags": ["yes", "no"],
    "chosen": "no",
    "person": "p3",
    "day": date(2026, 11, 23),
    "moment": datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
    "files": ["f1"],
    "locked": "不可改",
    "member": "m",
    "rows": [{"note": "甲", "ok": "yes", "inner": [{"n": 1}]}, {"note": "乙"}],
}
FILES = {"f1": Uploaded(name="证据.pdf", size=2_500_000)}


def test_every_id_is_used_once_and_every_label_and_description_leads_to_one() -> None:
    errors = {path: [FieldError(key="form.required")] for path in ("text", "radio", "boxes", "rows", "rows[1].note")}
    page = drawn(EVERYTHING, FILLED, errors=errors, choices=PEOPLE, files=FILES)
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(set(ids)) == len(ids)
    for _, attrs in page.elements:
        for name in ("for", "aria-describedby", "aria-labelledby", "list"):
            for target in (attrs.get(name) or "").split():
                assert target in ids
    for link in page.all("a"):
        href = link["href"] or ""
        assert not href.startswith("#") or href[1:] in ids


def test_every_control_has_a_label() -> None:
    page = drawn(EVERYTHING, FILLED, choices=PEOPLE, files=FILES)
    labelled = {attrs["for"] for attrs in page.all("label")}
    for tag, attrs in page.elements:
        if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden":
            assert attrs["id"] in labelled


def test_nothing_in_a_drawing_needs_inline_script_or_style() -> None:
    page = drawn(EVERYTHING, FILLED, choices=PEOPLE, files=FILES)
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "style"})
    assert not [name for _, attrs in page.elements for name in attrs if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("readonly", [False, True])
def test_what_a_person_typed_is_never_markup(readonly: bool) -> None:
    hostile = '"><script>alert(1)</script>{{7*7}}'
    names = ("text", "area", "number", "chosen", "day", "locked", "member")
    values = {**dict.fromkeys(names, hostile), "files": [hostile], "rows": [{"note": hostile, "ok": hostile}]}
    markup = draw(EVERYTHING, values=values, errors={hostile: []}, choices={}, readonly=readonly)
    assert "<script>" not in markup
    assert "49" not in markup


def test_values_of_the_case_are_shown_as_inputs_expect_them() -> None:
    page = drawn(EVERYTHING, FILLED, choices=PEOPLE, files=FILES)
    inputs = ("text", "number", "person", "day", "moment", "rows[0].note", "rows[0].inner[0].n")
    assert {path: page.by_id(f"field-{path}")[1]["value"] for path in inputs} == {
        "text": "张三",
        "number": "12.50",
        "person": "人3（p3）",
        "day": "2026-11-23",
        "moment": "2026-11-23T09:30",
        "rows[0].note": "甲",
        "rows[0].inner[0].n": "1",
    }
    assert [box["value"] for box in page.all("input", name="tags") if "checked" in box] == ["yes", "no"]
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["no"]


def test_what_was_posted_is_shown_again() -> None:
    page = drawn(EVERYTHING, {"number": "twelve", "box": "true", "boxes": "no", "day": "2026-02-30"})
    assert page.by_id("field-number")[1]["value"] == "twelve"
    assert "checked" in page.by_id("field-box")[1]
    assert [box["value"] for box in page.all("input", name="boxes") if "checked" in box] == ["no"]


def test_a_textarea_keeps_a_leading_line_break() -> None:
    assert ">\n\n一</textarea>" in draw(form(field("textarea")), values={"a": "\n一"}, errors={}, choices={})


def test_a_required_control_with_an_error_says_so_to_a_screen_reader() -> None:
    control = drawn(EVERYTHING, errors={"text": [FieldError(key="form.required")]}).by_id("field-text")[1]
    assert control["aria-required"] == "true"
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "field-text-hint field-text-error"
    assert control["maxlength"] == "9"


def test_the_summary_leads_to_each_error_in_the_order_of_the_form() -> None:
    errors = {
        "rows[1].note": [FieldError(key="form.too_long", params={"limit": 5})],
        "text": [FieldError(key="form.required")],
        "ghost": [FieldError(key="form.unknown_field")],
    }
    page = drawn(EVERYTHING, FILLED, errors=errors, files=FILES)
    assert [link["href"] for link in page.all("a")][:2] == ["#field-text", "#field-rows[1].note"]
    assert "有 3 处需要修改" in page.text
    assert "标签第 2 行：标签：不能超过 5 个字符" in page.text
    assert "ghost：表单中没有这一项" in page.text


def test_a_label_with_braces_is_drawn_as_it_is() -> None:
    columns = [field("textfield", "n", label="{x}")]
    shape = form({"type": "dynamiclist", "key": "a", "label": "{0}", "components": columns})
    page = drawn(shape, {"a": [{}]}, errors={"a[0].n": [FieldError(key="form.required")]})
    assert "{0}第 1 行：{x}：必须填写" in page.text


def test_radio_and_checklist_are_groups_with_a_legend() -> None:
    page = drawn(
        form(field("radio", values=YES_NO, validate={"required": True}), field("checklist", "b", values=YES_NO))
    )
    assert page.by_id("field-a")[1]["role"] == "radiogroup"
    assert page.by_id("field-a")[1]["aria-required"] == "true"
    assert [tag for tag, _ in page.elements].count("legend") == 2


def test_a_conditional_part_is_marked_and_hidden_as_the_server_decided() -> None:
    shape = form(field("textfield"), field("textfield", "b", conditional={"hide": "=a = null"}))
    [part] = drawn(shape, hidden={"b"}).all("div", data_part="b")
    assert part["data-depends-on"] == "a"
    assert "hidden" in part
    [part] = drawn(shape).all("div", data_part="b")
    assert "hidden" not in part


def test_a_dynamic_list_carries_a_row_to_copy_and_its_buttons() -> None:
    page = drawn(form(field("dynamiclist", components=[field("textfield", "b")], properties={"minRows": "2"})))
    [box] = page.all("div", data_dynamic_list="a")
    assert (box["data-min"], box["data-max"]) == ("2", "100")
    assert [attrs["name"] for attrs in page.all("input")] == ["a[0].b", "a[1].b", "a[__index__].b"]
    assert page.by_id("field-a[__index__].b")[0] == "input"
    assert len([attrs for attrs in page.all("button") if "data-remove-row" in attrs]) == 3
    assert len([attrs for attrs in page.all("button") if "data-add-row" in attrs]) == 1


def test_a_list_within_a_list_can_be_copied_too() -> None:
    names = [attrs.get("name") for attrs in drawn(EVERYTHING, FILLED, choices=PEOPLE).all("input")]
    assert "rows[0].inner[__index__].n" in names
    assert "rows[__index__].inner[__index__].n" in names


def test_uploaded_files_stay_with_the_form() -> None:
    page = drawn(EVERYTHING, FILLED, files=FILES, upload_url="/up", file_url="/show/{}".format)
    [box] = page.all("div", data_name="files")
    assert box["data-upload-url"] == "/up"
    assert "name" not in page.by_id("field-files")[1]
    assert page.all("input", type="hidden") == [{"type": "hidden", "name": "files", "value": "f1"}]
    assert [link["href"] for link in page.all("a")] == ["/show/f1"]
    assert "证据.pdf" in page.text
    assert "2.4 MB" in page.text


def test_a_required_upload_says_so_in_its_label_since_its_control_cannot() -> None:
    page = drawn(form(field("filepicker", validate={"required": True})))
    assert "aria-required" not in page.by_id("field-a")[1]
    assert "标签（必填）" in page.text


def test_up_to_15_people_are_a_list_and_more_are_searched() -> None:
    shape = form(field("select", properties={"source": "people"}))
    assert drawn(shape, choices={"people": PEOPLE["people"][:15]}).by_id("field-a")[0] == "select"
    page = drawn(shape, choices=PEOPLE)
    assert page.by_id("field-a")[1]["list"] == "field-a-options"
    assert page.all("option")[3]["value"] == "人3（p3）"


def test_a_locked_field_is_text_and_no_control() -> None:
    page = drawn(form(field("textfield", readonly=True)), {"a": "不可改"})
    assert page.all("input") == []
    assert "不可改" in page.text


def test_labels_are_translated_by_key_and_by_choice() -> None:
    english = {"radio": "Decision", "radio.yes": "Yes", "rows.note": "Remark", "g": "Group"}
    page = drawn(EVERYTHING, FILLED, labels=lambda key, text: english.get(key, text), language="en")
    for text in ("Decision", "Yes", "Remark", "Group", "Add a row"):
        assert text in page.text


def test_read_only_is_a_list_of_facts_without_controls() -> None:
    page = drawn(EVERYTHING, FILLED, choices=PEOPLE, files=FILES, readonly=True)
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint({"input", "select", "textarea", "button", "template", "fieldset"})
    for text in ("张三", "12.50", "是、否", "人3", "2026-11-23 09:30", "证据.pdf", "分组", "乙"):
        assert text in page.text


def test_read_only_leaves_out_what_was_not_asked_and_marks_what_was_left_empty() -> None:
    page = drawn(form(field("textfield", label="甲"), field("textfield", "b", label="乙")), {"b": None}, readonly=True)
    assert "甲" not in page.text
    assert "未填写" in page.text
    assert len(page.all("dt")) == 1


def test_every_error_a_form_can_raise_has_both_texts() -> None:
    sources = {path.name: path.read_text("utf-8") for path in (ROOT / "engine/forms").glob("*.py")}
    calls = r'(?:refused|_misplace)\(.*?"(\w+)"'
    raised = {f"form.{key}" for text in sources.values() for key in re.findall(calls, text)}
    raised |= {key for text in sources.values() for key in re.findall(r'key="(form\.\w+)"', text)}
    raised |= {"form.not_a_date", "form.not_a_time", "form.not_a_datetime", "form.too_early", "form.too_late"}
    refusing = sources["reading.py"] + sources["component.py"]
    refusals = re.findall(r'\b_?refuse\(\s*(?:[^"()]*, |"", )?"(\w+)", f?"', refusing)
    raised |= {f"form.schema.{key}" for key in refusals}
    assert raised == set(TEXTS)
    assert all(zh and en and zh != en for zh, en in TEXTS.values())


def test_an_error_is_told_in_the_language_of_the_page() -> None:
    error = FieldError(key="form.too_late", params={"limit": date(2026, 11, 23)})
    assert error_text(error, "zh-CN") == "不能晚于 2026-11-23"
    assert error_text(error, "en") == "Not after 2026-11-23"
    assert error_text(FieldError(key="form.of_tomorrow"), "zh") == "form.of_tomorrow"
