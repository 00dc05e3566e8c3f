"""Who you are: users, sign-in, sessions."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.accounts import commands, jobs, sessions, views

    sessions.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(commands.create_staff)
    assert jobs.forget_throttles
