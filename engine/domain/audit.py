"""The hash chain over the history of a case: changing, deleting or reordering an entry breaks it."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

GENESIS = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Link:
    """One entry as the chain sees it; `content` is every stored field, joined without ambiguity."""

    position: int
    content: str
    hash: str


def content_of(*fields: object) -> str:
    """Length-prefixed, so that no two lists of fields give the same text."""
    return "".join([f"{len(text)}:{text}" for text in map(str, fields)])


def next_hash(previous: str, content: str, *, secret: bytes) -> str:
    return hmac.digest(secret, f"{previous}{content}".encode(), "sha256").hex()


def first_broken(links: Iterable[Link], *, head: str, length: int, secret: bytes) -> int | None:
    """Position of the first entry that does not fit, `length` if entries are missing at the end, None if intact."""
    previous = GENESIS
    position = 0
    for position, link in enumerate(links, start=1):
        expected = next_hash(previous, link.content, secret=secret)
        if link.position != position or not hmac.compare_digest(expected, link.hash):
            return position
        previous = expected
    if position != length or previous != head:
        return length
    return None
