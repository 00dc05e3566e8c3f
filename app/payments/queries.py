"""Prices, orders and what was paid, as the other rooms need them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select

from app.accounts.models import User
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments import rules
from app.payments.models import CheckoutSession, MoneyAlert, Order, Payment, Price, RefundTier

LIVE = ("open", "part paid", "paid")
UNDER_WAY = ("created", "open", "processing")


def price_of(cohort: Cohort, now: datetime) -> Price | None:
    """What a seat costs at this instant; None where no price is valid."""
    rows = db.session.scalars(select(Price).where(Price.cohort_id == cohort.id).order_by(Price.id))
    return rules.price_now(rows, now)


def refund_tiers(cohort: Cohort) -> list[RefundTier]:
    """The refund rule, the earliest day first. `refund_lines` puts it into words for an amount."""
    query = select(RefundTier).where(RefundTier.cohort_id == cohort.id).order_by(RefundTier.until)
    return list(db.session.scalars(query))


def refund_lines(cohort: Cohort, amount_cents: int, currency: str) -> list[rules.RefundLine]:
    """The refund rule of this cohort, worked out for an amount in cents. Days are the cohort's."""
    tiers = [(tier.until, tier.share_percent) for tier in refund_tiers(cohort)]
    return rules.refund_lines(tiers, amount_cents, currency)


def refund_lines_of(orders: Collection[Order]) -> dict[int, list[rules.RefundLine]]:
    """Order id → the refund rule of its cohort, worked out for its amount."""
    ids = {order.enrollment.cohort_id for order in orders}
    tiers: dict[int, list[tuple[date, int]]] = {cohort_id: [] for cohort_id in ids}
    for tier in db.session.scalars(select(RefundTier).where(RefundTier.cohort_id.in_(ids))):
        tiers[tier.cohort_id].append((tier.until, tier.share_percent))
    return {
        order.id: rules.refund_lines(tiers[order.enrollment.cohort_id], order.amount_cents, order.currency)
        for order in orders
    }


def order_of(enrollment: Enrollment) -> Order | None:
    """The live order of an enrollment, or else its latest one."""
    query = select(Order).where(Order.enrollment_id == enrollment.id)
    return db.session.scalar(query.order_by(Order.status.in_(LIVE).desc(), Order.id.desc()).limit(1))


def orders_for(user: User) -> list[Order]:
    """This person's orders, the latest first; those that came to nothing are left out."""
    query = select(Order).join(Order.enrollment).where(Enrollment.user_id == user.id)
    paid = select(Payment.id).where(Payment.order_id == Order.id, Payment.status == "succeeded").exists()
    return list(db.session.scalars(query.where(Order.status.in_(LIVE) | paid).order_by(Order.id.desc())))


def payments_of(orders: Collection[Order]) -> dict[int, list[Payment]]:
    """Order id → its payments, oldest first."""
    found: dict[int, list[Payment]] = {order.id: [] for order in orders}
    query = select(Payment).where(Payment.order_id.in_(found)).order_by(Payment.received_at, Payment.id)
    for payment in db.session.scalars(query):
        found[payment.order_id].append(payment)
    return found


def received_cents(order: Order) -> int:
    """The sum of what has arrived for this order, in cents of its own currency."""
    query = select(func.coalesce(func.sum(Payment.amount_cents), 0))
    arrived = (
        Payment.order_id == order.id,
        Payment.status == "succeeded",
        Payment.currency == order.currency,
    )
    return db.session.scalar(query.where(*arrived)) or 0


def session_under_way(order_id: int) -> CheckoutSession | None:
    """The order's payment page that is open, or whose payment the bank is deciding on."""
    query = select(CheckoutSession).where(CheckoutSession.order_id == order_id)
    return db.session.scalar(query.where(CheckoutSession.status.in_(UNDER_WAY)))


def session_for(user: User, stripe_id: str) -> CheckoutSession | None:
    """This person's visit to the payment page, by Stripe's id of it."""
    query = select(CheckoutSession).join(CheckoutSession.order).join(Order.enrollment)
    return db.session.scalar(
        query.where(CheckoutSession.stripe_id == stripe_id, Enrollment.user_id == user.id)
    )


def bank_deciding(cohort: Cohort) -> set[int]:
    """User ids of those whose bank has not answered yet."""
    query = (
        select(Enrollment.user_id)
        .join(Order, Order.enrollment_id == Enrollment.id)
        .join(CheckoutSession, CheckoutSession.order_id == Order.id)
        .where(Enrollment.cohort_id == cohort.id, CheckoutSession.status == "processing")
    )
    return set(db.session.scalars(query))


def ledger(cohort: Cohort) -> list[Order]:
    """The orders of a cohort that money was paid or is owed for, the latest first."""
    query = select(Order).join(Order.enrollment).where(Enrollment.cohort_id == cohort.id)
    paid = select(Payment.id).where(Payment.order_id == Order.id).exists()
    return list(db.session.scalars(query.where(Order.status.in_(LIVE) | paid).order_by(Order.id.desc())))


def open_alerts(cohort: Cohort) -> list[MoneyAlert]:
    """What about this cohort's money a person must look at, oldest first."""
    query = select(MoneyAlert).join(Order, MoneyAlert.order_id == Order.id).join(Order.enrollment)
    query = query.where(Enrollment.cohort_id == cohort.id, MoneyAlert.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(MoneyAlert.id)))
