"""What a person sees of their own money: each order with its schedule, what was paid, and what would come back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import and_, select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.payments import queries, rules, schedule
from app.payments.models import Installment, Order, Payment, Refund
from app.payments.paper_models import Paper
from app.payments.price_models import RefundTier


@dataclass
class Statement:
    """One order as its payer sees it."""

    order: Order
    refund: list[rules.RefundLine]
    payments: list[Payment]  # oldest first
    parts: list[Installment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)  # oldest first
    credit_notes: list[Paper] = field(default_factory=list)

    @property
    def net_cents(self) -> int:
        """What we have of it."""
        return sum(one.kept_cents for one in self.payments if one.status == "succeeded")

    @property
    def rest_cents(self) -> int:
        """What is still to be paid."""
        return schedule.pay_off_cents(self.parts)

    @property
    def owed_cents(self) -> int:
        """What it comes to in all: without what was waived or credited."""
        return schedule.owed_cents(self.order.price_cents, self.parts)


def statements_of(user: User) -> list[Statement]:
    """This person's orders, the latest first; those that came to nothing are left out. Three queries."""
    tiers = _orders_with_tiers(user)
    if not tiers:
        return []
    (payments, refunds), parts = queries.money_of(tiers), _parts_of(tiers)
    return [
        Statement(
            order,
            rules.refund_lines(
                found, schedule.owed_cents(order.price_cents, parts[order.id]), order.currency
            ),
            payments[order.id],
            parts[order.id],
            refunds[order.id],
            notes,
        )
        for order, (found, notes) in tiers.items()
    ]


def _orders_with_tiers(user: User) -> dict[Order, tuple[list[RefundTier], list[Paper]]]:
    """Each order with the refund rule of its cohort and its credit notes."""
    paid = select(Payment.id).where(Payment.order_id == Order.id, Payment.status == "succeeded").exists()
    query = select(Order, RefundTier, Paper).join(Order.enrollment)
    query = query.outerjoin(RefundTier, RefundTier.cohort_id == Enrollment.cohort_id)
    query = query.outerjoin(Paper, and_(Paper.order_id == Order.id, Paper.kind == "credit note"))
    query = query.where(Enrollment.user_id == user.id, Order.status.in_(queries.LIVE) | paid)
    found: dict[Order, tuple[list[RefundTier], list[Paper]]] = {}
    for order, tier, note in db.session.execute(query.order_by(Order.id.desc(), RefundTier.until, Paper.id)):
        tiers, notes = found.setdefault(order, ([], []))
        if tier is not None and tier not in tiers:
            tiers.append(tier)
        if note is not None and note not in notes:
            notes.append(note)
    return found


def _parts_of(orders: Collection[Order]) -> dict[int, list[Installment]]:
    found: dict[int, list[Installment]] = {order.id: [] for order in orders}
    query = select(Installment).where(Installment.order_id.in_(found)).order_by(Installment.number)
    for part in db.session.scalars(query.options(lazyload(Installment.order))):
        found[part.order_id].append(part)
    return found
