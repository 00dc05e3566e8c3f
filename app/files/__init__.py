"""Files: content-addressed, kept outside the web root, served as attachments."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Files have no pages of their own: the rooms that own them decide who may have them."""
