"""A cohort does not take place: what that means for the money of one payer, by the refund rule's row for it.

The verbs do not commit and do not ask Stripe; call `refunding.clear_the_way` for each order first. What is with a bank
at that moment stays there; should it arrive, `return_late` sends it back as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Select, and_, exists, or_, select, type_coerce

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import actions, alerts, discounts, installments, queries, refunds, returns, schedule
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order, Payment, Refund
from app.payments.returns import CANCELLED, Figures
from app.payments.withdrawals import end_order

JUST_BEGUN = "A payment was begun a moment ago and Stripe has not said yet what became of it."
# What a person need not look at any more once everything goes back.
SETTLED = ("paid late", "seats unclaimed", "left checkout", "charge refused", "not opened")


@dataclass(frozen=True)
class Returned:
    """What became of one order: the arithmetic, what goes back, what would still have come, what a bank has."""

    order: Order
    figures: Figures
    refunds: Sequence[Refund]
    stopped_cents: int
    on_its_way: bool


def orders_to_end(payer: Enrollment | EmployerPurchase) -> list[int]:
    """Ids of the orders of this payer that are live, or that we have or may still get money of."""
    money_in = select(Payment.id).where(
        Payment.order_id == Order.id, Payment.status.in_(("succeeded", "processing"))
    )
    touched = or_(Order.status.in_(queries.LIVE), money_in.exists(), Order.id.in_(queries.orders_under_way()))
    key = Order.enrollment_id if isinstance(payer, Enrollment) else Order.employer_purchase_id
    query = select(Order.id).where(key == payer.id, touched)
    return list(db.session.scalars(query.order_by(Order.id)))


def lock_orders(payer: Enrollment | EmployerPurchase) -> list[int]:
    """The same, each locked until this transaction ends."""
    return [actions.lock_order(order_id).id for order_id in orders_to_end(payer)]


def end(actor: User, approved_by_id: int, order_id: int, now: datetime) -> Returned:
    """Nothing more is charged for this order, and what came in for it goes back.

    `actor` has asked for that, somebody has approved it. Raises Refused while a payment was just begun.
    """
    order = actions.lock_order(order_id)
    on_its_way = _on_its_way(order)
    parts, payments = installments.lock(order), refunds.arrived(order)
    figures = returns.figures_if_cancelled(
        returns.share_if_cancelled(queries.refund_tiers(order.cohort)),
        schedule.owed_cents(order.price_cents, parts),
        sum(one.amount_cents - one.returned_cents for one in payments),
        sum(one.amount_cents - one.returned_cents for one in payments if one.disputed_cents),
        order.currency,
    )
    stopped_cents = schedule.pay_off_cents(parts)
    made = end_order(actor, order, figures, CANCELLED, now, approved_by_id=approved_by_id)
    discounts.give_back(order, now, also_confirmed=True)
    alerts.close(order, SETTLED, now)
    if made:
        back, name = money(figures.back_cents, order.currency), order.payer.name
        sentence = f"{back} goes back to {name}: the cohort does not take place"
        record(None, sentence, ("order", order.id), now=now)
    return Returned(order, figures, made, stopped_cents, on_its_way)


def _on_its_way(order: Order) -> bool:
    """Is a bank deciding on money for this order? Refused where nobody knows yet whether money moves at all."""
    page, tries = queries.session_under_way(order.id), queries.tries_in_flight(order.id)
    if (page is not None and page.status != "processing") or any(
        one.stripe_payment_intent is None for one in tries
    ):
        raise Refused(JUST_BEGUN)
    pending = select(Payment.id).where(Payment.order_id == order.id, Payment.status == "processing").limit(1)
    return bool(page or tries) or db.session.scalar(pending) is not None


def _not_returned() -> Select[int]:
    """Ids of orders with a payment that we have and of which nothing was sent back for this reason yet."""
    asked = exists().where(Refund.payment_id == Payment.id, Refund.reason == CANCELLED)
    kept = Payment.amount_cents > Payment.returned_cents
    query = select(Payment.order_id).join(Order, Order.id == Payment.order_id)
    return query.where(
        Payment.status == "succeeded",
        Payment.currency == Order.currency,
        kept,
        type_coerce(Payment.disputed_cents, Integer) == 0,
        ~asked,
    )


def arrived_since(
    cohort_id: int, user_ids: Select[int | None], purchase_ids: Select[int | None]
) -> list[int]:
    """Ids of the orders of these people, in this cohort, and of these employers, for which money came after they were
    seen to."""
    query = _not_returned().outerjoin(Enrollment, Enrollment.id == Order.enrollment_id)
    theirs = and_(Enrollment.cohort_id == cohort_id, Enrollment.user_id.in_(user_ids))
    query = query.where(or_(theirs, Order.employer_purchase_id.in_(purchase_ids)))
    return list(dict.fromkeys(db.session.scalars(query.order_by(Payment.order_id))))


def return_late(actor: User, approved_by_id: int, order_id: int, now: datetime) -> int:
    """Send back what arrived for an order after it was ended: what the rule gives of all its money, without what was
    promised before. Twice is harmless. Returns the cents.
    """
    order = actions.lock_order(order_id)
    payments, promised, left = refunds.arrived(order), 0, {}
    for one in payments:
        made = db.session.scalars(select(Refund).where(Refund.payment_id == one.id)).all()
        promised += sum(row.amount_cents for row in made if _is_promise(row))
        gone = sum(row.amount_cents for row in made if row.reason != CANCELLED and row.status != "failed")
        left[one.id] = one.amount_cents - gone
    figures = returns.figures_if_cancelled(
        returns.share_if_cancelled(queries.refund_tiers(order.cohort)),
        0,
        sum(left.values()),
        sum(left[one.id] for one in payments if one.disputed_cents),
        order.currency,
    )
    shares = returns.spread(payments, max(0, figures.back_cents - promised))
    found = {one.id: one for one in payments}
    pairs = [(found[payment_id], cents) for payment_id, cents in shares]
    refunds.ask(actor, pairs, CANCELLED, figures.clause, False, now, approved_by_id)
    cents = sum(part for _payment_id, part in shares)
    if pairs:
        back, name = money(cents, order.currency), order.payer.name
        sentence = f"{back} that arrived later goes back to {name}: the cohort does not take place"
        record(None, sentence, ("order", order.id), now=now)
    actions.settle_order(order, now)
    return cents


def _is_promise(row: Refund) -> bool:
    """Was it asked for because of the cancellation? What goes by hand in the place of one that failed is no second."""
    instead = row.by_hand and row.payment.stripe_payment_intent is not None
    return row.reason == CANCELLED and not instead
