"""What is taught: reads the curriculum's text files and publishes immutable releases of it."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's commands to the app."""
    from app.curriculum.commands import curriculum_cli

    app.cli.add_command(curriculum_cli)
