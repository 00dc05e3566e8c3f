"""Where somebody can move to, by which rule, and where they have moved: for the screen and the verb."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import abort
from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased, lazyload

from app.accounts.models import User
from app.admissions.deferring_models import Deferral, DeferralTier
from app.admissions.deferring_rules import TARGETS, Terms, terms
from app.admissions.models import SeatHold
from app.admissions.rules import Seats
from app.admissions.seats import LIVE
from app.admissions.waitlist_models import WaitlistEntry
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.queries import ends_on
from app.lib.database import db
from app.payments import queries as payments
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Installment, Order
from app.payments.price_models import RefundTier


@dataclass(frozen=True)
class Place:
    """Somebody's place with the order that counts for it, the cohort's rule, and how often they have moved before."""

    enrollment: Enrollment
    order: Order | None
    tiers: list[DeferralTier]
    moved_before: int
    parts: list[Installment]  # of the order
    net_cents: int  # what we have of it
    employer: EmployerPurchase | None  # who paid for the seat, where no order did

    def terms(self, told_on: date) -> Terms:
        currency = self.order.currency if self.order else "usd"
        return terms(self.tiers, told_on, self.moved_before, self.enrollment.cohort.status, currency)


@dataclass(frozen=True)
class Target:
    """A cohort that somebody could go on in."""

    cohort: Cohort
    seats: Seats
    last_day: date
    refund: list[RefundTier]  # its refund rule

    @property
    def has_seat(self) -> bool:
        """Is a seat free that nobody in line waits for?"""
        return self.seats.public > 0


def place_for(user: User, enrollment_id: int) -> Place:
    """Somebody's place, for staff; 404 for everybody else and for what is not there. One query."""
    if not user.is_staff:
        abort(404)
    return place_of(enrollment_id) or abort(404)


def place_of(enrollment_id: int) -> Place | None:
    there = aliased(Enrollment)
    moved = select(func.count(Deferral.id)).join(there, there.id == Deferral.enrollment_id)
    moved = moved.where(there.user_id == Enrollment.user_id).correlate(Enrollment)
    query = select(
        Enrollment,
        Order,
        moved.scalar_subquery(),
        payments.net_sum(),
        EmployerPurchase,
        DeferralTier,
        Installment,
    )
    sits_in = (SeatHold.user_id == Enrollment.user_id, SeatHold.cohort_id == Enrollment.cohort_id)
    query = query.select_from(Enrollment).outerjoin(SeatHold, and_(*sits_in, SeatHold.status.in_(LIVE)))
    query = query.outerjoin(EmployerPurchase, EmployerPurchase.id == SeatHold.employer_purchase_id)
    query = query.outerjoin(Order, Order.id == payments.order_that_counts())
    query = query.outerjoin(DeferralTier, DeferralTier.cohort_id == Enrollment.cohort_id)
    query = query.outerjoin(Installment, Installment.order_id == Order.id)
    query = query.where(Enrollment.id == enrollment_id).order_by(DeferralTier.until, Installment.number)
    query = query.options(
        lazyload(Order.enrollment), lazyload(Installment.order), lazyload(EmployerPurchase.cohort)
    )
    rows = db.session.execute(query.execution_options(populate_existing=True)).all()
    if not rows:
        return None
    enrollment, order, moved_before, net_cents, employer = rows[0][:5]
    tiers, parts = ([one for one in dict.fromkeys(row[at] for row in rows) if one] for at in (5, 6))
    own = order is not None and order.status in payments.LIVE
    return Place(
        enrollment, order, tiers, moved_before, parts, int(net_cents or 0), None if own else employer
    )


def targets_of(enrollment: Enrollment, today: date) -> list[Target]:
    """The cohorts this person could go on in, the next start first, each with its seats. One query."""
    held = select(func.count(SeatHold.id)).where(SeatHold.cohort_id == Cohort.id, SeatHold.status.in_(LIVE))
    # nobody sits yet in some of an employer's
    held = held.where(SeatHold.user_id.is_distinct_from(enrollment.user_id))
    line = select(func.count(WaitlistEntry.id)).where(WaitlistEntry.cohort_id == Cohort.id)
    line = line.where(WaitlistEntry.status == "waiting", WaitlistEntry.user_id != enrollment.user_id)
    there = select(Enrollment.id).where(
        Enrollment.cohort_id == Cohort.id,
        Enrollment.user_id == enrollment.user_id,
        Enrollment.status != "pending",
    )
    query = select(Cohort, held.scalar_subquery(), line.scalar_subquery(), RefundTier)
    query = query.outerjoin(RefundTier, RefundTier.cohort_id == Cohort.id)
    query = query.where(Cohort.status.in_(TARGETS), Cohort.sales_stopped_at.is_(None))
    query = query.where(Cohort.id != enrollment.cohort_id, ~there.exists())
    found: dict[int, Target] = {}
    for cohort, taken, waiting, tier in db.session.execute(
        query.order_by(Cohort.starts_on, Cohort.id, RefundTier.until)
    ):
        seats = Seats(cohort.capacity, taken, 0, 0, waiting)
        target = found.setdefault(cohort.id, Target(cohort, seats, ends_on(cohort), []))
        if tier is not None:
            target.refund.append(tier)
    return [one for one in found.values() if one.last_day >= today]


def deferral_from(enrollment: Enrollment) -> Deferral | None:
    """Where this person went on, and what it came to; with their new place. One query."""
    query = select(Deferral).join(Deferral.enrollment).where(Enrollment.continues_id == enrollment.id)
    return db.session.scalar(query)
