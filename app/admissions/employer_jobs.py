"""What happens to employers' seats by itself, one order at a time: steps of the sweep, each safe to run twice."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, Select, select

from app.admissions import employers
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import checkout
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order


def _orders(*which: object) -> Select[int]:
    query = select(Order.id).join(SeatHold, SeatHold.employer_purchase_id == Order.employer_purchase_id)
    return query.where(*which).distinct()  # type: ignore[arg-type]


def newly_paid() -> Select[int]:
    """What is paid for a cohort that is cancelled goes back: see `cancelling`."""
    return _orders(SeatHold.status == "active", Order.status == "paid", _cohort(Cohort.status != "cancelled"))


def keep_paid(order_id: int, now: datetime) -> bool:
    """The seats of an employer who has paid stay held, and the contact hears of it."""
    begin_write()
    news = employers.keep_paid(db.session.get_one(Order, order_id), now)
    db.session.commit()
    return news


def over(now: datetime) -> Select[int]:
    """Orders whose seats were to be paid by now, in cohorts that can be paid for: nobody loses seats who could not."""
    late = (SeatHold.status == "active", SeatHold.until <= now, Order.status == "open")
    return _orders(*late, _cohort(Cohort.status != "cancelled", Cohort.sales_stopped_at.is_(None)))


def _cohort(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Is the cohort of the seat in the query around it such a one?"""
    return SeatHold.cohort_id.in_(select(Cohort.id).where(*which))


def let_go(order_id: int, now: datetime) -> bool:
    """Free an employer's seats, but never while they can still be paid for: Stripe ends the page first."""
    try:
        if checkout.close(order_id, now) != "over":
            return False
    except Refused as refused:  # Stripe is silent: nobody knows, so the seats stay held
        db.session.rollback()
        current_app.logger.warning("the seats of order %s stay: %s", order_id, refused.sentence)
        return False
    begin_write()
    gone = employers.let_go(db.session.get_one(Order, order_id), now)
    db.session.commit()
    return gone


def unclaimed(now: datetime) -> Select[int]:
    """Orders with seats that nobody has claimed, where the last day to do so may be over."""
    there = _cohort(Cohort.status != "cancelled")
    query = _orders(there, SeatHold.status == "converted", SeatHold.user_id.is_(None), Order.status == "paid")
    query = query.join(EmployerPurchase, EmployerPurchase.id == Order.employer_purchase_id)
    return query.where(EmployerPurchase.claim_until <= now.date())


def say_unclaimed(order_id: int, now: datetime) -> None:
    begin_write()
    employers.say_unclaimed(db.session.get_one(Order, order_id), now)
    db.session.commit()
