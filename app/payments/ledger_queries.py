"""The orders of a cohort with the money in them, as staff see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments import schedule
from app.payments.employer_models import EmployerPurchase
from app.payments.event_models import MoneyAlert
from app.payments.models import Installment, Order, Payment
from app.payments.queries import LIVE


@dataclass
class LedgerLine:
    """One order as staff see it, with what arrived and what a person must look at."""

    order_id: int
    user_id: int | None  # of an employer's order none, and no enrollment
    name: str
    enrollment_id: int | None
    enrollment_status: str
    purchase_id: int | None
    status: str
    amount_cents: int  # what it comes to: without what was waived, cancelled or credited
    currency: str
    created_at: datetime
    received_cents: int = 0  # what we have of it: without what went back
    returned_cents: int = 0
    received_at: datetime | None = None
    bank_deciding: bool = False
    receipts: list[tuple[str, str]] = field(default_factory=list)  # (paid with, address)
    alerts: list[str] = field(default_factory=list)


def _forgiven_sum() -> ScalarSelect[Any]:
    """What was waived or cancelled of the order in the query around it; see `schedule.owed_cents`."""
    forgiven = (Installment.order_id == Order.id, Installment.status.in_(schedule.FORGIVEN))
    rest = select(func.sum(Installment.amount_cents - Installment.covered_cents)).where(*forgiven)
    return rest.correlate(Order).scalar_subquery()


def ledger(cohort: Cohort) -> list[LedgerLine]:
    """The orders of a cohort that money was paid or is owed for, the latest first. One query."""
    money_in = and_(Payment.order_id == Order.id, Payment.status.in_(("succeeded", "processing")))
    noticed = and_(MoneyAlert.order_id == Order.id, MoneyAlert.closed_at.is_(None))
    query = (
        select(Order, Enrollment, User.name, EmployerPurchase, Payment, MoneyAlert, _forgiven_sum())
        .options(lazyload("*"))
        .outerjoin(Enrollment, Enrollment.id == Order.enrollment_id)
        .outerjoin(User, User.id == Enrollment.user_id)
        .outerjoin(EmployerPurchase, EmployerPurchase.id == Order.employer_purchase_id)
        .outerjoin(Payment, money_in)
        .outerjoin(MoneyAlert, noticed)
        .where(or_(Enrollment.cohort_id == cohort.id, EmployerPurchase.cohort_id == cohort.id))
        .where(or_(Order.status.in_(LIVE), Payment.id.is_not(None)))
        .order_by(Order.id.desc(), Payment.id, MoneyAlert.id)
    )
    lines: dict[int, LedgerLine] = {}
    counted: set[int] = set()
    for order, enrollment, name, purchase, payment, alert, forgiven in db.session.execute(query):
        owed = order.price_cents - (0 if order.status == "expired" else forgiven or 0)
        line = lines.setdefault(
            order.id,
            LedgerLine(
                order_id=order.id,
                user_id=enrollment.user_id if enrollment else None,
                name=purchase.employer if purchase else name,
                enrollment_id=order.enrollment_id,
                enrollment_status=enrollment.status if enrollment else "",
                purchase_id=order.employer_purchase_id,
                status=order.status,
                amount_cents=owed,
                currency=order.currency,
                created_at=order.created_at,
            ),
        )
        if payment is not None and payment.id not in counted:
            counted.add(payment.id)
            _add(line, payment)
        if alert is not None and alert.detail not in line.alerts:
            line.alerts.append(alert.detail)
    return list(lines.values())


def _add(line: LedgerLine, payment: Payment) -> None:
    if payment.status == "processing":
        line.bank_deciding = True
        return
    line.received_cents += payment.kept_cents
    line.returned_cents += payment.returned_cents
    line.received_at = payment.received_at
    if payment.receipt_url:
        line.receipts.append((payment.paid_with or "card", payment.receipt_url))
