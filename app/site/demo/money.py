"""Seats that are taken and paid for in the demo, and what became of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import leaving, seats
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.lib import times
from app.lib.database import db
from app.payments import actions as payments
from app.payments import charges, installments, papers, withdrawals
from app.payments import queries as money_queries
from app.payments.models import Order, Payment, Refund
from app.payments.withdrawals import Withdrawal

# Number of installments → cents in all; invented, as everything here.
PRICES = {1: 240_000, 3: 255_000, 6: 264_000}


def enroll(
    user: User, practice: str, cohort: Cohort, at: datetime, parts: int = 1, paid: int | None = None
) -> Enrollment:
    """A seat that is taken: hold, order, an active enrollment, and the payments of the first `paid` installments."""
    hold = seats.take(cohort, user.id, "enrolled", None, at)
    assert hold is not None, f"{cohort.title} has no seat for {user.name}"
    enrollment = cohorts.enroll(user, user, cohort, practice, at)
    order = payments.open_order(
        user, enrollment, PRICES[parts], "usd", f"Seat in the {cohort.title}", at, parts
    )
    _pay(order, at, parts if paid is None else paid)
    cohorts.activate(None, enrollment, at)
    seats.keep(hold)
    return enrollment


def leave(staff: User, enrollment: Enrollment, now: datetime) -> None:
    """Left in time, so that all of it goes back; it is with the bank already."""
    order, at = money_queries.order_of(enrollment), now - timedelta(days=1)
    assert order is not None
    (paid,) = money_queries.payments_of([order])[order.id]
    paid.stripe_payment_intent = "pi_demo_left"  # so that it goes back to the card
    told_on = times.local_date(at, enrollment.cohort.time_zone)
    figures = withdrawals.account_of(order, told_on).figures
    what = Withdrawal(told_on, "health", False, figures.back_cents, figures.balance_cents)
    leaving.withdraw(staff, enrollment, order, what, at)
    (refund,) = db.session.scalars(select(Refund).where(Refund.payment_id == paid.id))
    refund.status, refund.sent_at, refund.ended_at = "succeeded", at, at
    paid.stripe_payment_intent = None  # the demo's Stripe has never seen it, and would be asked every night


def order_of(enrollment: Enrollment) -> Order:
    order = money_queries.order_of(enrollment)
    assert order is not None
    return order


def decline(enrollment: Enrollment) -> None:
    """The second installment could not be charged on its day: two weeks of grace begin."""
    order = order_of(enrollment)
    part = installments.lock(order)[1]
    charges.begin_try(part.id, installments.charge_at(order, part.due_on))


def _pay(order: Order, at: datetime, paid: int) -> None:
    """The money of the first installments, each on its day."""
    for part in installments.lock(order)[:paid]:
        on = at if part.number == 1 else installments.charge_at(order, part.due_on)
        row = Payment(order_id=order.id, amount_cents=part.amount_cents, currency="usd", status="succeeded")
        row.received_at, row.paid_with = on, "Visa ending 4242"
        db.session.add(row)
        installments.allocate(order)
        installments.mark_paid(order, on)
        papers.give_receipts(order, on)
    if paid == order.installments:
        order.status, order.paid_at = "paid", at
    else:
        order.status, order.card_words = "part paid", "Visa ending 4242"
