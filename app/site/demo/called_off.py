"""A cohort of the demo that was cancelled: asked for by one, confirmed by another, everybody seen to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import actions, cancelling, cancelling_touched
from app.admissions import cancelling_queries as queries
from app.admissions.models import Application
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments.models import Order, Payment, Refund

WHY = (
    "Five people had asked for a seat, and peer groups need twelve. We would rather begin in the following cohort, "
    "with enough people at every table, than give you less than we described."
)


def cancelled(
    sam: User,
    lena: User,
    cohort: Cohort,
    enrolled: Sequence[Enrollment],
    applied: Sequence[Application],
    now: datetime,
) -> None:
    """Three had paid, the last of them by check; one was offered a seat, one had applied. Cancelled two days ago."""
    asked, confirmed = now - timedelta(days=2, hours=3), now - timedelta(days=2)
    actions.accept(sam, applied[0], applied[0].version, asked - timedelta(hours=20))
    paid = _payments(enrolled)
    for payment in paid[:-1]:
        payment.stripe_payment_intent = f"pi_demo_off_{payment.id}"  # so that it goes back to the card
    paid[-1].source, paid[-1].method, paid[-1].paid_with = "check", "check", "Check 2210"
    db.session.flush()
    cancelling.ask(sam, cohort, WHY, cancelling_touched.overview(cohort.id, 100).shown, asked)
    cancelling.confirm(lena, cohort, cancelling_touched.overview(cohort.id, 100).shown, confirmed)
    db.session.flush()
    for case_id in queries.waiting_cases():
        cancelling.see_to(case_id, confirmed + timedelta(minutes=1))
    _sent(paid[:-1], confirmed + timedelta(minutes=4))


def _payments(enrolled: Sequence[Enrollment]) -> list[Payment]:
    """What they paid, in the order of the people."""
    found: list[Payment] = []
    for one in enrolled:
        mine = select(Payment).join(Order, Order.id == Payment.order_id).where(Order.enrollment_id == one.id)
        found += db.session.scalars(mine.order_by(Payment.id))
    return found


def _sent(paid: Sequence[Payment], at: datetime) -> None:
    """It is with the bank already. The demo's Stripe has never seen these payments, and would be asked every night."""
    for payment in paid:
        row = db.session.scalars(select(Refund).where(Refund.payment_id == payment.id)).one()
        row.status, row.sent_at, row.ended_at = "succeeded", at, at
        payment.stripe_payment_intent = None
