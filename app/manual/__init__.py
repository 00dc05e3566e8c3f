"""Accepted systems bound into a practice manual."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.manual import jobs, views  # noqa: F401 - importing it registers the jobs

    app.register_blueprint(views.bp)
