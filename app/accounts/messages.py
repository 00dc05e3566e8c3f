"""The letters of this room."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, render_template

from app.accounts.models import User
from app.lib.tokens import hash_token
from app.mail.actions import post


def sign_in_link(user: User, url: str, now: datetime) -> None:
    post("accounts/sign_in_link", user, "Your sign-in link", key=f"link:{hash_token(url)}", now=now, url=url)


def reset_link(user: User, url: str, now: datetime) -> None:
    post(
        "accounts/reset_link", user, "Choose a new password", key=f"link:{hash_token(url)}", now=now, url=url
    )


def password_changed(user: User, now: datetime) -> None:
    key = f"password-changed:{user.id}:{now.isoformat()}"
    post(
        "accounts/password_changed",
        user,
        "Your password was changed",
        key=key,
        now=now,
        at=now,
        zone=user.time_zone,
    )


def switched_on(user: User, now: datetime) -> None:
    _tell(
        user,
        "on",
        "Your second factor is on",
        "from now on we ask for a code from your app when you sign in.",
        now,
    )


def switched_off(user: User, now: datetime) -> None:
    sentence = "your second factor was switched off, and every other device was signed out."
    _tell(user, "off", "Your second factor is off", sentence, now)


def moved(user: User, now: datetime) -> None:
    sentence = "another phone now makes your codes. The old phone and the old recovery codes are worthless."
    _tell(user, "moved", "Your second factor moved to another phone", sentence, now)


def recovery_codes_made(user: User, now: datetime) -> None:
    sentence = "ten new recovery codes were made for your account. The old ones are worthless."
    _tell(user, "codes", "You have new recovery codes", sentence, now)


def recovery_code_used(user: User, left: int, now: datetime) -> None:
    sentence = f"a recovery code was used in the place of your phone. Unused codes left: {left}."
    _tell(user, "recovery", "A recovery code was used", sentence, now)


def codes_guessed(user: User, now: datetime) -> None:
    """At most one a day: wrong codes mean that somebody got past the password."""
    sentence = "wrong codes were typed for your account, after the right password or mailed link. We take no more now."
    _tell(user, "guessed", "Wrong codes for your account", sentence, now, fact=f"{now:%Y-%m-%d}")


def _tell(user: User, what: str, subject: str, sentence: str, now: datetime, fact: str = "") -> None:
    key = f"second-factor-{what}:{user.id}:{fact or now.isoformat()}"
    zone = user.time_zone
    post("accounts/second_factor", user, subject, key=key, now=now, at=now, zone=zone, sentence=sentence)


def rehearse(kind: str) -> None:
    """Do the work of a letter for an address without an account, so that the answer takes as long."""
    url = f"{current_app.config['BASE_URL']}/{'x' * 50}"
    for ending in ("txt", "html"):
        render_template(
            f"mail/{kind}.{ending}", name="", subject="", base_url=current_app.config["BASE_URL"], url=url
        )
