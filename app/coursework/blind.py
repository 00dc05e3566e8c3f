"""The blind second review of one round in ten. It changes nothing for the participant, and no promise counts it.

None of these verbs commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import abort
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import CohortCoach
from app.coursework import blind_rules as rules
from app.coursework import counts, masking
from app.coursework import quality_messages as messages
from app.coursework.assignments import assignment_of_round
from app.coursework.frozen import ShownField, shown
from app.coursework.models import Submission
from app.coursework.quality_models import AgreementTally, BlindReview
from app.coursework.review_models import Review
from app.coursework.review_queries import named, whose
from app.lib.database import db


def blind_for(user: User, blind_id: int) -> BlindReview:
    """A blind review this person was asked for, or, once it is done, the one of a review of theirs; 404 otherwise."""
    own = and_(BlindReview.status == "done", Review.coach_id == user.id)
    query = select(BlindReview).join(Review, Review.id == BlindReview.review_id)
    query = query.where(BlindReview.id == blind_id, or_(BlindReview.coach_id == user.id, own))
    return db.session.scalar(query) or abort(404)


def work_of(blind: BlindReview) -> list[ShownField]:
    """The round to be marked, without the names of the participant and of the practice, and without its files."""
    submission, enrollment = blind.submission, blind.submission.system.enrollment
    names = masking.names_of(enrollment.user.name, enrollment.practice_name)
    worksheet = assignment_of_round(submission).worksheet
    return shown(masking.masked(worksheet, submission.answers, submission.rendered, submission.shown, names))


# --- offering -------------------------------------------------------------------------------------------------------


def offer_if_drawn(review: Review, now: datetime) -> BlindReview | None:
    """Ask another coach to look at this just published round, if its receipt says so."""
    return offer(review, now) if rules.is_drawn(review.submission.digest) else None


def offer(review: Review, now: datetime) -> BlindReview | None:
    """Ask the coach with the fewest open blind reviews; None when there is nobody to ask. A round is offered once."""
    submission = review.submission
    found = db.session.scalar(select(BlindReview).where(BlindReview.submission_id == submission.id))
    if found:
        if found.status == "offered":  # the review was withdrawn and published anew
            found.review_id = review.id
        return found
    coach = _who(review, now, CohortCoach.cohort_id == submission.cohort_id) or _who(
        review, now, CohortCoach.cohort_id != submission.cohort_id
    )
    if coach is None:
        return None
    made = BlindReview(
        submission_id=submission.id, review_id=review.id, coach_id=coach.id, status="offered", marks={},
        why_declined="", offered_at=now, expires_at=now + rules.LASTS,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    record(
        None,
        f"Asked {coach.name} for a blind second review of {whose(submission)}",
        ("blind_review", made.id),
        now=now,
    )
    messages.blind_offered(made, coach, now)
    return made


def _who(review: Review, now: datetime, cohort: ColumnElement[bool]) -> User | None:
    """A coach of these cohorts who neither wrote the review nor has begun one of any round of this system."""
    submission = review.submission
    open_now = (
        select(func.count(BlindReview.id))
        .where(BlindReview.coach_id == User.id, BlindReview.status == "offered", BlindReview.expires_at > now)
        .scalar_subquery()
    )
    knows_it = exists().where(
        Review.coach_id == User.id,
        Review.submission_id == Submission.id,
        Submission.system_id == submission.system_id,
    )
    coaches = exists().where(
        CohortCoach.user_id == User.id,
        cohort,
        or_(CohortCoach.until.is_(None), CohortCoach.until > now),
    )
    others = (review.coach_id, submission.system.enrollment.user_id)
    query = select(User).where(User.is_coach, coaches, ~knows_it, User.id.not_in(others))
    return db.session.scalar(query.order_by(open_now, User.id).limit(1))


# --- answering ------------------------------------------------------------------------------------------------------


def mark(coach: User, blind: BlindReview, marks: Mapping[str, str], verdict: str, now: datetime) -> None:
    """Keep what the second coach would have marked, and count where both agree. The same twice is harmless."""
    lock(blind)
    criteria = assignment_of_round(blind.submission).criteria
    kept = rules.check_marks([(one.key, one.title) for one in criteria], marks, verdict)
    if (blind.status, blind.marks, blind.verdict) == ("done", kept, verdict):
        return
    rules.check_open(blind.status, blind.expires_at, blind.review.status == "published", now)
    blind.status, blind.marks, blind.verdict, blind.answered_at = "done", kept, verdict, now
    for criterion, level in kept.items():
        if first := blind.review.marks.get(criterion):
            key = {
                "cohort_id": blind.submission.cohort_id,
                "module_slug": blind.submission.module_slug,
                "criterion": criterion,
                "first": first,
                "second": level,
            }
            counts.add(AgreementTally, key, {"pairs": 1})
    db.session.flush()
    record(coach, f"Marked {named(blind.submission)} blind", ("blind_review", blind.id), now=now)
    messages.blind_done(blind, now)


def decline(coach: User, blind: BlindReview, reason: str, now: datetime) -> None:
    """Say no, with a reason. Twice is harmless; nobody else is asked, so that nobody can pass on what is hard."""
    lock(blind)
    reason = rules.check_reason(reason)
    if (blind.status, blind.why_declined) == ("declined", reason):
        return
    rules.check_open(blind.status, blind.expires_at, True, now)
    blind.status, blind.why_declined, blind.answered_at = "declined", reason, now
    said = f"Declined the blind review of {named(blind.submission)}: {reason}"
    record(coach, said, ("blind_review", blind.id), now=now)


def lock(blind: BlindReview) -> None:
    """Hold the row, and see it as it is now."""
    db.session.refresh(blind, with_for_update={"of": BlindReview})
