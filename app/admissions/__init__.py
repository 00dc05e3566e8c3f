"""The way in: applications, offers, seats."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.admissions import jobs, lead_jobs, left_checkout, views  # noqa: F401  (importing jobs registers them)

    app.register_blueprint(views.bp)
    app.register_blueprint(views.leads.bp)
