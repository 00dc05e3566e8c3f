"""What a person sees of their own money: each order with its schedule, what was paid, and what would come back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import and_, select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.payments import queries, rules, schedule
from app.payments.models import Installment, Order, Payment, Refund
from app.payments.paper_models import Paper
from app.payments.price_models import RefundTier

T = TypeVar("T")


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
    def disputed_cents(self) -> int:
        """What the payer's bank has taken back of it."""
        return sum(one.disputed_cents for one in self.payments if one.status == "succeeded")

    @property
    def is_begun(self) -> bool:
        """See `queries.is_begun`."""
        first_is_paid = any(part.number == 1 and part.status == "paid" for part in self.parts)
        return self.order.status in ("part paid", "paid") or first_is_paid

    @property
    def rest_cents(self) -> int:
        """What is still to be paid."""
        return schedule.pay_off_cents(self.parts)

    @property
    def owed_cents(self) -> int:
        """What it comes to in all: without what was waived or credited."""
        return schedule.owed_cents(self.order.price_cents, self.parts)


def statements_of(user: User) -> list[Statement]:
    """This person's orders, the latest first; those that came to nothing are left out. Two queries."""
    found = _orders_of(user)
    if not found:
        return []
    payments, refunds = queries.money_of(found)
    return [
        Statement(
            order,
            rules.refund_lines(tiers, schedule.owed_cents(order.price_cents, parts), order.currency),
            payments[order.id],
            parts,
            refunds[order.id],
            notes,
        )
        for order, (tiers, notes, parts) in found.items()
    ]


def _orders_of(user: User) -> dict[Order, tuple[list[RefundTier], list[Paper], list[Installment]]]:
    """Each order with the refund rule of its cohort, its credit notes and its schedule."""
    paid = select(Payment.id).where(Payment.order_id == Order.id, Payment.status == "succeeded").exists()
    query = select(Order, RefundTier, Paper, Installment).join(Order.enrollment)
    query = query.outerjoin(RefundTier, RefundTier.cohort_id == Enrollment.cohort_id)
    query = query.outerjoin(Paper, and_(Paper.order_id == Order.id, Paper.kind == "credit note"))
    query = query.outerjoin(Installment, Installment.order_id == Order.id).options(
        lazyload(Installment.order)
    )
    query = query.where(Enrollment.user_id == user.id, Order.status.in_(queries.LIVE) | paid)
    query = query.order_by(Order.id.desc(), RefundTier.until, Paper.id, Installment.number)
    found: dict[Order, tuple[list[RefundTier], list[Paper], list[Installment]]] = {}
    for order, tier, note, part in db.session.execute(query):
        tiers, notes, parts = found.setdefault(order, ([], [], []))
        _add(tiers, tier)
        _add(notes, note)
        _add(parts, part)
    return found


def _add(rows: list[T], one: T | None) -> None:
    """Each row once: the query pairs every one of them with every other."""
    if one is not None and one not in rows:
        rows.append(one)
