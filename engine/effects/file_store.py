"""Documents on disk, named by their SHA-256, outside the web root."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import BinaryIO

from engine.domain.rejection import Rejection

_CHUNK = 1 << 16


class TooLarge(Rejection):
    """The upload is larger than the office allows."""

    key = "file_too_large"


class FileStore:
    def __init__(self, folder: Path, *, limit: int) -> None:
        self._folder = folder
        self._limit = limit

    def save(self, stream: BinaryIO) -> tuple[str, int, bytes]:
        """Returns (SHA-256 in hex, size, first 512 bytes). On disk before it returns. Raises TooLarge."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{secrets.token_hex(16)}.part"
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            with part.open("xb") as target:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > self._limit:
                        raise TooLarge(f"File is larger than {self._limit} bytes.", limit=self._limit)
                    head = head or chunk[:512]
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            place = self._place(digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        return digest.hexdigest(), size, head

    def open(self, sha256: str) -> BinaryIO:
        return self._place(sha256).open("rb")

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
