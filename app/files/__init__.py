"""Files: looked at, content-addressed, kept outside the web root, served as attachments."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Files have no pages of their own: the rooms that own them decide who may have them."""
    from app.files import jobs  # noqa: F401 - importing it registers the job
