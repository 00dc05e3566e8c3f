"""Mail about reviews to the participant, one per fact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.coursework import review_queries as queries
from app.coursework.models import Review
from app.coursework.review_queries import named
from app.coursework.review_rules import count_words
from app.mail.actions import post


def published(review: Review, now: datetime) -> None:
    """Tell the participant the answer: what is strong, and what exactly to change."""
    facts = _facts(review)
    if review.verdict == "accepted":
        subject = f"{facts['title']} is accepted"
    else:
        changes = facts["required"]
        subject = f"{facts['title']}: {count_words(len(changes), 'required change', 'required changes')}"
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
    view = queries.view_of(review)
    return {
        "review": view,
        "named": named(submission),
        "title": queries.assignment_of(submission).worksheet.title,
        "first_name": submission.system.enrollment.user.first_name,
        "coach_name": review.coach.name,
        "path": f"/systems/{submission.system_id}",
        "required": [one for one in (*view.earlier, *view.remarks) if one.kind == "required"],
        "suggested": [one for one in (*view.earlier, *view.remarks) if one.kind == "suggested"],
    }
