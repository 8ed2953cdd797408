"""Make a form of the fields that Camunda 7 draws into a task or start event (`camunda:formData`)."""

import json
from typing import Any

from engine.bpmn import xml
from engine.bpmn.problems import Problems

_TYPES: dict[str, dict[str, Any]] = {
    "boolean": {"type": "checkbox"},
    "date": {"type": "datetime", "subtype": "date"},
    "double": {"type": "number"},
    "enum": {"type": "select"},
    "long": {"type": "number", "decimalDigits": 0},
    "string": {"type": "textfield"},
}
_RULES = {"required": "required", "min": "min", "max": "max", "minlength": "minLength", "maxlength": "maxLength"}


def read_form(node: xml.Node, form_id: str, problems: Problems) -> bytes | None:
    """The schema of a form with this id; None when the element has no fields or refers to a form."""
    data = xml.extension(node, "formData")
    if data is None or xml.camunda(node, "formRef") is not None:
        return None
    fields = [_field(field, node, problems) for field in xml.children(data, "formField", xml.CAMUNDA)]
    if not fields:
        return None
    return json.dumps({"type": "default", "id": form_id, "components": fields}, ensure_ascii=False).encode()


def _field(field: xml.Node, node: xml.Node, problems: Problems) -> dict[str, Any]:
    key, kind = field.get("id") or "", field.get("type") or "string"
    made: dict[str, Any] = {"key": key, "label": field.get("label") or key, **_TYPES.get(kind, {})}
    if kind not in _TYPES:
        problems.error(
            "form.field",
            f"表单字段“{key}”的类型 {kind} 不支持。 The type of the form field does not run here.",
            node,
            hint="可用: " + ", ".join(sorted(_TYPES)) + "。 These types are known.",
        )
        made["type"] = "textfield"
    if kind == "enum":
        values = xml.children(field, "value", xml.CAMUNDA)
        made["values"] = [{"value": value.get("id"), "label": value.get("name") or value.get("id")} for value in values]
    made |= _default(field, kind, node, problems)
    rules: dict[str, Any] = {}
    validation = xml.child(field, "validation", xml.CAMUNDA)
    for constraint in () if validation is None else xml.children(validation, "constraint", xml.CAMUNDA):
        name, config = constraint.get("name") or "", constraint.get("config") or "true"
        if name == "readonly":
            made["readonly"] = True
        elif name in _RULES:
            # A required box would have to be ticked; Camunda 7 only asks that it has a value.
            if not (name == "required" and kind == "boolean"):
                rules[_RULES[name]] = _literal(config)
        else:
            problems.error(
                "form.constraint",
                f"表单字段“{key}”的校验 {name} 不在此运行。 This validation of the field does not run here.",
                node,
                hint="用 required、min、max、minlength、maxlength 或 readonly。 Use one of these.",
            )
    return made | ({"validate": rules} if rules else {})


def _default(field: xml.Node, kind: str, node: xml.Node, problems: Problems) -> dict[str, Any]:
    text = field.get("defaultValue")
    if not text or kind == "date":
        return {}
    if "${" in text or "#{" in text:
        problems.warning(
            "form.default",
            f"表单字段“{field.get('id')}”的默认值是表达式，不会计算。 The default value is not computed.",
            node,
            hint="在任务之前用脚本给同名变量赋值。 Set the variable in a script before the task.",
        )
        return {}
    return {"defaultValue": text if kind in {"string", "enum"} else _literal(text)}


def _literal(text: str) -> Any:
    """A number or truth value where the text is one."""
    if text in {"true", "false"}:
        return text == "true"
    try:
        return int(text) if len(text) < 20 else text
    except ValueError:
        return text
