"""The texts of forms: what is wrong with a field, and the words on the buttons. Chinese first, English second."""

from collections.abc import Mapping
from datetime import datetime

from engine.domain.rejection import FieldError

_ERRORS: Mapping[str, tuple[str, str]] = {
    "form.required": ("必须填写", "This is required"),
    "form.not_a_text": ("应为文字", "This is not a text"),
    "form.bad_characters": ("含有无法保存的字符", "This holds characters that cannot be stored"),
    "form.too_long": ("不能超过 {limit} 个字符", "At most {limit} characters"),
    "form.too_short": ("不能少于 {limit} 个字符", "At least {limit} characters"),
    "form.pattern": ("格式不正确", "The format is not right"),
    "form.not_a_number": ("应为数字", "This is not a number"),
    "form.too_many_decimals": ("小数不能超过 {limit} 位", "At most {limit} decimal places"),
    "form.too_small": ("不能小于 {limit}", "Not less than {limit}"),
    "form.too_large": ("不能大于 {limit}", "Not more than {limit}"),
    "form.not_a_yes_no": ("应为是或否", "This is neither yes nor no"),
    "form.not_a_date": ("没有这个日期", "There is no such date"),
    "form.not_a_time": ("没有这个时间", "There is no such time"),
    "form.not_a_datetime": ("没有这个日期和时间", "There is no such date and time"),
    "form.too_early": ("不能早于 {limit}", "Not before {limit}"),
    "form.too_late": ("不能晚于 {limit}", "Not after {limit}"),
    "form.unknown_choice": ("不在可选范围内", "This is not one of the choices"),
    "form.unknown_field": ("表单中没有这一项", "The form has no such field"),
    "form.too_many": ("最多 {limit} 项", "At most {limit} entries"),
    "form.too_few": ("至少 {limit} 项", "At least {limit} entries"),
    "form.not_a_list": ("应为列表", "This is not a list"),
    "form.not_a_file": ("文件无效，请重新上传", "The file is not valid, upload it again"),
    "form.not_an_object": ("内容无法识别", "This cannot be read"),
}

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "form.schema.no_id": ("表单没有标识（id）", "The form has no id"),
    "form.schema.too_large": ("表单文件过大", "The form file is too large"),
    "form.schema.too_deep": ("表单嵌套过深", "The form is nested too deeply"),
    "form.schema.not_json": ("表单文件不是有效的 JSON", "The form file is not JSON"),
    "form.schema.not_a_list": ("components 应为列表", "components is not a list"),
    "form.schema.too_many_fields": ("表单组件过多", "The form has too many components"),
    "form.schema.not_an_object": ("应为对象", "This is not an object"),
    "form.schema.unknown_type": ("未知的组件类型", "Unknown component type"),
    "form.schema.bad_key": ("键名只能由文字、数字和下划线组成", "The key is not a name"),
    "form.schema.reserved_key": ("键名为系统保留", "The key is reserved"),
    "form.schema.duplicate_key": ("键名重复", "The key is used twice"),
    "form.schema.locked_in_list": ("列表中的列不能设为只读", "A column of a list cannot be read-only"),
    "form.schema.no_choices": ("没有可选项", "There is nothing to choose from"),
    "form.schema.group_path": ("分组不能设置路径", "A group cannot have a path"),
    "form.schema.not_a_text": ("应为文字", "This is not a text"),
    "form.schema.not_a_flag": ("应为 true 或 false", "This is neither true nor false"),
    "form.schema.not_a_number": ("应为数字", "This is not a number"),
    "form.schema.not_a_count": ("应为非负整数", "This is not a whole number"),
    "form.schema.expression_not_allowed": ("此处不能使用表达式", "An expression is not allowed here"),
    "form.schema.bad_expression": ("表达式有误", "The expression cannot be read"),
    "form.schema.bad_pattern": ("正则表达式无法使用", "The pattern cannot be used"),
    "form.schema.bad_subtype": ("日期类型应为 date、time 或 datetime", "The subtype is none of date, time, datetime"),
    "form.schema.bad_values": ("可选项有误", "The choices cannot be used"),
    "form.schema.duplicate_value": ("两个可选项的值相同", "Two choices have the same value"),
    "form.schema.bad_source": ("未知的选项来源", "Unknown source of choices"),
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "summary": ("有 {count} 处需要修改", "{count} entries need attention"),
    "in_row": ("{list}第 {row} 行：{label}", "{list}, row {row}: {label}"),
    "message": ("{label}：{text}", "{label}: {text}"),
    "required": ("（必填）", "(required)"),
    "choose": ("请选择", "Please choose"),
    "none": ("（不选）", "(none)"),
    "search": ("输入姓名或名称查找", "Type to search"),
    "add": ("增加一行", "Add a row"),
    "row": ("第", "No."),
    "row_after": ("行", ""),
    "remove_row": ("删除此行", "Remove the row"),
    "remove_file": ("移除", "Remove"),
    "upload": ("选择文件", "Choose files"),
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "empty": ("未填写", "Not filled in"),
}

TEXTS: Mapping[str, tuple[str, str]] = {**_ERRORS, **_PROBLEMS}


def error_text(error: FieldError, language: str) -> str:
    """What the person who filled in the form reads; an unknown key is shown as it is."""
    pair = TEXTS.get(error.key)
    if pair is None:
        return error.key
    return _chosen(pair, language).format_map({name: _shown(value) for name, value in error.params.items()})


def word(name: str, language: str, **params: object) -> str:
    return _chosen(_WORDS[name], language).format_map(params)


def _chosen(pair: tuple[str, str], language: str) -> str:
    return pair[1] if language.startswith("en") else pair[0]


def _shown(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
