"""Turn what was sent for one field into a value of a case variable."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.domain.rejection import FieldError
from engine.forms.fields import MANY_CHOICES_TYPES, ONE_CHOICE_TYPES, Field

FILE_LIMIT = 50
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,10})?", re.ASCII)
_NUMBER_BITS = 64
_FILE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_YEARS = range(1900, 2200)
# Chinese input methods type digits and points of full width.
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．－＋：", "0123456789.-+:")
# The database refuses NUL, UTF-8 refuses lone surrogates, and no key types the other control characters.
_BAD_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_YES = frozenset({"true", "on", "1", "yes"})
_NO = frozenset({"", "false", "off", "0", "no"})


@dataclass(frozen=True, kw_only=True)
class Coerced:
    """`value` is None (or empty) whenever there is an error."""

    value: Any = None
    error: FieldError | None = None


def refused(key: str, **params: object) -> Coerced:
    return Coerced(error=FieldError(key=f"form.{key}", params=params))


def coerce(field: Field, raw: Any, *, zone: ZoneInfo, allowed: Collection[str] | None) -> Coerced:
    """The typed value of any field but a dynamic list. `allowed`: values of a choice field, None for any."""
    if field.type in MANY_CHOICES_TYPES:
        return _many(field, raw, allowed)
    if field.type in ONE_CHOICE_TYPES:
        return _one_of(raw, allowed)
    return _COERCIONS[field.type](field, raw, zone)


def is_empty(value: Any) -> bool:
    """What does not satisfy a required field; a box that must be ticked is empty while it is not."""
    return value is None or value is False or value == "" or value == []


def search_text(value: str, label: str) -> str:
    """How a choice reads where one types to find it: name and value, since two people may share a name."""
    return value if label == value else f"{label}（{value}）"


def _text(field: Field, raw: Any, zone: ZoneInfo) -> Coerced:
    if raw is None:
        return Coerced()
    if not isinstance(raw, str):
        return refused("not_a_text")
    if field.max_length is not None and len(raw) > 4 * field.max_length + 1_000:
        return refused("too_long", limit=field.max_length)
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    error = _text_error(field, text) if text else None
    return error or Coerced(value=text or None)


def _text_error(field: Field, text: str) -> Coerced | None:
    if _BAD_CHARACTERS.search(text) or (field.type == "textfield" and "\n" in text):
        return refused("bad_characters")
    if field.max_length is not None and len(text) > field.max_length:
        return refused("too_long", limit=field.max_length, length=len(text))
    if field.min_length is not None and len(text) < field.min_length:
        return refused("too_short", limit=field.min_length, length=len(text))
    if field.pattern is not None and not field.pattern.search(text):
        return refused("pattern")
    return None


def _number(field: Field, raw: Any, zone: ZoneInfo) -> Coerced:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return Coerced()
    number = _decimal(raw)
    if number is None:
        return refused("not_a_number")
    if field.decimals is not None and len(format(number.normalize(), "f").partition(".")[2]) > field.decimals:
        return refused("too_many_decimals", limit=field.decimals)
    if field.minimum is not None and number < field.minimum:
        return refused("too_small", limit=field.minimum)
    if field.maximum is not None and number > field.maximum:
        return refused("too_large", limit=field.maximum)
    return Coerced(value=int(number) if number == number.to_integral_value() else number)


def _decimal(raw: Any) -> Decimal | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        # Before str: a number of a million digits takes long to write.
        return Decimal(raw) if raw.bit_length() < _NUMBER_BITS else None
    if isinstance(raw, (float, Decimal)):
        exact = Decimal(repr(raw)) if isinstance(raw, float) else raw
        if not exact.is_finite() or abs(exact.adjusted()) > len(str(2**_NUMBER_BITS)):
            return None
        raw = format(exact.normalize(), "f")
    if not isinstance(raw, str) or len(raw) > 64:
        return None
    text = raw.strip().translate(_HALF_WIDTH)
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _yes_or_no(field: Field, raw: Any, zone: ZoneInfo) -> Coerced:
    if raw is None:
        return Coerced(value=False)
    if isinstance(raw, bool):
        return Coerced(value=raw)
    if isinstance(raw, str) and raw.strip().lower() in _YES | _NO:
        return Coerced(value=raw.strip().lower() in _YES)
    return refused("not_a_yes_no")


def _moment(field: Field, raw: Any, zone: ZoneInfo) -> Coerced:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return Coerced()
    value = _MOMENTS[field.subtype](raw, zone)
    if value is None or (isinstance(value, date) and value.year not in _YEARS):
        return refused(f"not_a_{field.subtype}")
    return Coerced(value=value)


def _date(raw: Any, zone: ZoneInfo) -> date | None:
    if isinstance(raw, datetime):
        return raw.astimezone(zone).date() if raw.tzinfo else None
    if isinstance(raw, date):
        return raw
    # Only the form that browsers send: fromisoformat takes "20261123" and week dates as well.
    text = _half_width(raw, 10)
    return _parsed(date.fromisoformat, text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None


def _time(raw: Any, zone: ZoneInfo) -> time | None:
    if isinstance(raw, time):
        return raw
    text = _half_width(raw, 8)
    return _parsed(time.fromisoformat, text) if re.fullmatch(r"\d{2}:\d{2}(:\d{2})?", text, re.ASCII) else None


def _datetime(raw: Any, zone: ZoneInfo) -> datetime | None:
    found = raw if isinstance(raw, datetime) else _parsed(datetime.fromisoformat, _half_width(raw, 40))
    if found is None or (not isinstance(raw, datetime) and ":" not in raw.translate(_HALF_WIDTH)):
        return None
    if found.tzinfo is not None:
        return found
    aware = found.replace(tzinfo=zone)
    # A gap of summer time: the hour does not exist on that day.
    return aware if found.year not in _YEARS or _exists(aware) else None


def _exists(moment: datetime) -> bool:
    there_and_back = datetime.fromtimestamp(moment.timestamp(), tz=moment.tzinfo)
    return there_and_back.replace(tzinfo=None) == moment.replace(tzinfo=None)


def _half_width(raw: Any, length: int) -> str:
    text = raw.strip().translate(_HALF_WIDTH) if isinstance(raw, str) and len(raw) <= 2 * length else ""
    return text if len(text) <= length else ""


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None


def _files(field: Field, raw: Any, zone: ZoneInfo) -> Coerced:
    items = _items(raw)
    if items is None:
        return refused("not_a_list")
    if len(items) > (FILE_LIMIT if field.multiple else 1):
        return refused("too_many", limit=FILE_LIMIT if field.multiple else 1)
    if not all(isinstance(item, str) and _FILE_ID.fullmatch(item) for item in items):
        return refused("not_a_file")
    return Coerced(value=list(dict.fromkeys(items)))


def _one_of(raw: Any, allowed: Collection[str] | None) -> Coerced:
    if raw is None or raw == "":
        return Coerced()
    value = _offered(raw, allowed)
    return refused("unknown_choice") if value is None else Coerced(value=value)


def _many(field: Field, raw: Any, allowed: Collection[str] | None) -> Coerced:
    items = _items(raw)
    if items is None:
        return refused("not_a_list")
    limit = field.max_length or 1_000
    if len(items) > limit:
        return refused("too_many", limit=limit)
    found = [_offered(item, allowed) for item in items]
    if None in found:
        return refused("unknown_choice")
    return Coerced(value=list(dict.fromkeys(found)))


def _items(raw: Any) -> list[Any] | None:
    """One value posted stands for a list of one; empty values are what a page sends for nothing."""
    if raw is None:
        return []
    if isinstance(raw, str):
        raw = [raw]
    return [item for item in raw if item != ""] if isinstance(raw, (list, tuple)) else None


def _offered(raw: Any, allowed: Collection[str] | None) -> str | None:
    if not isinstance(raw, str) or len(raw) > 1_000:
        return None
    if allowed is not None and raw in allowed:
        return raw
    text = raw.strip()
    # Picked from a search list, see `search_text`.
    value = text[:-1].rpartition("（")[2] if text.endswith("）") and "（" in text else text
    if allowed is None:
        return None if _BAD_CHARACTERS.search(value) else value
    return value if value in allowed else None


_MOMENTS: Mapping[str, Callable[[Any, ZoneInfo], date | time | None]] = {
    "date": _date,
    "time": _time,
    "datetime": _datetime,
}
_COERCIONS: Mapping[str, Callable[[Field, Any, ZoneInfo], Coerced]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _yes_or_no,
    "datetime": _moment,
    "filepicker": _files,
}
