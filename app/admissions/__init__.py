"""The way in: applications, offers, seats."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.admissions import jobs, views  # noqa: F401  (jobs: it registers its job)

    app.register_blueprint(views.bp)
