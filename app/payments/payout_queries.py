"""Payouts with the sums of what they are made of, and what is in one. Each function is one query; amounts are cents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select

from app.lib.database import db
from app.payments.models import Order, Payment, Refund
from app.payments.payout_models import BalanceLine, Payout
from app.payments.report_queries import PAYER, total, with_payers
from app.payments.report_tables import Scope


def payouts(scope: Scope) -> list[Row[Any]]:
    """id, stripe_payout_id, currency, arrives_on, status, automatic, listed_at, amount_cents, and the sums of what each
    is made of: payments, refunds, disputes, unknown, fees, net; the latest first. Days are Stripe's (UTC)."""
    made = _made_of().where(Payout.arrives_on.between(scope.period.first, scope.period.last)).subquery()
    parts = [
        func.coalesce(made.c[name], 0).label(name)
        for name in ("payments", "refunds", "disputes", "unknown", "fees", "net")
    ]
    query = select(
        Payout.id, Payout.stripe_payout_id, Payout.currency, Payout.arrives_on, Payout.status, Payout.automatic,
        Payout.listed_at, Payout.amount_cents, *parts,
    ).outerjoin(made, made.c.payout_id == Payout.id)  # fmt: skip
    query = query.where(Payout.arrives_on.between(scope.period.first, scope.period.last))
    return list(db.session.execute(query.order_by(Payout.arrives_on.desc(), Payout.id.desc())))


def _made_of() -> Any:
    def of(category: str) -> ColumnElement[int]:
        return total(case((BalanceLine.category == category, BalanceLine.amount_cents), else_=0))

    fees = case(
        (BalanceLine.category == "fee", BalanceLine.net_cents), else_=-BalanceLine.fee_cents
    )  # a fee of its own, or what Stripe kept of something else
    return (
        select(
            BalanceLine.payout_id,
            of("payment").label("payments"),
            of("refund").label("refunds"),
            of("dispute").label("disputes"),
            of("unknown").label("unknown"),
            total(fees).label("fees"),
            total(BalanceLine.net_cents).label("net"),
        )
        .join(Payout, Payout.id == BalanceLine.payout_id)
        .group_by(BalanceLine.payout_id)
    )


def payout_lines(payout_id: int, most: int) -> list[Row[Any]]:
    """transaction_id, kind, category, amount_cents, fee_cents, net_cents, description, made_at, order_id, name of each
    movement in a payout, in Stripe's order; one more than `most` when there are more."""
    by_refund = select(Refund.payment_id).where(Refund.id == BalanceLine.refund_id).scalar_subquery()
    lines = (
        select(
            BalanceLine.stripe_transaction_id.label("transaction_id"),
            BalanceLine.kind,
            BalanceLine.category,
            BalanceLine.amount_cents,
            BalanceLine.fee_cents,
            BalanceLine.net_cents,
            BalanceLine.description,
            BalanceLine.made_at,
            Order.id.label("order_id"),
            PAYER.label("name"),
        )
        .select_from(BalanceLine)
        .outerjoin(Payment, Payment.id == func.coalesce(BalanceLine.payment_id, by_refund))
        .outerjoin(Order, Order.id == Payment.order_id)
    )
    query = with_payers(lines).where(BalanceLine.payout_id == payout_id)
    query = query.order_by(BalanceLine.made_at, BalanceLine.id)
    return list(db.session.execute(query.limit(most + 1)))


def payout_sum(payout_id: int) -> int:
    """What the movements in a payout come to, in cents."""
    return (
        db.session.scalar(select(total(BalanceLine.net_cents)).where(BalanceLine.payout_id == payout_id)) or 0
    )
