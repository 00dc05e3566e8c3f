"""All systems of one person, for pages that show many: columns rather than rows, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from app.cohorts.models import Enrollment
from app.coursework.models import Draft, Submission, System
from app.coursework.queries import hear_by
from app.coursework.review_models import Comment, Review
from app.lib.database import db
from app.lib.json_rows import json_rows

# The change requests of a system that nobody has settled, and when it was last reviewed.
_open = (
    select(
        Comment.id,
        Comment.field_id,
        Comment.kind,
        Comment.answer,
        Comment.answer_text,
        Comment.answered_at,
        Review.marks,
    )
    .join(Review, Review.id == Comment.review_id)
    .join(Submission, Submission.id == Review.submission_id)
    .where(Submission.system_id == System.id, Review.status == "published")
    .where(Comment.kind.in_(("required", "suggested")), Comment.settled_at.is_(None))
)
_reviewed = (
    select(func.max(Review.published_at))
    .join(Submission, Submission.id == Review.submission_id)
    .where(Submission.system_id == System.id, Review.status == "published")
    .correlate(System)
    .scalar_subquery()
)


def first_work() -> Select[datetime]:
    """When somebody began the first system of theirs that was saved at least once; for a statement over enrollments.

    The day it was opened counts: the moment of its first save is not kept.
    """
    return (
        select(func.min(System.created_at))
        .join(Draft, Draft.system_id == System.id)
        .where(System.enrollment_id == Enrollment.id, or_(Draft.version > 1, System.round > 0))
    )


def systems_of(enrollment_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every system of this person, in the order in which they were begun. One query.

    Columns: id, module_slug, release_id, status, round, created_at, accepted_at, accepted_round, excused_because;
    saved_at of the draft; submitted_at and promised_at of the newest round; `open_requests` (JSON) and reviewed_at for
    `open_changes`. A module without a row is not started; `rules.state_of` has the words.
    """
    last = (Submission.system_id == System.id) & (Submission.number == System.round)
    rows = (
        select(
            System.id,
            System.module_slug,
            System.release_id,
            System.status,
            System.round,
            System.created_at,
            System.accepted_at,
            System.accepted_round,
            System.excused_because,
            Draft.saved_at,
            Submission.submitted_at,
            hear_by,
            json_rows(_open, System).label("open_requests"),
            _reviewed.label("reviewed_at"),
        )
        .join(Draft, Draft.system_id == System.id)
        .outerjoin(Submission, last)
        .where(System.enrollment_id == enrollment_id)
        .order_by(System.id)
    )
    return db.session.execute(rows).all()
