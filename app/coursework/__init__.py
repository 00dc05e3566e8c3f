"""What participants build: systems, drafts, submissions, reviews, change requests."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's pages, jobs and commands to the app."""
    from app.accounts.carried import carry
    from app.coursework import commands, jobs  # noqa: F401 - importing it registers the jobs
    from app.coursework.views import (
        bp,
        client_data,
        coach,
        coach_preview,
        comment_bank,
        compare,
        exemplars,
        files,
        history,
        improving,
        participant,
        threads,
    )
    from app.lib.merging import OWN

    for endpoint in ("coursework.save", "coursework.submit", "reviews.save_review"):
        carry(endpoint, (*OWN, "round", "asked", "read"))
    assert participant
    assert files
    assert compare
    assert improving
    assert threads
    assert coach_preview
    assert comment_bank
    assert client_data
    assert exemplars
    app.cli.add_command(commands.recount)
    app.register_blueprint(bp)
    app.register_blueprint(coach.bp)
    app.register_blueprint(history.bp)
