"""Whoever has not finished setting up after three days is reminded, once. Safe to run twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.cohorts import messages, onboarding
from app.cohorts import onboarding_rules as rules
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.rules import WORKING
from app.lib.database import begin_write, db
from app.lib.jobs import job

COMING = ("open", "closed", "running")


@job("remind-onboarding", minutes=60)
def remind_onboarding(now: datetime) -> None:
    """Only in a cohort that is coming or under way, and only who may work there: a place on hold is left in peace."""
    waiting = select(Enrollment.id).join(Enrollment.cohort).join(Enrollment.user).where(
        Enrollment.onboarded_at.is_(None),
        Enrollment.onboarding_since <= now - rules.NUDGE_AFTER,
        Enrollment.onboarding_since > now - rules.NUDGE_UNTIL,
        Enrollment.status.in_(WORKING),
        Cohort.status.in_(COMING),
        User.suspended_at.is_(None),
    )  # fmt: skip
    ids = db.session.scalars(waiting).all()
    db.session.rollback()
    for enrollment_id in ids:
        _remind(enrollment_id, now)


def _remind(enrollment_id: int, now: datetime) -> None:
    begin_write()
    row = db.session.get_one(Enrollment, enrollment_id, with_for_update={"of": Enrollment})
    if rules.wants_nudge(row.onboarding_since, row.onboarded_at, now) and _is_there(row):
        told, call = onboarding.told_by(row), onboarding.call_to_come(row.cohort_id, now)
        items = rules.checklist(told.items if told else {}, call is not None)
        onboarding.finish(None, row, items, now)
        if row.is_onboarding:
            messages.onboarding(row, [one.label for one in items if not one.state], call, now)
    db.session.commit()


def _is_there(row: Enrollment) -> bool:
    return row.status in WORKING and row.cohort.status in COMING and row.user.suspended_at is None
