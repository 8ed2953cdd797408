"""Which files the house takes in, told by name and by content."""

import re
from pathlib import PurePosixPath

from engine.domain.rejection import Rejection


class UnsupportedMedia(Rejection):
    """The kind of file is not allowed, or its content is not what its name says."""

    key = "file_unsupported"


_ZIP = (b"PK\x03\x04",)
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_OFFICE = "application/vnd.openxmlformats-officedocument."

# suffix: media type and how such a file begins (empty: text, which may not hold a zero byte)
_ALLOWED: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".txt": ("text/plain", ()),
    ".csv": ("text/csv", ()),
    ".doc": ("application/msword", _OLE),
    ".xls": ("application/vnd.ms-excel", _OLE),
    ".docx": (_OFFICE + "wordprocessingml.document", _ZIP),
    ".xlsx": (_OFFICE + "spreadsheetml.sheet", _ZIP),
    ".ofd": ("application/ofd", _ZIP),
    ".zip": ("application/zip", _ZIP),
    ".mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3")),
    ".mp4": ("video/mp4", ()),
}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f/\\\u202a-\u202e\u2066-\u2069]")


def media_type_of(name: str, head: bytes) -> str:
    """Raises UnsupportedMedia. `head`: the first bytes of the content."""
    suffix = PurePosixPath(name.lower()).suffix
    if suffix not in _ALLOWED:
        raise UnsupportedMedia(f"File '{name}' is of a kind that is not taken in.", name=name, suffix=suffix)
    media_type, beginnings = _ALLOWED[suffix]
    if suffix == ".mp4":
        fits = head[4:8] == b"ftyp"
    elif beginnings:
        fits = head.startswith(beginnings)
    else:
        fits = b"\x00" not in head
    if not fits:
        raise UnsupportedMedia(f"File '{name}' does not hold what its name says.", name=name, suffix=suffix)
    return media_type


def safe_name(name: str) -> str:
    """The name for people: no path, no control or direction characters, at most 120 characters."""
    cleaned = _UNPRINTABLE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ") or "file"
    return cleaned[-120:]
