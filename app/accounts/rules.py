"""What a password and a name must be, what a sign-in still needs, and where it may lead. Pure."""

from __future__ import annotations

import hmac
import re
import unicodedata
from datetime import datetime
from urllib.parse import urlsplit

import pyotp

from app.lib.refusal import Refused

SHORTEST, LONGEST = 12, 256
# Words anybody would try first on this site; the person's own name and address are added to them.
GUESSES = (
    "medicalexercise",
    "enterprisecohort",
    "password",
    "123456789012",
    "qwertyuiop",
    "letmein",
    "welcome",
)


def check_password(password: str, email: str, name: str) -> None:
    """Refused for a password that is too short, too long, or that an attacker tries first.

    Length beats composition rules (NIST SP 800-63B): any characters, at least 12, and no forced change.
    """
    if len(password) < SHORTEST:
        raise Refused(
            f"Please use at least {SHORTEST} characters. A sentence you can remember is fine.", "password"
        )
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


STEP_SECONDS = 30  # what every authenticator app uses
# No letter or digit that reads like another one; 16 of 31 are 79 bits, so a plain hash of them cannot be searched.
RECOVERY_LETTERS, RECOVERY_LENGTH = "abcdefghjkmnpqrstuvwxyz23456789", 16


def still_needed(sees_others_work: bool, switched_on: bool, given: bool, demo: bool) -> str | None:
    """What is missing before a sign-in opens anything: 'code', 'set-up', or None.

    Who switched the second factor on is always asked. Coaches and staff must switch it on, but for the demo, whose
    passwords are printed for everybody to try.
    """
    if switched_on:
        return None if given else "code"
    return "set-up" if sees_others_work and not demo else None


def check_switch_off(sees_others_work: bool, demo: bool) -> None:
    """Refused for those who see other people's work."""
    if sees_others_work and not demo:
        raise Refused("Coaches and staff see other people's work, so their second factor stays on.", "code")


def is_app_code(typed: str) -> bool:
    """Six digits are from the app; anything else is taken for a recovery code."""
    return re.fullmatch("[0-9]{6}", "".join(typed.split())) is not None


def step_of_code(secret: str, typed: str, last_step: int, now: datetime) -> int:
    """The thirty-second step this code of the app belongs to: now, or one step either side for a clock that is off.

    Refused when it fits none of them, and when that step's code, or a later one, was taken already.
    """
    code, app = "".join(typed.split()).encode(), pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP_SECONDS
    fitting = [
        s
        for s in (present - 1, present, present + 1)
        if hmac.compare_digest(app.generate_otp(s).encode(), code)
    ]
    if not fitting:
        raise Refused("That is not the code your app shows now. Look again, and type the newest one.", "code")
    if max(fitting) <= last_step:
        raise Refused("That code was used already. Wait until your app shows the next one.", "code")
    return max(fitting)


def plain_recovery_code(typed: str) -> str:
    """A recovery code as it was made, however it was typed: no spaces or dashes, small letters."""
    return "".join(c for c in typed.lower() if c in RECOVERY_LETTERS)
