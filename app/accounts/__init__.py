"""Who you are: users, sign-in, sessions."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.accounts import sessions

    sessions.init_app(app)
