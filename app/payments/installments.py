"""Verbs on the schedule of an order: laid out, paid from the money that came, and what it makes of the enrollment.

None of them commits; each is called with the order locked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import lazyload

from app.audit.actions import record
from app.cohorts import actions as cohorts
from app.cohorts.models import Enrollment
from app.lib import times
from app.lib.database import db
from app.lib.money import money
from app.payments import alerts, messages, queries, returns, schedule
from app.payments.models import Allocation, ChargeTry, CheckoutSession, Installment, Order, Payment
from app.payments.schedule import Due


def today_of(order: Order, now: datetime) -> date:
    """The day it is in the cohort's zone."""
    return times.local_date(now, order.cohort.time_zone)


def charge_at(order: Order, on: date) -> datetime:
    """The instant when the card is charged for what is due on this day."""
    return times.at(on, schedule.CHARGE_AT, order.cohort.time_zone)


def lay_out(order: Order, parts: Sequence[Due]) -> None:
    """Write the schedule down, in the place of one that nothing was paid of. The first is never charged by us."""
    db.session.execute(delete(Installment).where(Installment.order_id == order.id))
    for one in parts:
        row = Installment(
            order_id=order.id,
            number=one.number,
            due_on=one.due_on,
            amount_cents=one.amount_cents,
            status="due" if one.number == 1 else "scheduled",
            next_try_at=None if one.number == 1 else charge_at(order, one.due_on),
        )
        db.session.add(row)
    db.session.flush()


def lock(order: Order) -> list[Installment]:
    """The order's schedule as it is now, locked with it."""
    db.session.flush()
    query = select(Installment).where(Installment.order_id == order.id).order_by(Installment.number)
    query = query.options(lazyload(Installment.order)).with_for_update(of=Installment)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def allocate(order: Order) -> list[Payment]:
    """Let all money that arrived and pays nothing yet pay what is open. Returns the payments that found something.

    First what the money was sent for, then the oldest that is open: whatever comes twice shortens the plan and is
    never charged on top of it.
    """
    parts = lock(order)
    left = {part.id: schedule.left_of(part) for part in parts}
    used = []
    for payment, rest in _unallocated(order):
        before = rest
        wanted = _sent_for(payment)
        for part in sorted(parts, key=lambda one: (one.id not in wanted, one.number)):
            share = min(rest, left[part.id])
            if share > 0:
                _allocate(payment, part, share)
                rest, left[part.id] = rest - share, left[part.id] - share
        if rest < before:
            used.append(payment)
    db.session.flush()
    return used


def _unallocated(order: Order) -> Iterator[tuple[Payment, int]]:
    """Each payment that arrived for the order, oldest first, with the cents of it that are still ours to allocate."""
    given = select(Allocation.payment_id, func.sum(Allocation.amount_cents).label("cents"))
    spent = given.group_by(Allocation.payment_id).subquery()
    query = select(Payment, func.coalesce(spent.c.cents, 0)).outerjoin(
        spent, spent.c.payment_id == Payment.id
    )
    arrived = (
        Payment.order_id == order.id, Payment.status == "succeeded", Payment.currency == order.currency
    )  # fmt: skip
    query = query.where(*arrived).order_by(Payment.received_at, Payment.id)
    for payment, cents in db.session.execute(query.execution_options(populate_existing=True)):
        if payment.kept_cents > cents:
            yield payment, payment.kept_cents - cents


def _sent_for(payment: Payment) -> Collection[int]:
    """The installments this money was meant for when it was asked for."""
    if payment.checkout_session_id is not None:
        covers = db.session.get_one(CheckoutSession, payment.checkout_session_id).covers
        return {installment_id for installment_id, _cents in covers}
    if payment.stripe_payment_intent is None:
        return ()
    charged = select(ChargeTry.installment_id).where(
        ChargeTry.stripe_payment_intent == payment.stripe_payment_intent
    )
    return set(db.session.scalars(charged))


def _allocate(payment: Payment, part: Installment, cents: int) -> None:
    row = db.session.get(Allocation, (payment.id, part.id))
    if row is None:
        db.session.add(Allocation(payment_id=payment.id, installment_id=part.id, amount_cents=cents))
    else:
        row.amount_cents += cents


def mark_paid(order: Order, now: datetime) -> list[Installment]:
    """Call those paid whose money is there. Returns the ones that were not before."""
    newly = [one for one in lock(order) if one.status in schedule.OPEN and schedule.left_of(one) == 0]
    for part in newly:
        part.status, part.paid_at = "paid", now
        part.next_try_at, part.failed_at, part.failure = None, None, ""
    return newly


