"""The only module that imports Flask-Login: the extension is old and untyped, and can be replaced here in a day."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_login import LoginManager, UserMixin, current_user

__all__ = ["LoginManager", "UserMixin", "ask_to_sign_in", "current_user"]


def ask_to_sign_in() -> Any:
    """What somebody gets who is not signed in: the sign-in page, or 401 for a program."""
    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
