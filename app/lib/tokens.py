"""Secrets that travel in links and cookies: random, and only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """32 random bytes, URL-safe."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What the database keeps of a token: SHA-256 in hex. The token is random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
