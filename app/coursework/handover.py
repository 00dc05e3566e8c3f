"""A promise that will be missed is handed to every coach of the cohort, once; and what is said when it was missed.

None of these verbs commits. The first promise is never changed: on time is counted by it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import and_, or_, select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import Cohort, CohortCoach
from app.coursework import counts
from app.coursework import handover_messages as messages
from app.coursework import promise_rules as rules
from app.coursework.leases import OPEN, lock
from app.coursework.models import IS_OPEN, Submission, System
from app.coursework.quality_models import PromiseWatch
from app.coursework.review_models import Review
from app.coursework.review_queries import whose
from app.coursework.review_rules import lease_is_live
from app.coursework.rules import days, next_status, next_submission_status
from app.coursework.waiting import is_called_off
from app.lib import times
from app.lib.database import db

BATCH = 100  # rounds of one run; the next run takes the rest


# --- who ----------------------------------------------------------------------------------------------------------


def coaches_of(cohort_id: int, now: datetime) -> list[User]:
    """Who coaches this cohort today, by name."""
    still = or_(CohortCoach.until.is_(None), CohortCoach.until > now)
    query = select(User).join(CohortCoach, CohortCoach.user_id == User.id)
    return list(
        db.session.scalars(query.where(CohortCoach.cohort_id == cohort_id, still).order_by(User.name))
    )


def usual_coach_id(submission: Submission) -> int | None:
    """Who had this round last, else who answered this person last; None while nobody has done either."""
    if submission.lease_coach_id:
        return submission.lease_coach_id
    query = (
        select(Review.coach_id)
        .join(Submission, Submission.id == Review.submission_id)
        .join(System, System.id == Submission.system_id)
        .where(System.enrollment_id == submission.system.enrollment_id, Review.status == "published")
    )
    return db.session.scalar(query.order_by(Review.published_at.desc(), Review.id.desc()).limit(1))


def watch_of(submission: Submission) -> PromiseWatch:
    """What was done about this round's promise so far; made when nothing was."""
    found = db.session.get(PromiseWatch, submission.id)
    if found is None:
        found = PromiseWatch(submission_id=submission.id, reason="", instead_reason="")
        db.session.add(found)
        db.session.flush()
    return found


# --- by a coach -----------------------------------------------------------------------------------------------------


def hand_over(coach: User, submission: Submission, reason: str, now: datetime) -> None:
    """Give the round to whoever is free: "I cannot do this by then". Twice is harmless, and mails nobody twice.

    Raises Refused without a reason, when the round waits no longer, or when a colleague has it open.
    """
    lock(submission)
    holder = _holder(submission, coach, now)
    rules.check_hand_over(submission.status in OPEN, holder.name if holder else "")
    reason = rules.check_reason(reason)
    watch = watch_of(submission)
    if (watch.handed_by_id, watch.reason) == (coach.id, reason):
        return
    usual = usual_coach_id(submission)
    submission.lease_coach_id = submission.lease_token = submission.lease_until = None
    submission.status = next_submission_status(submission.status, "hand back")
    submission.system.status = next_status(submission.system.status, "hand back")
    submission.handed_at = submission.handed_at or now
    watch.handed_by_id, watch.reason = coach.id, reason
    counts.touched(submission)
    db.session.flush()
    record(coach, f"Handed over {whose(submission)}: {reason}", ("submission", submission.id), now=now)
    others = [one for one in coaches_of(submission.cohort_id, now) if one.id != coach.id]
    messages.handed_over(submission, others, usual, coach, reason, now)
    if not others:
        messages.nobody_else(submission, _staff(), coach, reason, now)


def _holder(submission: Submission, coach: User, now: datetime) -> User | None:
    if submission.lease_coach_id == coach.id or not lease_is_live(
        submission.lease_coach_id, submission.lease_until, now
    ):
        return None
    return db.session.get(User, submission.lease_coach_id)


