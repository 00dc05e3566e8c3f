"""Files: content-addressed, kept outside the web root, served as attachments."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's pages, jobs and commands to the app."""
