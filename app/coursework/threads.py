"""What is said about a coach's comments, and who has read it. The verbs commit nothing; every one holds the system.

Replies and receipts come with the comment they belong to, as two columns of the query that reads it, so that a page
with thirty comments takes no query more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import CohortCoach, Enrollment
from app.cohorts.rules import may_read, may_work
from app.coursework import rules, thread_messages
from app.coursework import thread_rules as threads
from app.coursework.models import Submission, System
from app.coursework.review_models import Comment, CommentRead, Reply, Review
from app.coursework.thread_rules import Reader, Said, Thread
from app.lib.database import db
from app.lib.json_rows import instant, json_rows
from app.lib.refusal import Refused

# --- reading -----------------------------------------------------------------------------------------------------

_author, _reader = aliased(User), aliased(User)
_replies = (
    select(
        Reply.id,
        Reply.author_id,
        _author.name.label("by"),
        Reply.text,
        Reply.created_at.label("at"),
        Reply.taken_back_at.label("gone"),
    )
    .join(_author, _author.id == Reply.author_id)
    .where(Reply.comment_id == Comment.id)
)
_readers = (
    select(CommentRead.user_id, _reader.name, CommentRead.reply_id, CommentRead.read_at.label("at"))
    .join(_reader, _reader.id == CommentRead.user_id)
    .where(CommentRead.comment_id == Comment.id)
)
# Beside the columns of a comment in any query that reads comments; `of_columns` reads them.
COLUMNS = (
    json_rows(_replies, Comment).label("thread_replies"),
    json_rows(_readers, Comment).label("thread_readers"),
)
has_replies = exists(select(Reply.id).where(Reply.comment_id == Comment.id))


def of_columns(comment_id: int, owner_id: int, status: str, replies: list[Any], readers: list[Any]) -> Thread:
    """The thread of one comment; `status` is of its review."""
    said = (
        Said(
            id=one["id"],
            author_id=one["author_id"],
            by=one["by"],
            text=one["text"],
            at=_at(one["at"]),
            taken_back=one["gone"] is not None,
        )
        for one in replies or ()
    )
    read = (Reader(one["user_id"], one["name"], one["reply_id"], _at(one["at"])) for one in readers or ())
    return Thread(
        comment_id=comment_id,
        owner_id=owner_id,
        replies=tuple(sorted(said, key=lambda one: one.id)),
        readers=tuple(sorted(read, key=lambda one: (one.at, one.user_id))),
        closed=status != "published",
    )


def _at(text: str) -> datetime:
    found = instant(text)
    assert found is not None
    return found


def unread_of(enrollment_id: int, user_id: int) -> Any:
    """A scalar subquery: the replies of coaches this participant has not read, as JSON: id, system_id, number."""
    upto = (
        select(func.coalesce(func.max(CommentRead.reply_id), 0))
        .where(CommentRead.comment_id == Reply.comment_id, CommentRead.user_id == user_id)
        .correlate(Reply)
        .scalar_subquery()
    )
    rows = (
        select(Reply.id, Submission.system_id, Submission.number)
        .join(Comment, Comment.id == Reply.comment_id)
        .join(Review, and_(Review.id == Comment.review_id, Review.status == "published"))
        .join(Submission, Submission.id == Review.submission_id)
        .join(System, System.id == Submission.system_id)
        .where(System.enrollment_id == enrollment_id, Reply.author_id != user_id)
        .where(Reply.taken_back_at.is_(None), Reply.id > upto)
    )
    return json_rows(rows)


def comment_in(system_id: int, comment_id: int, review_id: int | None = None) -> Comment:
    """A comment of this system that was published once, of this review where one is named; 404 otherwise.

    Whether the person may be here at all has been decided by who asks: `system_for` or `review_for`.
    """
    rows = (
        select(Comment)
        .join(Review, Review.id == Comment.review_id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(Comment.id == comment_id, Submission.system_id == system_id, Review.status != "draft")
    )
    if review_id is not None:
        rows = rows.where(Review.id == review_id)
    return db.session.scalar(rows) or abort(404)


def reason_closed(user: User, review: Review, enrollment: Enrollment) -> str:
    """Why this person can add nothing to the threads of this review now; empty when they can. Pages ask the same."""
    return threads.reason_closed(
        review.status,
        is_participant=user.id == enrollment.user_id,
        cannot_work=reason_participant(enrollment.status),
        may_read=may_read(enrollment.status),
    )


def reason_participant(enrollment_status: str) -> str:
    """Why a participant can add nothing to any thread now, whatever the review; empty when they can."""
    return rules.reason_no_work(enrollment_status, may_work(enrollment_status))


# --- verbs -------------------------------------------------------------------------------------------------------


def reply(author: User, comment: Comment, text: str, now: datetime) -> Reply:
    """Add one reply to a comment, and tell the other side by mail. The same words twice are one reply."""
    review = comment.review
    enrollment = review.submission.system.enrollment
    if reason := reason_closed(author, review, enrollment):
        raise Refused(reason, field=f"reply-{comment.id}")
    before = list(db.session.scalars(select(Reply).where(Reply.comment_id == comment.id).order_by(Reply.id)))
    last = before[-1] if before else None
    if last and text and (last.author_id, last.text, last.taken_back_at) == (author.id, text, None):
        return last
    try:
        threads.check_reply(text, len(before))
    except Refused as refusal:
        raise Refused(refusal.sentence, field=f"reply-{comment.id}") from None
    made = Reply(comment_id=comment.id, author_id=author.id, text=text, created_at=now)
    db.session.add(made)
    db.session.flush()
    what = f"Replied to a comment on {comment.field_id} of {thread_messages.place(review.submission)}"
    record(author, what, ("reply", made.id), now=now)
    thread_messages.replied(author, comment, _others(author, review, now), now)
    return made


def _others(author: User, review: Review, now: datetime) -> list[User]:
    """Who is told: the participant; of a participant's reply the coach who wrote the review, or whoever coaches now."""
    owner = review.submission.system.enrollment.user
    if author.id != owner.id:
        return [owner]
    still = CohortCoach.until.is_(None) | (CohortCoach.until > now)
    rows = select(User).join(CohortCoach, CohortCoach.user_id == User.id)
    coaches = db.session.scalars(
        rows.where(CohortCoach.cohort_id == review.submission.cohort_id, still)
    ).all()
    return [one for one in coaches if one.id == review.coach_id] or list(coaches)


