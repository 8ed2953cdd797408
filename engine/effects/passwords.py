"""Hash and check passwords with Argon2id."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Every hash takes 64 MiB: a burst of log-ins must not take the machine.
_slots = threading.BoundedSemaphore(4)
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    with _slots:
        return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Constant-time; False for a hash that cannot be read."""
    with _slots:
        try:
            return _hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
