"""Where things are on this machine, from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`data`: folder of documents, the embedded database and the secret key."""

    home: Path
    data: Path
    database_url: str
    secret: bytes
    port: int
    host: str
    secure_cookies: bool


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """RONGCUO_DATA_DIR, RONGCUO_DATABASE_URL, RONGCUO_SECRET_KEY, RONGCUO_HOST, RONGCUO_PORT, RONGCUO_HTTPS."""
    data = Path(environment.get("RONGCUO_DATA_DIR", HOME / "var")).resolve()
    data.mkdir(parents=True, exist_ok=True)
    return Settings(
        home=HOME,
        data=data,
        database_url=_with_driver(environment.get("RONGCUO_DATABASE_URL", f"sqlite:///{data / 'rongcuo.db'}")),
        secret=_secret(environment.get("RONGCUO_SECRET_KEY"), data / "secret.key"),
        port=int(environment.get("RONGCUO_PORT", environment.get("PORT", "8080"))),
        host=environment.get("RONGCUO_HOST", "127.0.0.1"),
        secure_cookies=environment.get("RONGCUO_HTTPS", "") == "1",
    )


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _secret(given: str | None, file: Path) -> bytes:
    """The key of the audit chain: given, or made once and kept readable by the owner alone."""
    if given:
        return given.encode()
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as target:
            target.write(secrets.token_hex(32))
    return file.read_text(encoding="ascii").strip().encode()
