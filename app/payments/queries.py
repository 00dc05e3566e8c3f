"""Prices, orders and what was paid, as the other rooms need them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Exists,
    ScalarSelect,
    Select,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.orm import aliased, joinedload, lazyload

from app.accounts.models import User
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.lib import times
from app.lib.database import db
from app.payments import rules, schedule
from app.payments.event_models import MoneyAlert
from app.payments.models import ChargeTry, CheckoutSession, Installment, Order, Payment, Refund
from app.payments.price_models import Price, RefundTier

LIVE = ("open", "part paid", "paid")
UNDER_WAY = ("created", "open", "processing")


def price_of(cohort: Cohort, now: datetime) -> Price | None:
    """What a seat costs at this instant; None where no price is valid."""
    return next((plan for plan in plans_of(cohort, now) if plan.installments == 1), None)


def plans_of(cohort: Cohort, now: datetime) -> list[Price]:
    """What one may choose from at this instant: pay in full first, then in installments, each at its lowest price."""
    rows = db.session.scalars(select(Price).where(Price.cohort_id == cohort.id).order_by(Price.id))
    return rules.plans_now(rows, now)


def hidden_plan(cohort: Cohort, parts: int, now: datetime) -> Price | None:
    """The lowest price, valid at this instant, of a plan of so many installments that only a code opens."""
    rows = select(Price).where(Price.cohort_id == cohort.id, Price.installments == parts, Price.hidden)
    valid = rules.valid_now(db.session.scalars(rows.order_by(Price.id)), now)
    return min(valid, key=lambda plan: plan.amount_cents, default=None)


def refund_tiers(cohort: Cohort) -> list[RefundTier]:
    """The refund rule, the earliest day first. `refund_lines` puts it into words for an amount."""
    query = select(RefundTier).where(RefundTier.cohort_id == cohort.id).order_by(RefundTier.until)
    return list(db.session.scalars(query))


def refund_lines(cohort: Cohort, amount_cents: int, currency: str) -> list[rules.RefundLine]:
    """The refund rule of this cohort, worked out for an amount in cents. Days are the cohort's."""
    return rules.refund_lines(refund_tiers(cohort), amount_cents, currency)


def order_of(enrollment: Enrollment) -> Order | None:
    """The live order of an enrollment, or else its latest one."""
    query = select(Order).where(Order.enrollment_id == enrollment.id)
    return db.session.scalar(query.order_by(*_THE_ONE).limit(1))


_THE_ONE = (Order.status.in_(LIVE).desc(), Order.id.desc())


def order_that_counts() -> ScalarSelect[Any]:
    """The id of `order_of` the enrollment in the query around it."""
    inner = aliased(Order)
    query = select(inner.id).where(inner.enrollment_id == Enrollment.id)
    return query.order_by(inner.status.in_(LIVE).desc(), inner.id.desc()).limit(1).scalar_subquery()


def bank_decides() -> Exists:
    """Whether a bank is deciding on a payment for the order in the query around it."""
    waiting = (CheckoutSession.order_id == Order.id, CheckoutSession.status == "processing")
    return select(CheckoutSession.id).where(*waiting).correlate(Order).exists()


def _kept() -> ColumnElement[int]:
    """`Payment.kept_cents`, for a sum in a query."""
    gone = Payment.returned_cents + Payment.disputed_cents
    return case((gone >= Payment.amount_cents, 0), else_=Payment.amount_cents - gone)


def _sum(cents: ColumnElement[int]) -> ColumnElement[int]:
    """A sum that is a whole number on PostgreSQL too, which makes decimals of sums of sums."""
    return cast(func.coalesce(func.sum(cents), 0), BigInteger)


def net_sum() -> ScalarSelect[Any]:
    """`net_cents` of the order in the query around it."""
    arrived = (
        Payment.order_id == Order.id,
        Payment.status == "succeeded",
        Payment.currency == Order.currency,
    )
    return select(_sum(_kept())).where(*arrived).correlate(Order).scalar_subquery()


@dataclass(frozen=True)
class Terms:
    """What a seat costs now, in full and in installments, and what comes back of the price in full on which day."""

    price: Price | None
    plans: list[rules.OnSale]
    refund: list[rules.RefundLine]