def name_another_day(
    coach: User, submission: Submission, day: date | None, reason: str, now: datetime
) -> None:
    """Tell the participant by when the answer comes instead, and why. The promise stays. The same twice is harmless.

    Raises Refused for a day of no use, without a reason, or when another day was named before.
    """
    lock(submission)
    moment = rules.instead(day, submission.system.enrollment.cohort.time_zone, submission.promised_at, now)
    reason = rules.check_reason(reason)
    found = db.session.get(PromiseWatch, submission.id)
    named = (submission.instead_at, found.instead_by_id, found.instead_reason) if found else None
    if named == (moment, coach.id, reason):
        return
    rules.check_instead(submission.status in OPEN, submission.instead_at)
    submission.instead_at = moment
    watch = watch_of(submission)
    watch.instead_by_id, watch.instead_said_at, watch.instead_reason = coach.id, now, reason
    counts.touched(submission)
    zone = submission.system.enrollment.cohort.time_zone
    said = f"Named {times.moment(moment, zone)} for {whose(submission)}, beside its promise: {reason}"
    record(coach, said, ("submission", submission.id), now=now)
    messages.instead(submission, coach, reason, now)


# --- by the clock ---------------------------------------------------------------------------------------------------


def in_danger(now: datetime) -> list[int]:
    """Ids of waiting rounds about which somebody may have to be told, the nearest promise first: `BATCH` at most."""
    free = or_(Submission.lease_until.is_(None), Submission.lease_until <= now)
    untold = PromiseWatch.submission_id.is_(None)
    late = Submission.promised_at < now
    soon = Submission.promised_at < now + rules.IN_DANGER * 2
    query = (
        select(Submission.id)
        .outerjoin(PromiseWatch, PromiseWatch.submission_id == Submission.id)
        .where(IS_OPEN, soon, ~is_called_off())
        .where(
            or_(
                and_(Submission.handed_at.is_(None), or_(late, free)),
                and_(late, or_(untold, PromiseWatch.missed_told_at.is_(None))),
                and_(late, PromiseWatch.staff_told_at.is_(None), Submission.promised_at < now - rules.DAY),
            )
        )
        .order_by(Submission.promised_at, Submission.id)
        .limit(BATCH)
    )
    return list(db.session.scalars(query))


def look_after(submission_id: int, now: datetime) -> bool:
    """Hand the round over when it is in danger, tell its participant that it is late and staff that it is long late.

    Each of them once, whoever calls how often. Returns whether somebody was told.
    """
    submission = db.session.get(Submission, submission_id)
    if submission is None:
        return False
    lock(submission)
    if submission.status not in OPEN:
        return False
    cohort = submission.system.enrollment.cohort
    told = [
        _hand_to_everyone(submission, cohort, now),
        _tell_participant(submission, now),
        _tell_staff(submission, cohort, now),
    ]
    return any(told)


def _hand_to_everyone(submission: Submission, cohort: Cohort, now: datetime) -> bool:
    read = lease_is_live(submission.lease_coach_id, submission.lease_until, now)
    closed = days(cohort.holidays)
    in_danger = rules.is_in_danger(submission.promised_at, read, now, cohort.time_zone, closed)
    if submission.handed_at or not in_danger:
        return False
    watch_of(submission)
    submission.handed_at = now
    counts.touched(submission)
    record(
        None,
        f"Handed {whose(submission)} to every coach of {cohort.title}",
        ("submission", submission.id),
        now=now,
    )
    messages.handed_over(submission, coaches_of(cohort.id, now), usual_coach_id(submission), None, "", now)
    return True


def _tell_participant(submission: Submission, now: datetime) -> bool:
    watch = watch_of(submission) if submission.promised_at < now else None
    if watch is None or watch.missed_told_at:
        return False
    watch.missed_told_at = now
    if submission.instead_at is None:  # who was named another day knows it already
        messages.missed(submission, now)
    return True


def _tell_staff(submission: Submission, cohort: Cohort, now: datetime) -> bool:
    closed = days(cohort.holidays)
    if now < rules.staff_from(submission.promised_at, submission.instead_at, cohort.time_zone, closed):
        return False
    watch = watch_of(submission)
    if watch.staff_told_at:
        return False
    watch.staff_told_at = now
    messages.long_late(submission, _staff(), now)
    return True


def _staff() -> list[User]:
    return list(db.session.scalars(select(User).where(User.is_staff).order_by(User.id)))
