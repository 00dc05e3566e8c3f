"""The pages of the self-assessment: answering it, and its result."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("assessment", __name__)

from app.assessment.views import answering, result  # noqa: E402

__all__ = ["answering", "bp", "result"]
