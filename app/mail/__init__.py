"""Messages waiting to be sent, and sending them."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.mail import jobs, views

    assert jobs.send_mail
    if app.config["DEMO"]:
        app.register_blueprint(views.bp)
