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
    post("accounts/reset_link", user, "Choose a new password", key=f"link:{hash_token(url)}", now=now, url=url)


def password_changed(user: User, now: datetime) -> None:
    key = f"password-changed:{user.id}:{now.isoformat()}"
    post("accounts/password_changed", user, "Your password was changed", key=key, now=now, at=now, zone=user.time_zone)


def rehearse(kind: str) -> None:
    """Do the work of a letter for an address without an account, so that the answer takes as long."""
    url = f"{current_app.config['BASE_URL']}/{'x' * 50}"
    for ending in ("txt", "html"):
        render_template(f"mail/{kind}.{ending}", name="", subject="", base_url=current_app.config["BASE_URL"], url=url)
