"""Messages waiting to be sent, and sending them."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.mail import jobs, views  # noqa: F401 - importing it registers the jobs

    if app.config["DEMO"]:
        app.register_blueprint(views.bp)
