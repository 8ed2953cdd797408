"""Read config.yaml: what a bureau may set without touching a diagram or code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

ANY = "*"
_ELAPSED = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?", re.ASCII)


class ConfigurationError(Exception):
    """config.yaml cannot be used; the message names the key and what it may be."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """`policies`: nested values that diagrams read with policy("a.b"). `permissions`: permission to groups.

    `external_topics`: work that programs outside may fetch ("*": whatever no delegate serves). `messages_kept`: how
    long a message waits for a case.
    `office`: its name as documents have it. `offices`, `product`: language to the name on screens.
    """

    office: str
    zone: ZoneInfo
    number_pattern: str = "{office}容〔{year}〕{n}号"
    number_patterns: Mapping[str, str] = field(default_factory=dict)
    number_office: str = ""
    permissions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    policies: Mapping[str, Any] = field(default_factory=dict)
    rest_days: tuple[str, ...] = ()
    work_days: tuple[str, ...] = ()
    upload_limit: int = 50 * 1024 * 1024
    external_topics: frozenset[str] = frozenset()
    messages_kept: timedelta = timedelta(days=7)
    offices: Mapping[str, str] = field(default_factory=dict)
    product: Mapping[str, str] = field(default_factory=dict)


def read_config(path: Path) -> Config:
    """Raises ConfigurationError with the key at fault."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: a mapping is expected at the top")
    return config_from(content, where=str(path))


def config_from(content: Mapping[str, Any], *, where: str) -> Config:
    office = content.get("office")
    if not isinstance(office, dict) or not office.get("name"):
        raise ConfigurationError(f"{where}: office.name is missing")
    zone_name = content.get("zone", "Asia/Shanghai")
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(f"{where}: zone '{zone_name}' is not a time zone (try Asia/Shanghai)") from error
    permissions = content.get("permissions", {})
    calendar = content.get("calendar") or {}
    numbering = content.get("numbering") or {}
    return Config(
        office=office["name"],
        zone=zone,
        number_pattern=numbering.get("case", "{office}容〔{year}〕{n}号"),
        number_patterns=numbering.get("processes") or {},
        number_office=str(numbering.get("office") or office.get("short_name") or office["name"]),
        permissions={name: tuple(groups) for name, groups in permissions.items()},
        groups=content.get("groups", {}),
        policies=content.get("policies", {}) | {"rules": content.get("rules", {})},
        rest_days=tuple(str(day) for day in calendar.get("rest_days") or ()),
        work_days=tuple(str(day) for day in calendar.get("work_days") or ()),
        upload_limit=int(content.get("upload_limit_mb", 50)) * 1024 * 1024,
        external_topics=frozenset(str(topic) for topic in content.get("external_topics") or ()),
        messages_kept=_elapsed(content.get("messages_kept", "P7D"), "messages_kept", where),
        offices={"zh": office["name"]} | ({"en": office["english_name"]} if office.get("english_name") else {}),
        product=_texts(content.get("product"), where=f"{where}: product"),
    )


def _elapsed(value: Any, key: str, where: str) -> timedelta:
    """A duration of days (of 24 hours), hours, minutes and seconds."""
    found = _ELAPSED.fullmatch(str(value))
    if found is None or not any(found.groups()):
        raise ConfigurationError(f"{where}: {key}: '{value}' is not a duration (try P7D or PT12H)")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _texts(given: object, *, where: str) -> dict[str, str]:
    """One text for all languages, or one for each."""
    if given is None or isinstance(given, str):
        return {} if not given else {"zh": given}
    if not isinstance(given, dict) or not all(isinstance(text, str) for text in given.values()):
        raise ConfigurationError(f"{where} is neither a text nor one for each language (zh, en)")
    return given
