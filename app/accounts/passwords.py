"""Argon2id, with parameters a two-core server can afford, and never two slow answers for one fast one."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# OWASP's minimum for argon2id (19 MiB, 2 passes): about 30 ms here, so a flood of guesses cannot starve the site.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("a password that nobody has")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Does the password fit? Takes the same time for an account without one, or without an account."""
    try:
        fits = _hasher.verify(password_hash or _NOBODY, password[:256])
    except (Argon2Error, InvalidHashError):
        return False
    return fits and password_hash is not None
