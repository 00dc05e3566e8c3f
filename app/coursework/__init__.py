"""What participants build: systems, drafts, submissions, reviews, change requests."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach this room's pages, jobs and commands to the app."""
