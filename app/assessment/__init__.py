"""The self-assessment against the reasons: answering it, its result, and what is kept of it for how long."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from app.assessment import jobs, views  # noqa: F401 - importing jobs registers them

    app.register_blueprint(views.bp)
