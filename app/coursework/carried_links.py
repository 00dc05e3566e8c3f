"""The same round twice: as it was sent, and as it was carried over to another cohort. What is hidden, shown again or
deleted for good in the one is so in the other: data about a client must not stay behind in a copy.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.coursework.models import Attachment, Submission, SubmissionAttachment, Withholding
from app.coursework.review_models import Comment, Review
from app.coursework.withheld_rules import Target
from app.lib.database import db


def others(submission: Submission) -> list[Submission]:
    """This round in other cohorts: the one it is a copy of, and copies of it."""
    rows = select(Submission).where(
        (Submission.id == submission.carried_from_id) | (Submission.carried_from_id == submission.id)
    )
    return list(db.session.scalars(rows.order_by(Submission.id)))


def target_in(submission: Submission, target: Target, other: Submission) -> Target | None:
    """The same thing in the other round; None where that has no such thing."""
    if target.what == "file":
        found = _same_file(target, other)
        return replace(target, attachment_id=found) if found else None
    if target.what == "comment":
        found = _same_comment(submission, target, other)
        return replace(target, comment_id=found) if found else None
    return target


def rows_of(row: Withholding, target: Target) -> list[Withholding]:
    """What is hidden elsewhere because this is."""
    found = []
    for other in others(row.submission):
        same = target_in(row.submission, target, other)
        rows = select(Withholding).where(
            Withholding.system_id == other.system_id, Withholding.status == "hidden"
        )
        for one in db.session.scalars(rows.order_by(Withholding.id)):
            if Target(one.what, one.field_id, one.attachment_id, one.comment_id) == same:
                found.append(one)
    return found


def _same_file(target: Target, other: Submission) -> int | None:
    """The file with the same name and bytes in the same field."""
    was = db.session.get(Attachment, target.attachment_id)
    if was is None:
        return None
    held = select(Attachment).join(SubmissionAttachment, SubmissionAttachment.attachment_id == Attachment.id)
    held = held.where(SubmissionAttachment.submission_id == other.id, Attachment.field_id == target.field_id)
    known = (was.file.sha256, was.file.name)
    return next(
        (one.id for one in db.session.scalars(held) if (one.file.sha256, one.file.name) == known), None
    )


def _same_comment(submission: Submission, target: Target, other: Submission) -> int | None:
    """The comment at the same place of the answer in force."""
    places = [_comments(one) for one in (submission, other)]
    if target.comment_id not in places[0]:
        return None
    place = places[0].index(target.comment_id)
    return places[1][place] if place < len(places[1]) else None


def _comments(submission: Submission) -> list[int]:
    rows = select(Comment.id).join(Review, Review.id == Comment.review_id)
    rows = rows.where(Review.submission_id == submission.id, Review.status == "published")
    return list(db.session.scalars(rows.order_by(Comment.id)))
