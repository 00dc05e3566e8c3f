"""Seats whose time is over, and money that came late: looked for every minute, safe to run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import current_app
from sqlalchemy import Select, select

from app.admissions import actions, employer_jobs, seats, waitlist, waitlist_queries
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.lib.jobs import job
from app.lib.refusal import Refused
from app.payments import actions as payments
from app.payments import checkout
from app.payments import queries as money
from app.payments.models import Order


@job("sweep-seats", minutes=1)
def sweep_seats(now: datetime) -> int:
    """Keep paid seats, let go what was not paid in time, seat those who paid late, offer what is free to the waitlist.

    Returns how often seats were let go: those of one employer go together.
    """
    running = select(Cohort.id).where(Cohort.status.in_(("open", "closed", "running")))
    _each(running, _keep_paid, now)
    _each(employer_jobs.newly_paid(), employer_jobs.keep_paid, now)
    # Who cannot pay, because somebody asked to cancel the cohort, does not lose the seat over it.
    sells = SeatHold.cohort_id.in_(
        select(Cohort.id).where(Cohort.status != "cancelled", Cohort.sales_stopped_at.is_(None))
    )
    own = SeatHold.employer_purchase_id.is_(None)
    over = select(SeatHold.id).where(SeatHold.status == "active", SeatHold.until <= now, own, sells)
    freed = _each(over, _let_go, now) + _each(employer_jobs.over(now), employer_jobs.let_go, now)
    _each(employer_jobs.unclaimed(now), employer_jobs.say_unclaimed, now)
    for order_id in money.paid_late():
        _one(order_id, _seat_late_money, now)
    _each(waitlist_queries.cohorts_with_a_line(), _offer_freed, now)
    return freed


def _each(rows: Select[int], work: Callable[[int, datetime], object], now: datetime) -> int:
    """Do the work for each id; returns for how many it said yes."""
    ids = db.session.scalars(rows).all()
    db.session.rollback()
    return sum(bool(_one(one, work, now)) for one in ids)


def _one(one: int, work: Callable[[int, datetime], object], now: datetime) -> object:
    """Do the work for one id; a fault in it is logged and keeps nobody else waiting."""
    try:
        return work(one, now)
    except Exception:
        db.session.rollback()
        current_app.logger.exception("the sweep failed at %s %s", work.__name__, one)
        return None


def _keep_paid(cohort_id: int, now: datetime) -> None:
    begin_write()
    seats.lock(cohort_id)
    actions.keep_paid_seats(cohort_id, now)
    db.session.commit()


def _seat_late_money(order_id: int, now: datetime) -> None:
    begin_write()
    actions.find_seat_for_late_money(db.session.get_one(Order, order_id), now)
    db.session.commit()


def _offer_freed(cohort_id: int, now: datetime) -> None:
    """One free seat after the other to the first in line, each with its mail in a transaction of its own."""
    while True:
        begin_write()
        try:
            offer = waitlist.offer_next(cohort_id, now)
        except Refused as refused:  # no price is valid today: the line waits until there is one
            db.session.rollback()
            current_app.logger.warning(
                "no offer to the waitlist of cohort %s: %s", cohort_id, refused.sentence
            )
            return
        if offer is None:
            db.session.rollback()
            return
        db.session.commit()


def _let_go(hold_id: int, now: datetime) -> bool:
    """Free one seat, but never while it can still be paid for: Stripe is asked to end the page first."""
    hold = db.session.get_one(SeatHold, hold_id)
    order = _order_of(hold)
    order_id, cohort_id = (order.id if order else None), hold.cohort_id
    db.session.rollback()
    try:
        if order_id is not None and checkout.close(order_id, now) != "over":
            return False
    except Refused as refused:  # Stripe is silent: nobody knows, so the seat stays held
        db.session.rollback()
        current_app.logger.warning("seat hold %s stays: %s", hold_id, refused.sentence)
        return False
    begin_write()
    seats.lock(cohort_id)
    order = payments.lock_order(order_id) if order_id is not None else None
    hold = db.session.get_one(SeatHold, hold_id, populate_existing=True)
    busy = order is not None and (order.status != "open" or money.session_under_way(order.id) is not None)
    if busy or hold.status != "active" or hold.until is None or hold.until > now:
        db.session.rollback()  # paid, or paying again, while we were asking
        return False
    actions.let_go(hold, order, now)
    db.session.commit()
    return True


def _order_of(hold: SeatHold) -> Order | None:
    """The live order that this hold is for."""
    query = select(Order).join(Order.enrollment).where(
        Enrollment.cohort_id == hold.cohort_id, Enrollment.user_id == hold.user_id, Order.status.in_(money.LIVE)
    )  # fmt: skip
    return db.session.scalar(query)
