"""The rounds of one person that wait for an answer, and who has begun to read one."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.cohorts.queries import program
from app.coursework.models import Submission, System
from app.coursework.review_models import Review
from app.coursework.sending import Waiting
from app.lib import times
from app.lib.database import db


def lock_enrollment_of(system_id: int) -> None:
    """Let nobody else send a round of this enrollment before we commit. Before `lock_system`, always."""
    of_system = select(System.enrollment_id).where(System.id == system_id).scalar_subquery()
    db.session.execute(select(Enrollment.id).where(Enrollment.id == of_system).with_for_update())


def waiting_of(enrollment: Enrollment) -> list[Waiting]:
    """The rounds of this enrollment that wait for an answer; their promises in its person's zone."""
    rows = (
        select(System.module_slug, Submission.number, Submission.promised_at)
        .join(System, System.id == Submission.system_id)
        .where(System.enrollment_id == enrollment.id, Submission.status.in_(("waiting", "in review")))
    )
    modules, zone = program(enrollment.cohort), enrollment.user.time_zone
    return [
        Waiting(f"System {module.number if (module := modules.module(slug)) else slug}, round {number}", promised_at,
                times.moment(promised_at, zone))
        for slug, number, promised_at in db.session.execute(rows)
    ]  # fmt: skip


def readers_of(submission_id: int) -> list[User]:
    """The coaches who have an unpublished review of this round."""
    drafts = select(Review.coach_id).where(Review.submission_id == submission_id, Review.status == "draft")
    return list(db.session.scalars(select(User).where(User.id.in_(drafts)).order_by(User.id)))
