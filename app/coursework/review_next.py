"""The round a coach reviews next: the oldest promise that nobody else has open. Opening it is the coach's own verb."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from app.accounts.models import User
from app.cohorts.models import CohortCoach
from app.coursework import leases
from app.coursework.models import Submission
from app.coursework.review_models import Review
from app.coursework.review_queries import coached_by
from app.lib.database import db
from app.lib.refusal import Refused


def next_of(user: User, now: datetime) -> Submission | None:
    """The first round that waits in the cohorts this person coaches today and that no colleague has open."""
    free = or_(
        Submission.lease_coach_id.is_(None),
        Submission.lease_coach_id == user.id,
        Submission.lease_until <= now,
    )
    query = (
        select(Submission)
        .join(CohortCoach, coached_by(user, now))
        .where(Submission.status.in_(leases.OPEN), free)
        .order_by(Submission.promised_at, Submission.id)
        .limit(1)
    )
    return db.session.scalar(query)


def open_next(user: User, now: datetime) -> Review | None:
    """Take up the next round and return the draft; None when nothing waits, or somebody was faster."""
    found = next_of(user, now)
    if found is None:
        return None
    try:
        return leases.open_review(user, found, now)
    except Refused:  # changes nothing: it is refused before anything is written
        return None
