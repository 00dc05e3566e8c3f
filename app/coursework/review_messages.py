"""Mail about reviews to the participant, one per fact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.coursework import review_shown
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Submission
from app.coursework.review_models import Review
from app.coursework.review_queries import named
from app.coursework.systems import systems_of
from app.curriculum.queries import program_of
from app.lib.words import count
from app.mail.actions import post


def published(review: Review, now: datetime) -> None:
    """Tell the participant the answer: what is strong, and what exactly to change."""
    facts = _facts(review)
    if review.verdict == "accepted":
        subject = f"{facts['title']} is accepted"
    else:
        subject = f"{facts['title']}: {facts['asked']}"
    person = review.submission.system.enrollment.user
    post("coursework/review_published", person, subject, key=f"review:{review.id}", now=now, **facts)


def withdrawn(review: Review, now: datetime) -> None:
    """Correct a mail that went out: the review it told of is withdrawn and the round waits again."""
    subject = f"A correction: the review of {named(review.submission)} is withdrawn"
    person = review.submission.system.enrollment.user
    key = f"review-withdrawn:{review.id}"
    post("coursework/review_withdrawn", person, subject, key=key, now=now, **_facts(review))


def _facts(review: Review) -> dict[str, Any]:
    submission = review.submission
    view = review_shown.view_of(review)
    required = [one for one in (*view.earlier, *view.remarks) if one.kind == "required"]
    return {
        "review": view,
        "named": named(submission),
        "title": assignment_of_round(submission).worksheet.title,
        "first_name": submission.system.enrollment.user.first_name,
        "coach_name": review.coach.name,
        "path": f"/systems/{submission.system_id}",
        "spine": _spine(submission),
        "required": required,
        "asked": count(len(required), "required change", "required changes"),
        "suggested": [one for one in (*view.earlier, *view.remarks) if one.kind == "suggested"],
    }


def _spine(submission: Submission) -> list[str]:
    """The status of each module's system, in the order of the program: the bands at the head of the mail."""
    statuses = {row.module_slug: row.status for row in systems_of(submission.system.enrollment_id)}
    return [statuses.get(module.slug, "not started") for module in program_of(submission.release_id).modules]
