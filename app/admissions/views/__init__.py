"""The pages of the way in: the applicant's and the staff's."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("admissions", __name__)

from app.admissions.views import (  # noqa: E402
    applicant,
    cancelling,
    checkout,
    claiming,
    claims,
    deferring,
    drafts,
    employer_refunds,
    employers,
    funnel,
    lead_list,
    leads,
    leaving,
    questions,
    seats,
    staff,
    waitlist,
)

__all__ = [
    "applicant",
    "bp",
    "cancelling",
    "checkout",
    "deferring",
    "drafts",
    "claiming",
    "claims",
    "employer_refunds",
    "employers",
    "funnel",
    "lead_list",
    "leads",
    "leaving",
    "questions",
    "seats",
    "staff",
    "waitlist",
]
