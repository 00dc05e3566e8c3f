"""The pages that need several rooms."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("site", __name__)

from app.site.views import (  # noqa: E402
    dashboard,
    examples,
    feed,
    health,
    learning,
    payments,
    preview,
    public,
    publishing,
    releases,
    reports,
    samples,
    search,
    staff,
    welcome,
)

__all__ = [
    "bp",
    "dashboard",
    "examples",
    "feed",
    "health",
    "learning",
    "payments",
    "preview",
    "public",
    "publishing",
    "releases",
    "reports",
    "samples",
    "search",
    "staff",
    "welcome",
]
