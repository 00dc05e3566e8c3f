"""The rounds of one person that wait for an answer, who has begun to read one, and leaving the queue without one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Exists, select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.queries import program
from app.coursework import counts, messages, rules
from app.coursework.assignments import assignment_of
from app.coursework.models import IS_OPEN, Submission, System
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


def take_back(actor: User | None, system: System, because: str, now: datetime) -> None:
    """The round that waits leaves the queue, because its author's place is over; its words are in the draft.

    Twice is harmless. Whoever had begun to read it is told `because`, the first half of a sentence. The system is
    locked.
    """
    rows = select(Submission).where(
        Submission.system_id == system.id, Submission.status.in_(("waiting", "in review"))
    )
    for one in db.session.scalars(rows.with_for_update(of=Submission)):
        if one.status == "in review":
            messages.pulled_back(one, assignment_of(system).module, readers_of(one.id), now, because)
        one.status = rules.next_submission_status(one.status, "pull back")
        one.lease_coach_id = one.lease_token = one.lease_until = None
        system.status = rules.next_status(system.status, "pull back")
        counts.left(one)
        said = f"Took round {one.number} of {system.assignment_key} back: {because}"
        record(actor, said, ("submission", one.id), now=now)
    db.session.flush()


# --- in a cancelled cohort ------------------------------------------------------------------------------------------

BATCH = 100  # systems of one run; the next run takes the rest


def is_called_off() -> Exists:
    """Whether the cohort of the round in the query around it was cancelled: nothing is promised there any more."""
    return select(Cohort.id).where(Cohort.id == Submission.cohort_id, Cohort.status == "cancelled").exists()


def called_off() -> list[int]:
    """Ids of systems of which a round waits in a cohort that was cancelled."""
    rows = select(Submission.system_id).join(Cohort, Cohort.id == Submission.cohort_id)
    return list(db.session.scalars(rows.where(IS_OPEN, Cohort.status == "cancelled").limit(BATCH)))


def take_back_called_off(system_id: int, now: datetime) -> None:
    """Nobody answers this system's round any more."""
    lock_enrollment_of(system_id)
    system = db.session.get_one(System, system_id, with_for_update={"of": System}, populate_existing=True)
    take_back(None, system, f"The {system.enrollment.cohort.title} does not take place", now)