def wait_for_bank(order: Order, ids: Collection[int]) -> None:
    """A bank is deciding on money for these: nothing of them is charged meanwhile."""
    for part in lock(order):
        if part.id in ids and part.status in schedule.CHARGEABLE:
            part.status = "processing"


def stop_waiting(order: Order, ids: Collection[int], now: datetime) -> None:
    """No money comes of what these waited for: each is again what it was."""
    for part in lock(order):
        if part.id in ids and part.status == "processing":
            part.status = before_asking(order, part, now)


def before_asking(order: Order, part: Installment, now: datetime) -> str:
    """What an installment is while no money is on its way."""
    if part.failed_at is not None:
        return "failed"
    return "due" if part.due_on <= today_of(order, now) else "scheduled"


def cancel(order: Order) -> None:
    """Nothing more is asked for of this order."""
    for part in lock(order):
        if part.status in schedule.OPEN:
            part.status = "cancelled"


def cut_back(order: Order, keep_cents: int) -> None:
    """Only so much is still to be paid of this order, the oldest first, and no card is charged for it by itself."""
    parts = [part for part in lock(order) if part.status in schedule.OPEN]
    for part, stays in zip(parts, returns.cut_back(parts, keep_cents), strict=True):
        if stays == 0:
            part.status = "cancelled"
        else:
            part.amount_cents = part.covered_cents + stays
            part.status, part.failed_at, part.failure = "due", None, ""
        part.next_try_at = None


def bring_back(order: Order, now: datetime) -> None:
    """What was cancelled with the order is due again."""
    for part in lock(order):
        if part.status == "cancelled":
            part.status = before_asking(order, part, now)


def follow_access(order: Order, now: datetime) -> None:
    """Let the schedule decide on the enrollment: grace from the first failure, then suspended; paid is active at once.

    It only takes back what it has done itself: whoever left, is paused or has completed stays so. An employer's order
    says nothing about the places of those who claimed a seat of it.
    """
    if order.status not in queries.LIVE or order.employer:
        return
    parts, today = lock(order), today_of(order, now)
    if order.grace_until is None:
        failures = [part.failed_at for part in parts if part.status == "failed" and part.failed_at]
        if not failures:
            return
        first = times.local_date(min(failures), order.cohort.time_zone)
        order.grace_until = schedule.grace_until(first)
    state = schedule.access([part.status for part in parts], order.grace_until, today)
    _move(order, state, now)


def _move(order: Order, state: str | None, now: datetime) -> None:
    query = select(Enrollment).where(Enrollment.id == order.enrollment_id).with_for_update(of=Enrollment)
    enrollment = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if state == "active":
        order.grace_until = None
        cohorts.reopen(None, enrollment, "nothing is overdue", now)
        alerts.close(order, ("grace", "suspended"), now)
    elif state == "grace":
        _begin_grace(order, enrollment, now)
    elif state == "suspended":
        _suspend(order, enrollment, now)


def _begin_grace(order: Order, enrollment: Enrollment, now: datetime) -> None:
    assert order.grace_until is not None
    until = times.day_year(order.grace_until)
    if cohorts.begin_grace(None, enrollment, f"an installment failed; open until {until}", now):
        failed = [part for part in queries.parts_of(order) if part.status == "failed"]
        amount = money(schedule.pay_off_cents(failed), order.currency)
        detail = (
            f"{enrollment.user.name}: {amount} could not be charged. Everything stays open until {until}."
        )
        alerts.close(order, ("suspended",), now)
        alerts.raise_once("grace", f"grace:order:{order.id}:{order.grace_until}", order, detail, now)


def _suspend(order: Order, enrollment: Enrollment, now: datetime) -> None:
    if cohorts.suspend(None, enrollment, "an installment was not paid", now):
        since = times.day_year(today_of(order, now))
        detail = f"{enrollment.user.name} is suspended since {since}: an installment was not paid."
        alerts.close(order, ("grace",), now)
        alerts.raise_once("suspended", f"suspended:order:{order.id}:{order.grace_until}", order, detail, now)
        messages.suspended(order, now)


def try_again(order: Order, now: datetime) -> None:
    """There is another card: what could not be charged is charged at the worker's next round."""
    for part in lock(order):
        if part.status == "failed":
            part.next_try_at = now


def keep_card(order: Order, card_id: str, words: str, ends_on: date | None, now: datetime) -> None:
    """Charge this card from now on. An installment that failed for want of a usable card is not retried by this."""
    if order.card_id != card_id:
        order.card_id, order.card_words, order.card_ends_on = card_id, words[:60], ends_on
        record(
            None,
            f"Kept {words} for the installments of {order.payer.name}",
            ("order", order.id),
            now=now,
        )
