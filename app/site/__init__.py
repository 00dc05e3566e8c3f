"""The public front, each person's dashboard, and the demo: the room that knows all."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's pages, jobs and commands to the app."""
