"""What participants build: systems, drafts, submissions, reviews, change requests."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's pages, jobs and commands to the app."""
    from app.coursework import commands, jobs  # noqa: F401 - importing it registers the jobs
    from app.coursework.views import bp, coach, exemplars, files, participant

    assert participant
    assert files
    assert exemplars
    app.cli.add_command(commands.recount)
    app.register_blueprint(bp)
    app.register_blueprint(coach.bp)