def take_back(author: User, system_id: int, reply_id: int, now: datetime) -> Comment:
    """Take the words of one's own reply back while the other side has not read them. Twice is harmless."""
    found = db.session.get(Reply, reply_id, populate_existing=True) or abort(404)
    comment = comment_in(system_id, found.comment_id)
    if found.author_id != author.id:
        abort(404)
    if found.taken_back_at is not None:
        return comment
    owner_id = comment.review.submission.system.enrollment.user_id
    other_side = CommentRead.user_id != owner_id if author.id == owner_id else CommentRead.user_id == owner_id
    seen = select(CommentRead.user_id).where(CommentRead.comment_id == comment.id, other_side)
    read = db.session.scalar(seen.where(CommentRead.reply_id >= found.id).limit(1)) is not None
    said = Said(found.id, found.author_id, author.name, found.text, found.created_at)
    if reason := threads.reason_kept(said, author.id, read, now):
        raise Refused(reason)
    found.text, found.taken_back_at = "", now
    record(author, f"Took back a reply to a comment on {comment.field_id}", ("reply", found.id), now=now)
    return comment


def mark_read(reader: User, system_id: int, seen: Mapping[int, int], now: datetime) -> int:
    """Note what this person has had before their eyes; returns how many comments that is news of. Twice is harmless.

    `seen`: comment id → last reply on the page. What is not of this system is left out, and nobody can have read a
    reply that is not there yet.
    """
    if not seen:
        return 0
    newest = func.coalesce(
        select(func.max(Reply.id)).where(Reply.comment_id == Comment.id).scalar_subquery(), 0
    )
    rows = (
        select(Comment.id, newest, CommentRead)
        .join(Review, Review.id == Comment.review_id)
        .join(Submission, Submission.id == Review.submission_id)
        .outerjoin(CommentRead, and_(CommentRead.comment_id == Comment.id, CommentRead.user_id == reader.id))
        .where(Comment.id.in_(seen), Submission.system_id == system_id, Review.status != "draft")
    )
    news = 0
    for comment_id, last, receipt in db.session.execute(rows):
        upto = min(seen[comment_id], last)
        if receipt is None:
            db.session.add(CommentRead(comment_id=comment_id, user_id=reader.id, reply_id=upto, read_at=now))
        elif upto > receipt.reply_id:
            receipt.reply_id, receipt.read_at = upto, now
        else:
            continue
        news += 1
    return news
