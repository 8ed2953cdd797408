"""Turn the name and value pairs of an HTML form into nested data."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from engine.forms.component import ROW_LIMIT

PAIR_LIMIT = 5_000
_DEPTH_LIMIT = 4
_PAGE_NAMES = frozenset({"csrf_token"})
_SEGMENT = re.compile(r"(?P<key>[^\W\d]\w{0,63})(?:\[(?P<index>\d{1,3})\])?")
# A key that no field can have: validation refuses it, so an oversized post is never taken for a complete one.
OVERFLOW = "[]"


class _Rows(dict[int, dict[str, Any]]):
    """Rows by the index that the browser gave them."""


def decode(pairs: Iterable[tuple[str, str]], *, ignore: Collection[str] = ()) -> dict[str, Any]:
    """`list[0].name` becomes {"list": [{"name": ...}]}; a name posted twice becomes a list.

    Left out: the token of the page, `ignore`, and names that begin with an underscore. A name that is malformed or out
    of bounds is kept as it is, so that `validate` refuses it. Never raises.
    """
    root: dict[str, Any] = {}
    for count, (name, value) in enumerate(pairs):
        if count >= PAIR_LIMIT:
            root[OVERFLOW] = PAIR_LIMIT
            break
        if name in _PAGE_NAMES or name in ignore or name.startswith("_"):
            continue
        if not _place(root, name, value):
            root[name if name not in root else name + OVERFLOW] = value
    return {key: _in_order(value) for key, value in root.items()}


def _place(root: dict[str, Any], name: str, value: str) -> bool:
    """Put the value where its name says; False if the name says nothing or contradicts an earlier one."""
    segments = name.split(".", _DEPTH_LIMIT)
    matches = [_SEGMENT.fullmatch(segment) for segment in segments]
    if len(segments) > _DEPTH_LIMIT or any(match is None for match in matches):
        return False
    steps = [(match["key"], match["index"]) for match in matches if match is not None]
    *way, (leaf, last_index) = steps
    if last_index is not None or any(index is None or int(index) >= ROW_LIMIT for _, index in way):
        return False
    node = root
    for key, index in way:
        rows = node.setdefault(key, _Rows())
        if not isinstance(rows, _Rows):
            return False
        node = rows.setdefault(int(index), {})
    if isinstance(node.get(leaf), _Rows):
        return False
    _add(node, leaf, value)
    return True


def _add(node: dict[str, Any], key: str, value: str) -> None:
    before = node.get(key)
    if key not in node:
        node[key] = value
    elif isinstance(before, list):
        before.append(value)
    else:
        node[key] = [before, value]


def _in_order(value: Any) -> Any:
    """Rows as a list; an index left out by a removed row closes up."""
    if not isinstance(value, _Rows):
        return value
    return [{key: _in_order(inner) for key, inner in value[index].items()} for index in sorted(value)]
