"""What coaches do for one another, in the demo: two answered rounds marked a second time, one of them still open; and
an accepted round shown as an example, a second one offered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.coursework import blind, exemplars
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Submission, System
from app.coursework.review_models import Review
from app.lib.database import db


def marked_twice(first: User, second: User, now: datetime) -> None:
    """The first coach's two oldest reviews are offered to the second, who has marked one of them."""
    query = (
        select(Review).where(Review.coach_id == first.id, Review.status == "published").order_by(Review.id)
    )
    for number, review in enumerate(db.session.scalars(query.limit(2))):
        found = blind.offer(review, now)
        if found is None or number or found.coach_id != second.id:
            continue
        keys = [one.key for one in assignment_of_round(review.submission).criteria]
        blind.mark(second, found, dict.fromkeys(keys, "meets"), "accepted", now)


def examples(author: User, coach: User, now: datetime) -> None:
    """The author's first accepted round is shown to others, the second one is offered and waits to be prepared."""
    query = select(Submission).join(System, System.id == Submission.system_id)
    query = query.join(Enrollment, Enrollment.id == System.enrollment_id)
    accepted = query.where(Enrollment.user_id == author.id, System.accepted_round == Submission.number)
    for number, submission in enumerate(db.session.scalars(accepted.order_by(Submission.id).limit(2))):
        found = exemplars.offer(author, submission, True, now)
        if number:
            continue
        copy = exemplars.copy_of(found)
        exemplars.prepare(coach, found, copy, exemplars.rendered(found, copy), found.version, now)
        db.session.flush()
        exemplars.approve(author, found, found.version, now)
        db.session.flush()
        exemplars.show(coach, found, now)
