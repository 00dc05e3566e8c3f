"""The pages of the way in: the applicant's and the staff's."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("admissions", __name__)

from app.admissions.views import applicant, checkout, seats, staff, waitlist  # noqa: E402

__all__ = ["applicant", "bp", "checkout", "seats", "staff", "waitlist"]
