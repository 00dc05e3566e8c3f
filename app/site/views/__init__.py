"""The pages that need several rooms."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("site", __name__)

from app.site.views import dashboard, health, learning, public, samples, search, staff  # noqa: E402

__all__ = ["bp", "dashboard", "health", "learning", "public", "samples", "search", "staff"]
