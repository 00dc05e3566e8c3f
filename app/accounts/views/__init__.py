"""The pages of this room: signing in, the second factor, and the account."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)

from app.accounts.views import account, second_factor, sign_in  # noqa: E402

__all__ = ["account", "bp", "second_factor", "sign_in"]
