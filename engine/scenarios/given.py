"""What a test gives to a scenario: files, values, a moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine.domain.rejection import Invalid
from engine.domain.values import to_json


def named_files(files: Iterable[str | Path | bytes]) -> dict[str, bytes]:
    """Contents by file name; a file without one is named by its kind."""
    found: dict[str, bytes] = {}
    for number, file in enumerate(files, start=1):
        if isinstance(file, bytes):
            found[f"file{number}{_suffix(file)}"] = file
        else:
            path = Path(file)
            name = path.name if path.name not in found else f"{number}-{path.name}"
            found[name] = path.read_bytes()
    return found


def _suffix(content: bytes) -> str:
    if content.lstrip()[:1] == b"{":
        return ".form"
    return ".dmn" if b"/DMN/" in content[:4_000] else ".bpmn"


def zone_of(now: datetime | None) -> ZoneInfo:
    if now is None:
        return ZoneInfo("Asia/Shanghai")
    return now.tzinfo if isinstance(now.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def typed(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Values as variables hold them: exact numbers, lists. Raises Invalid for what no variable can hold."""
    exact = {name: _exact(value) for name, value in (values or {}).items()}
    for name, value in exact.items():
        try:
            to_json(value)
        except TypeError as error:
            raise Invalid(f"Variable '{name}': {error}", variable=name) from error
    return exact


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_exact(item) for item in value]
    return value
