"""The coach's desk: what waits for a review, oldest promise first."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's pages, jobs and commands to the app."""
    from app.coaching import (
        blind_views,
        exemplar_views,
        opinion_views,
        people_views,
        quality_views,
        round_views,
    )
    from app.coaching.views import bp

    assert round_views
    assert quality_views
    assert blind_views
    assert opinion_views
    assert exemplar_views

    app.register_blueprint(bp)
    app.register_blueprint(people_views.bp)
