"""What participants build: systems, drafts, submissions, reviews, change requests."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's pages, jobs and commands to the app."""
    from app.coursework import jobs  # noqa: F401 - importing it registers the jobs
    from app.coursework.views import bp, client_data, coach, files, participant

    assert participant
    assert files
    assert client_data
    app.register_blueprint(bp)
    app.register_blueprint(coach.bp)
