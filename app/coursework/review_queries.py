"""Getting at a round and its review, and what a verdict is decided on. A review comes only through `review_for`; what
both sides read of one is in `review_shown`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import abort
from sqlalchemy import ColumnElement, and_, or_, select

from app.accounts.models import User
from app.cohorts.models import CohortCoach
from app.coursework import review_rules as rules
from app.coursework import withheld_rules
from app.coursework.assignments import assignment_of_round
from app.coursework.frozen import Answers, Reference
from app.coursework.models import Submission
from app.coursework.review_models import Comment, Review
from app.curriculum.schema import Criterion
from app.lib import times
from app.lib.database import db

# --- getting at one ---------------------------------------------------------------------------------------------


def coached_by(user: User, now: datetime) -> ColumnElement[bool]:
    """Joins `CohortCoach` to a submission that this person may read today."""
    still = or_(CohortCoach.until.is_(None), CohortCoach.until > now)
    return and_(CohortCoach.cohort_id == Submission.cohort_id, CohortCoach.user_id == user.id, still)


def submission_for(user: User, submission_id: int, now: datetime) -> Submission:
    """A round of a cohort this person coaches today; 404 otherwise."""
    query = select(Submission).join(CohortCoach, coached_by(user, now)).where(Submission.id == submission_id)
    return db.session.scalar(query) or abort(404)


def review_for(user: User, review_id: int, now: datetime) -> Review:
    """A review, by anyone, of a round of a cohort this person coaches today; 404 otherwise."""
    of_round = select(Review).join(Submission, Submission.id == Review.submission_id)
    query = of_round.join(CohortCoach, coached_by(user, now)).where(Review.id == review_id)
    return db.session.scalar(query) or abort(404)


def published_of(submission: Submission) -> Review | None:
    """The one published review of the round."""
    return db.session.scalar(
        select(Review).where(Review.submission_id == submission.id, Review.status == "published")
    )


def reviewed_before(submission: Submission) -> Review | None:
    """The published review of the last reviewed round before this one; its submission comes with it."""
    if submission.number == 1:
        return None
    query = (
        select(Review)
        .join(Submission, Submission.id == Review.submission_id)
        .where(Submission.system_id == submission.system_id, Submission.number < submission.number)
        .where(Review.status == "published")
    )
    return db.session.scalar(query.order_by(Submission.number.desc()).limit(1))


comments_in_order = (
    select(Comment)
    .join(Review, Review.id == Comment.review_id)
    .join(Submission, Submission.id == Review.submission_id)
    .order_by(Submission.number, Comment.position, Comment.id)
)


def open_earlier(submission: Submission, at: datetime | None = None) -> ColumnElement[bool]:
    """Requests of earlier rounds that nobody had settled at that moment (UTC); at present when none is given."""
    open_then = Comment.settled_at.is_(None)
    return and_(
        Submission.system_id == submission.system_id,
        Submission.number < submission.number,
        Review.status == "published",
        Comment.kind.in_(("required", "suggested")),
        or_(open_then, Comment.settled_at > at) if at else open_then,
    )


def earlier_requests(submission: Submission) -> list[Comment]:
    """Change requests of earlier rounds that no coach has called settled yet, the oldest round first."""
    return list(db.session.scalars(comments_in_order.where(open_earlier(submission))))


Said = tuple[
    list[Comment], list[Comment]
]  # of a review: its comments, the requests of earlier rounds it leaves open


def comments_and_requests(review: Review) -> Said:
    """This review's comments and the requests of earlier rounds it left open, in one query."""
    either = or_(Comment.review_id == review.id, open_earlier(review.submission, review.published_at))
    # said once outside the "or": only so is the way to them the system's own rounds, and not every comment there is
    of_system = Submission.system_id == review.submission.system_id
    found = list(db.session.scalars(comments_in_order.where(of_system, either)))
    return [one for one in found if one.review_id == review.id], [
        one for one in found if one.review_id != review.id
    ]


# --- what is judged ---------------------------------------------------------------------------------------------


def named(submission: Submission) -> str:
    """'System 3, round 2' for mails and the audit."""
    return f"System {assignment_of_round(submission).module.number}, round {submission.number}"


def whose(submission: Submission) -> str:
    """'System 3, round 2 of Ana Morales' for the audit."""
    return f"{named(submission)} of {submission.system.enrollment.user.name}"


def answers_of(submission: Submission) -> Answers:
    references = {field_id: Reference.of_round(kept) for field_id, kept in submission.shown.items()}
    worksheet = assignment_of_round(submission).worksheet
    return Answers(
        worksheet, submission.answers, submission.rendered, references, withheld_sentences(submission)
    )


def withheld_sentences(submission: Submission) -> dict[str, str]:
    """Field id ('' for the whole round) → what stands in place of what is withheld of this round."""
    found = {}
    for one in withheld_rules.marks(submission.system.withheld, submission.number):
        if one.target.what != "comment":
            how = "Deleted for good" if one.purged else "Hidden"
            a_file = "A file: " if one.target.what == "file" else ""
            ending = "it held data about a client" if one.purged else "it may hold data about a client"
            found[one.target.field_id] = f"{a_file}{how} on {times.moment(one.at)}, because {ending}."
    return found


def standing_of(
    criteria: Iterable[Criterion], text: rules.ReviewText, earlier: Iterable[Comment]
) -> rules.Standing:
    """What a verdict on this text would be decided on. `earlier` are the open requests of earlier rounds."""
    unsettled = [
        one for one in earlier if one.kind == "required" and text.settled.get(str(one.id)) != "settled"
    ]
    return rules.Standing(
        criteria=tuple((one.key, one.title, one.critical) for one in criteria),
        marks=text.marks,
        strength=text.strength,
        required=sum(1 for one in text.remarks if one.kind == "required" and one.text.strip()),
        earlier_open=len(unsettled),
    )


def _remark(one: Comment) -> rules.Remark:
    return rules.Remark(
        str(one.id),
        one.field_id,
        one.kind,
        one.text,
        one.quote,
        one.prefix,
        one.suffix,
        one.row_id,
        one.comes_first,
    )


def text_of(review: Review, comments: Iterable[Comment]) -> rules.ReviewText:
    """What is stored of a review, as the form shows it."""
    remarks = (_remark(one) for one in comments)
    return rules.ReviewText(review.marks, review.strength, review.note, review.settled, tuple(remarks))
