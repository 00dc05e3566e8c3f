"""Receipts and credit notes: numbered without gaps in each year, their words frozen when they are given.

None of these verbs commits. A number belongs to the transaction that asked for it: what is rolled back has used none.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TypedDict

from flask import abort, current_app, render_template
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.lib import pdf, times
from app.lib.database import db
from app.lib.imprint import imprint
from app.lib.refusal import Refused
from app.payments.models import Allocation, Installment, Order, Payment
from app.payments.paper_models import Paper, PaperCounter


class Content(TypedDict):
    """What is printed of a paper besides its number, day and sum."""

    name: str  # who paid, or gets the credit
    what: str  # what the order was for
    paid_on: str  # the day, as 2026-04-09, in the cohort's zone; '' where nothing was paid
    paid_with: str  # 'Visa ending 4242', 'Check 1042'
    lines: list[tuple[str, int]]  # words and cents


def number(
    kind: str,
    order: Order,
    amount_cents: int,
    content: Content,
    now: datetime,
    payment: Payment | None = None,
) -> Paper:
    """Give the next 'receipt' or 'credit note' of the institute's calendar year. The order is locked.

    The counter's row stays locked until the transaction ends, so call it after every other lock, or two of these wait
    for each other.
    """
    year = times.local_date(now, imprint().time_zone).year
    paper = Paper(
        kind=kind,
        year=year,
        number=_next(kind, year),
        order_id=order.id,
        payment_id=payment.id if payment else None,
        amount_cents=amount_cents,
        currency=order.currency,
        issued_at=now,
        content=dict(content),
    )
    db.session.add(paper)
    db.session.flush()
    return paper


def credit(order: Order, cents: int, why: str, about: str, now: datetime) -> Paper:
    """A credit note over what is no longer owed, or never came. `about`: the payment or receipt it concerns."""
    content: Content = {
        "name": order.payer.name,
        "what": order.description,
        "paid_on": "",
        "paid_with": about,
        "lines": [(why, cents)],
    }
    return number("credit note", order, cents, content, now)


def _next(kind: str, year: int) -> int:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # One statement: the first two of a year must not meet on the key.
    counted = insert(PaperCounter).values(kind=kind, year=year, last=1)
    counted = counted.on_conflict_do_update(
        index_elements=[PaperCounter.kind, PaperCounter.year], set_={"last": PaperCounter.last + 1}
    )
    return db.session.scalars(counted.returning(PaperCounter.last)).one()


def give_receipts(order: Order, now: datetime) -> None:
    """A receipt for each payment of the order that arrived and has none. Twice is harmless."""
    given = select(Paper.id).where(Paper.payment_id == Payment.id).exists()
    arrived = select(Payment).where(Payment.order_id == order.id, Payment.status == "succeeded", ~given)
    for payment in db.session.scalars(arrived.order_by(Payment.received_at, Payment.id)):
        content: Content = {
            "name": order.payer.name,
            "what": order.description,
            "paid_on": times.local_date(payment.received_at, order.cohort.time_zone).isoformat(),
            "paid_with": payment.paid_with or "Card",
            "lines": _lines(order, payment),
        }
        number("receipt", order, payment.amount_cents, content, now, payment)


def _lines(order: Order, payment: Payment) -> list[tuple[str, int]]:
    """What the money of a payment went to, installment by installment; what pays nothing yet comes last."""
    query = select(Installment.number, Installment.name, Allocation.amount_cents).join(
        Allocation, Allocation.installment_id == Installment.id
    )
    rows = db.session.execute(
        query.where(Allocation.payment_id == payment.id).order_by(Installment.number)
    ).all()
    whole = order.installments == 1
    lines = [
        (name or (order.description if whole else f"Installment {part} of {order.installments}"), cents)
        for part, name, cents in rows
    ]
    rest = payment.amount_cents - sum(cents for _words, cents in lines)
    return lines + ([("Received on top of what was to pay", rest)] if rest else [])


def printed(paper: Paper) -> bytes:
    """The paper as a PDF of one page. Takes a tenth of a second: never in a writing transaction. Raises Refused."""
    paid_on = paper.content["paid_on"]
    html = render_template(
        "payments/paper.html",
        paper=paper,
        issued_on=times.local_date(paper.issued_at, imprint().time_zone),
        paid_on=date.fromisoformat(paid_on) if paid_on else None,
    )
    try:
        return pdf.bind(html, Path(current_app.static_folder or "static"), "receipt-print.css")[0]
    except pdf.NoTypesetter as missing:
        current_app.logger.error("no PDF: %s", missing)
        raise Refused(
            f"{paper.label} cannot be made as a PDF on this machine now. Please write to us."
        ) from missing


def paper_for(user: User, paper_id: int) -> Paper:
    """A paper of this person's own, or any of them for staff; 404 for everybody else and for what is not there."""
    query = select(Paper).options(joinedload(Paper.order)).where(Paper.id == paper_id)
    if not user.is_staff:
        query = query.join(Paper.order).join(Order.enrollment).where(Enrollment.user_id == user.id)
    return db.session.scalar(query) or abort(404)


def paper_of(order: Order, paper_id: int) -> Paper:
    """A paper of this order, for whoever may see the order; 404 for any other."""
    return db.session.scalar(select(Paper).where(Paper.id == paper_id, Paper.order_id == order.id)) or abort(
        404
    )
