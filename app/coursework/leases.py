"""Taking a round up for review: the lease, and the draft that comes with it. None of these verbs commits.

The lease is courtesy: one coach at a time, visible, ending by itself, to be taken over. It is checked again when a
review is published.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, case, or_, select, update

from app.accounts.models import User
from app.audit.actions import record
from app.coursework import counts
from app.coursework import review_rules as rules
from app.coursework.models import Submission, System
from app.coursework.review_models import Comment, Review
from app.coursework.review_queries import whose
from app.coursework.rules import next_status, next_submission_status
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.tokens import new_token

OPEN = ("waiting", "in review")


class Leased(Refused):
    """A colleague has the round open; `holder_id` says who."""

    def __init__(self, sentence: str, holder_id: int) -> None:
        super().__init__(sentence, field="lease")
        self.holder_id = holder_id


def take_lease(submission: Submission, coach: User, now: datetime, *, take_over: bool = False) -> bool:
    """Take or extend the lease in one conditional statement. False: a colleague has it, or the round is decided."""
    mine = and_(Submission.lease_coach_id == coach.id, Submission.lease_token.is_not(None))
    query = update(Submission).where(Submission.id == submission.id, Submission.status.in_(OPEN))
    if not take_over:
        query = query.where(
            or_(
                Submission.lease_coach_id.is_(None),
                Submission.lease_until <= now,
                Submission.lease_coach_id == coach.id,
            )
        )
    query = query.values(
        lease_coach_id=coach.id,
        lease_until=now + rules.LEASE,
        lease_token=case((mine, Submission.lease_token), else_=new_token()),
    )
    taken = db.session.execute(query.execution_options(synchronize_session=False))
    db.session.refresh(submission)
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def open_review(coach: User, submission: Submission, now: datetime, *, take_over: bool = False) -> Review:
    """Take the round up and return this coach's draft, making it if need be. Twice is harmless.

    Raises Leased when a colleague has it and `take_over` is false; Refused when the round waits for nobody.
    """
    lock(submission)
    held_before = submission.lease_coach_id
    if not take_lease(submission, coach, now, take_over=take_over):
        if submission.status in OPEN and submission.lease_coach_id:
            raise Leased("A colleague has this review open.", submission.lease_coach_id)
        raise Refused("This round is no longer waiting for a review.")
    submission.status = next_submission_status(submission.status, "take up")
    submission.system.status = next_status(submission.system.status, "take up")
    counts.touched(submission)
    if take_over and held_before not in (None, coach.id):
        record(coach, f"Took over the review of {whose(submission)}", ("submission", submission.id), now=now)
    return own_draft(submission, coach) or _new_draft(coach, submission, now)


def hand_back(coach: User, review: Review, now: datetime) -> None:
    """Give the round back to the queue; the draft stays. Twice is harmless, and a colleague's lease is untouched."""
    submission = review.submission
    lock(submission)
    if submission.lease_coach_id != coach.id or submission.status not in OPEN:
        return
    submission.lease_coach_id = submission.lease_token = submission.lease_until = None
    submission.status = next_submission_status(submission.status, "hand back")
    submission.system.status = next_status(submission.system.status, "hand back")
    counts.touched(submission)
    record(coach, f"Handed back {whose(submission)}", ("submission", submission.id), now=now)


def _new_draft(coach: User, submission: Submission, now: datetime) -> Review:
    """An empty draft, or the text of the review this coach withdrew, to correct."""
    review = Review(submission_id=submission.id, coach_id=coach.id, created_at=now, saved_at=now)
    review.marks, review.settled = {}, {}
    withdrawn = last_withdrawn(submission, coach)
    if withdrawn:
        review.marks, review.settled = dict(withdrawn.marks), dict(withdrawn.settled)
        review.strength, review.note = withdrawn.strength, withdrawn.note
        for old in withdrawn.comments:
            review.comments.append(_copy(old))
    db.session.add(review)
    db.session.flush()
    record(coach, f"Began the review of {whose(submission)}", ("review", review.id), now=now)
    return review


def _copy(old: Comment) -> Comment:
    return Comment(
        field_id=old.field_id,
        kind=old.kind,
        text=old.text,
        quote=old.quote,
        prefix=old.prefix,
        suffix=old.suffix,
        row_id=old.row_id,
        comes_first=old.comes_first,
        position=old.position,
        answer_text="",
    )


def own_draft(submission: Submission, coach: User) -> Review | None:
    """This coach's unpublished review of the round."""
    query = select(Review).where(Review.submission_id == submission.id, Review.coach_id == coach.id)
    return db.session.scalar(query.where(Review.status == "draft"))


def last_withdrawn(submission: Submission, coach: User) -> Review | None:
    """The review of this round this coach withdrew last."""
    query = select(Review).where(Review.submission_id == submission.id, Review.coach_id == coach.id)
    return db.session.scalar(query.where(Review.status == "withdrawn").order_by(Review.id.desc()).limit(1))


def lock(submission: Submission) -> None:
    """Hold system and round, in this order everywhere, and see them as they are now."""
    db.session.refresh(submission.system, with_for_update={"of": System})
    db.session.refresh(submission, with_for_update={"of": Submission})
