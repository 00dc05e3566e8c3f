"""Who you are: users, sign-in, sessions, second factor."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.accounts import commands, jobs, sessions, views  # noqa: F401 - importing jobs registers them

    sessions.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(commands.create_staff)
    app.cli.add_command(commands.forget_second_factor)
