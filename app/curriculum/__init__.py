"""What is taught: reads the curriculum's text files and publishes immutable releases of it."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's commands to the app, and let its newest release say what the site is called."""
    from app.curriculum.commands import curriculum_cli
    from app.curriculum.queries import front, media_digests
    from app.files.jobs import also_needed
    from app.lib.imprint import told_by

    app.cli.add_command(curriculum_cli)
    told_by(front.imprint)
    also_needed("the media of releases", media_digests)
