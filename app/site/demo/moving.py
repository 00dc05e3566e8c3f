"""Moving to another cohort, in the demo: the rule of each cohort, and one person who has moved."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import deferring, deferring_queries
from app.admissions.deferring import Deferring
from app.admissions.deferring_models import DeferralTier
from app.cohorts.models import Cohort, Enrollment
from app.lib import times
from app.lib.database import db

FEE_CENTS = 15_000  # invented, as everything here


def rule(cohort: Cohort) -> None:
    """Free until two weeks before the start, then for a fee until the end of week 4; once."""
    for days, fee_cents in ((-14, 0), (27, FEE_CENTS)):
        until = cohort.starts_on + timedelta(days=days)
        db.session.add(DeferralTier(cohort_id=cohort.id, until=until, times=1, fee_cents=fee_cents))


def moved(staff: User, user: User, now: datetime) -> None:
    """This person went on in the next cohort that is open, with what they had built and paid."""
    at = now - timedelta(days=1)
    left = db.session.scalars(select(Enrollment.id).where(Enrollment.user_id == user.id)).one()
    target = select(Cohort).where(Cohort.status == "open").order_by(Cohort.starts_on)
    place = deferring_queries.place_of(left)
    assert place is not None
    what = Deferring(told_on=times.local_date(at, place.enrollment.cohort.time_zone), reason="health")
    deferring.defer(staff, place.enrollment, place.order, db.session.scalars(target).all()[0], what, at)