def terms_of(cohort: Cohort, now: datetime) -> Terms:
    """`price_of`, the plans on sale, and the refund rule for the price in full, in one query."""
    both = select(Price, RefundTier).outerjoin(RefundTier, RefundTier.cohort_id == Price.cohort_id)
    rows = db.session.execute(both.where(Price.cohort_id == cohort.id).order_by(Price.id)).all()
    prices = list(dict.fromkeys(row[0] for row in rows))
    price = rules.price_now(prices, now)
    tiers = dict.fromkeys(row[1] for row in rows if row[1] is not None)
    refund = rules.refund_lines(tiers, price.amount_cents, price.currency) if price else []
    return Terms(price, on_sale(cohort, prices, now), refund)


def on_sale(cohort: Cohort, prices: Collection[Price], now: datetime) -> list[rules.OnSale]:
    """Which of these prices of a cohort anybody may choose at this instant."""
    return rules.on_sale(prices, now, times.local_date(now, cohort.time_zone), cohorts.ends_on(cohort))


def payments_of(orders: Collection[Order]) -> dict[int, list[Payment]]:
    """Order id → its payments, oldest first, each with its receipt."""
    found: dict[int, list[Payment]] = {order.id: [] for order in orders}
    query = select(Payment).where(Payment.order_id.in_(found)).order_by(Payment.received_at, Payment.id)
    for payment in db.session.scalars(query.options(joinedload(Payment.receipt))):
        found[payment.order_id].append(payment)
    return found


def net_cents(order: Order) -> int:
    """What we have of this order, in cents of its own currency: what arrived, has not been sent back (or is about to
    be), and was not taken back by a bank."""
    query = select(_sum(_kept()))
    arrived = (
        Payment.order_id == order.id,
        Payment.status == "succeeded",
        Payment.currency == order.currency,
    )
    return db.session.scalar(query.where(*arrived)) or 0


def money_of(orders: Collection[Order]) -> tuple[dict[int, list[Payment]], dict[int, list[Refund]]]:
    """Order id → its payments, and order id → what went back of them, or is to; each oldest first. One query."""
    payments: dict[int, list[Payment]] = {order.id: [] for order in orders}
    refunds: dict[int, list[Refund]] = {order.id: [] for order in orders}
    query = select(Payment, Refund).outerjoin(Refund, Refund.payment_id == Payment.id)
    query = query.where(Payment.order_id.in_(payments)).options(
        lazyload(Refund.payment), joinedload(Payment.receipt)
    )
    query = query.order_by(Payment.received_at, Payment.id, Refund.id)
    for payment, refund in db.session.execute(query):
        if payment not in payments[payment.order_id][-1:]:
            payments[payment.order_id].append(payment)
        if refund is not None:
            refunds[payment.order_id].append(refund)
    return payments, {order_id: sorted(found, key=lambda one: one.id) for order_id, found in refunds.items()}


def parts_of(order: Order) -> list[Installment]:
    """The schedule of an order, in its order."""
    query = select(Installment).where(Installment.order_id == order.id).order_by(Installment.number)
    return list(db.session.scalars(query.options(lazyload(Installment.order))))


def to_pay(order_id: int, wanted: Collection[int] | None) -> list[list[int]]:
    """What a payment page for these installments (None: the first) is to pay: pairs of id and open cents."""
    query = select(Installment).where(Installment.order_id == order_id).order_by(Installment.number)
    parts = list(db.session.scalars(query.options(lazyload(Installment.order))))
    chosen = parts[:1] if wanted is None else [part for part in parts if part.id in wanted]
    return [[part.id, schedule.left_of(part)] for part in chosen if schedule.left_of(part) > 0]


def is_begun(order: Order) -> bool:
    """Was the first installment paid, so that the seat is theirs? A bank may have taken the money back since: then the
    order is open again, that installment stays paid, and what follows can be paid."""
    first = (Installment.order_id == order.id, Installment.number == 1, Installment.status == "paid")
    return order.status in ("part paid", "paid") or bool(
        db.session.scalar(select(Installment.id).where(*first))
    )


def installment_for(user: User, installment_id: int) -> Installment:
    """One installment of this person's; 404 for everybody else and for what is not there."""
    query = select(Installment).join(Installment.order).join(Order.enrollment)
    found = db.session.scalar(query.where(Installment.id == installment_id, Enrollment.user_id == user.id))
    return found or abort(404)


def order_for(user: User, order_id: int) -> Order:
    """One order of this person's; 404 for everybody else and for what is not there."""
    query = select(Order).join(Order.enrollment)
    return db.session.scalar(query.where(Order.id == order_id, Enrollment.user_id == user.id)) or abort(404)


