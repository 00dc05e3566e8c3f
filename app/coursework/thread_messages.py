"""Mail about replies: that there is something to read, not what; at most one for each review, person and hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.accounts.models import User
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Submission
from app.coursework.review_models import Comment
from app.mail.actions import post


def place(submission: Submission) -> str:
    """'System 3, round 2'."""
    return f"System {assignment_of_round(submission).module.number}, round {submission.number}"


def replied(author: User, comment: Comment, to: Iterable[User], now: datetime) -> None:
    """Tell these people that something was said. Further replies of the same hour wait on the page.

    The words are not in the mail: they may be taken back while nobody has read them.
    """
    review = comment.review
    submission = review.submission
    owner = submission.system.enrollment.user
    for one in to:
        path = f"/reviews/{review.id}"
        if one.id == owner.id:
            path = f"/systems/{submission.system_id}/submissions/{submission.number}"
        post(
            "coursework/replied",
            one,
            f"{author.first_name} replied about {place(submission)}",
            key=f"replied:{review.id}:{one.id}:{now:%Y%m%d%H}",
            now=now,
            first_name=one.first_name,
            author_name=author.name,
            place=place(submission),
            field_id=comment.field_id,
            is_participant=one.id == owner.id,
            path=f"{path}#comment-{comment.id}",
        )
