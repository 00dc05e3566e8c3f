"""What a password and a name must be, and where a sign-in may lead. Pure."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from app.lib.refusal import Refused

SHORTEST, LONGEST = 12, 256
# Words anybody would try first on this site; the person's own name and address are added to them.
GUESSES = ("medicalexercise", "enterprisecohort", "password", "123456789012", "qwertyuiop", "letmein", "welcome")


def check_password(password: str, email: str, name: str) -> None:
    """Refused for a password that is too short, too long, or that an attacker tries first.

    Length beats composition rules (NIST SP 800-63B): any characters, at least 12, and no forced change.
    """
    if len(password) < SHORTEST:
        raise Refused(f"Please use at least {SHORTEST} characters. A sentence you can remember is fine.", "password")
    if len(password) > LONGEST:
        raise Refused(f"Please use at most {LONGEST} characters.", "password")
    plain = "".join(password.lower().split())
    own = [email.split("@")[0].lower(), *name.lower().split()]
    if len(set(plain)) < 5 or any(_mostly(word, plain) for word in [*GUESSES, *own]):
        raise Refused("That is one of the first an attacker would try. Please choose another.", "password")


def _mostly(word: str, password: str) -> bool:
    """Is the password little more than this word?"""
    return len(word) > 2 and word in password and len(password) - len(word) * password.count(word) < 6


def clean_name(name: str) -> str:
    """A name as it may be shown: one line, no control or direction characters. Refused when nothing is left."""
    kept = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    kept = " ".join(kept.split())
    if not kept:
        raise Refused("Please enter your name.", "name")
    if len(kept) > 120:
        raise Refused("Please use at most 120 characters.", "name")
    return kept


def safe_next(path: str | None) -> str | None:
    """A path of this site to go to after signing in, or None for anything else (no open redirect)."""
    if not path or not path.startswith("/") or len(path) > 300:
        return None
    if any(unicodedata.category(c) == "Cc" for c in path) or "\\" in path or path.startswith("//"):
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc else path