def tries_in_flight(order_id: int) -> list[ChargeTry]:
    """Charges of the saved card that were begun and whose end we have not seen."""
    query = select(ChargeTry).join(ChargeTry.installment).where(Installment.order_id == order_id)
    return list(db.session.scalars(query.where(ChargeTry.status.in_(("created", "processing")))))


def cards_needed(user_id: int) -> Select[str | None]:
    """The saved cards that plans of this person still need."""
    query = select(Order.card_id).join(Enrollment, Enrollment.id == Order.enrollment_id)
    live = Order.status.in_(("open", "part paid"))
    return query.where(Enrollment.user_id == user_id, Order.card_id.is_not(None), live)


def session_under_way(order_id: int) -> CheckoutSession | None:
    """The order's payment page that is open, or whose payment the bank is deciding on."""
    query = select(CheckoutSession).where(CheckoutSession.order_id == order_id)
    return db.session.scalar(query.where(CheckoutSession.status.in_(UNDER_WAY)))


def orders_under_way() -> Select[int]:
    """Ids of the orders that are being paid: a page is open, or the bank is deciding. For a query around it."""
    return select(CheckoutSession.order_id).where(CheckoutSession.status.in_(UNDER_WAY))


def left_unpaid(since: datetime) -> list[tuple[int, datetime]]:
    """Orders opened since then that nobody pays at the moment and no money came for, with the last try's moment."""
    tried = select(func.max(CheckoutSession.created_at)).where(CheckoutSession.order_id == Order.id)
    arrived = select(Payment.id).where(
        Payment.order_id == Order.id, Payment.status.in_(("processing", "succeeded"))
    )
    query = (
        select(Order.id, func.coalesce(tried.correlate(Order).scalar_subquery(), Order.created_at))
        .join(Enrollment, Enrollment.id == Order.enrollment_id)
        .where(
            Order.status.in_(("open", "expired")), Order.created_at >= since, Order.id == order_that_counts()
        )
        .where(~arrived.exists(), Order.id.not_in(orders_under_way()))
    )
    return [(order_id, began) for order_id, began in db.session.execute(query.order_by(Order.id))]


def paid_with_alert(kind: str) -> list[int]:
    """Orders that an open alert of this kind speaks of and that have been paid since, in part or in full: ids."""
    said = select(MoneyAlert.order_id).where(MoneyAlert.kind == kind, MoneyAlert.closed_at.is_(None))
    paid = select(Order.id).where(Order.id.in_(said), Order.status.in_(("part paid", "paid")))
    return list(db.session.scalars(paid))


def session_for(user: User, stripe_id: str) -> CheckoutSession | None:
    """This person's visit to the payment page, by Stripe's id of it."""
    query = select(CheckoutSession).join(CheckoutSession.order).join(Order.enrollment)
    return db.session.scalar(
        query.where(CheckoutSession.stripe_id == stripe_id, Enrollment.user_id == user.id)
    )


def employer_session(stripe_id: str) -> CheckoutSession | None:
    """An employer's visit to the payment page, by Stripe's id of it, which nobody else knows."""
    query = select(CheckoutSession).join(CheckoutSession.order)
    return db.session.scalar(
        query.where(CheckoutSession.stripe_id == stripe_id, Order.employer_purchase_id.is_not(None))
    )


def paid_late(order_id: int | None = None) -> list[int]:
    """Orders whose first installment was paid after they were let go, and is still with us: ids.

    Only while the alert about it is open, so that a person who has settled it by hand has the last word.
    """
    waiting = select(MoneyAlert.order_id).where(
        MoneyAlert.kind == "paid late", MoneyAlert.closed_at.is_(None)
    )
    other = aliased(Order)  # taken anew meanwhile: that one counts, and a person decides about this money
    anew = select(other.id).where(other.enrollment_id == Order.enrollment_id, other.status.in_(LIVE)).exists()
    query = select(Order).where(Order.status == "expired", Order.id.in_(waiting), ~anew)
    if order_id is not None:
        query = query.where(Order.id == order_id)
    return [order.id for order in db.session.scalars(query) if net_cents(order) >= _seat_cents(order)]


def _seat_cents(order: Order) -> int:
    """What must have arrived for the seat to be somebody's: the first installment."""
    first = select(Installment.amount_cents).where(Installment.order_id == order.id, Installment.number == 1)
    amount = db.session.scalar(first)
    return order.amount_cents if amount is None else amount
