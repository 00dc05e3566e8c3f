"""Verbs on charges of a saved card: begun, answered, given up. None of them commits, none of them asks Stripe.

`charging` does the asking around them. Each locks the order first.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Exists, func, select

from app.audit.actions import record
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.lib.money import money
from app.payments import actions, alerts, installments, messages, queries, rules, schedule
from app.payments.models import ChargeTry, Installment, Order, StripeCustomer
from app.payments.stripe import IN_FLIGHT as CALL_LASTS
from app.payments.stripe import plain

IN_FLIGHT = ("created", "processing")


def begin_try(installment_id: int, now: datetime) -> ChargeTry | None:
    """Write down that we are about to charge the saved card for what is open of this installment.

    None when it is not the time: paid, moved or waived meanwhile, a payment page of the order is open, or a charge is
    on its way. Without a card it fails at once, and the person is told.
    """
    order = actions.lock_order(_order_id(installment_id))
    part = next(one for one in installments.lock(order) if one.id == installment_id)
    if order.employer or order.cohort.status == "cancelled":
        return None
    if not rules.may_charge(order.status, order.enrollment.status, part.status, part.next_try_at, now):
        return None
    if queries.session_under_way(order.id) is not None or _in_flight(part):
        return None
    if order.card_id is None or db.session.get(StripeCustomer, order.enrollment.user_id) is None:
        _fail(order, part, schedule.NO_CARD, now)
        return None
    made = select(func.count()).where(ChargeTry.installment_id == part.id)
    row = ChargeTry(
        installment_id=part.id,
        number=(db.session.scalar(made) or 0) + 1,
        status="created",
        amount_cents=schedule.left_of(part),
        card_id=order.card_id,
        made_at=now,
    )
    part.status = "processing"
    db.session.add(row)
    db.session.flush()
    return row


def apply_intent(intent: Any, now: datetime) -> ChargeTry | None:
    """Move our rows to what a charge at Stripe is now: the settle step of the worker, the webhook and the reconciler.

    `intent` was fetched with its charge. Must run inside `begin_write()`. Returns our try; None when it is not of ours.
    """
    seen = plain(intent)
    row = _row_of(seen)
    if row is None:
        return None
    order = actions.lock_order(_order_id(row.installment_id))
    db.session.refresh(row)
    part = next(one for one in installments.lock(order) if one.id == row.installment_id)
    outcome = rules.intent_outcome(seen.get("status"))
    if row.stripe_payment_intent is None:
        row.stripe_payment_intent = seen["id"]
    if outcome == "open":
        return row
    if outcome != "failed" or row.status == "processing":
        actions.note_payment(order, seen["amount"], seen["currency"], seen, outcome, now)
    if row.status == "succeeded" or (row.status == "failed" and outcome != "succeeded"):
        return row
    row.status = outcome
    if outcome == "processing":
        part.status = "processing" if part.status in schedule.OPEN else part.status
        return row
    row.ended_at = now
    if outcome == "succeeded":
        if part.status == "processing":
            part.status = installments.before_asking(order, part, now)
        actions.settle_order(order, now)
        return row
    error = plain(seen.get("last_payment_error"))
    row.decline_code = str(error.get("decline_code") or error.get("code") or "")[:60] or None
    row.sentence = schedule.why_declined(row.decline_code)
    _fail(order, part, row.decline_code, now)
    return row


def refuse_try(row: ChargeTry, decline_code: str, now: datetime) -> None:
    """Stripe would not even try: the card on file is of no use, or the call was wrong. A person looks at it."""
    order = actions.lock_order(_order_id(row.installment_id))
    db.session.refresh(row)
    if row.status not in IN_FLIGHT:
        return
    part = next(one for one in installments.lock(order) if one.id == row.installment_id)
    row.status, row.ended_at, row.decline_code = "failed", now, decline_code
    row.sentence = schedule.why_declined(decline_code)
    name = order.payer.name
    detail = f"Stripe did not accept a charge of {name}'s card: see its log for installment {part.id}."
    alerts.raise_once("charge refused", f"charge-refused:try:{row.id}", order, detail, now)
    _fail(order, part, decline_code, now)


def is_silent(row: ChargeTry, now: datetime) -> bool:
    """Has nobody seen an answer to this try, and is nobody waiting for one right now?"""
    asked_at = row.asked_again_at or row.made_at
    return row.status in IN_FLIGHT and row.stripe_payment_intent is None and now - asked_at > CALL_LASTS


def ask_again(row: ChargeTry, now: datetime) -> bool:
    """Write down that Stripe, which has never heard of this try, is asked once more: until that call is over nobody
    gives it up. False where its end is known by now, or somebody asks at this moment."""
    actions.lock_order(_order_id(row.installment_id))
    db.session.refresh(row)
    if not is_silent(row, now):
        return False
    row.asked_again_at = now
    return True


def give_up_silent(row: ChargeTry, now: datetime) -> None:
    """As `give_up_try`, unless it was asked for again meanwhile."""
    actions.lock_order(_order_id(row.installment_id))
    db.session.refresh(row)
    if is_silent(row, now):
        give_up_try(row, now)


def give_up_try(row: ChargeTry, now: datetime) -> None:
    """Nothing came of this call, and its key will only repeat that: the next try has another one. Not counted."""
    order = actions.lock_order(_order_id(row.installment_id))
    db.session.refresh(row)
    if row.status not in IN_FLIGHT:
        return
    row.status, row.ended_at = "failed", now
    installments.stop_waiting(order, {row.installment_id}, now)


def _fail(order: Order, part: Installment, decline_code: str | None, now: datetime) -> None:
    """An installment could not be charged: when it is tried again, what the person reads, what it means for access."""
    if part.status not in schedule.OPEN or schedule.left_of(part) == 0:
        return
    today = installments.today_of(order, now)
    part.status, part.tries = "failed", part.tries + 1
    part.failed_at, part.failure = part.failed_at or now, schedule.why_declined(decline_code)
    again = schedule.next_try(today, part.tries, decline_code)
    part.next_try_at = installments.charge_at(order, again) if again else None
    amount = money(schedule.left_of(part), order.currency)
    name = order.payer.name
    record(None, f"Could not charge {amount} to {name}'s card: {part.failure}", ("order", order.id), now=now)
    db.session.flush()
    installments.follow_access(order, now)
    messages.charge_failed(part, order, now)


def _in_flight(part: Installment) -> bool:
    query = select(ChargeTry.id).where(ChargeTry.installment_id == part.id, ChargeTry.status.in_(IN_FLIGHT))
    return db.session.scalar(query) is not None


def _order_id(installment_id: int) -> int:
    return db.session.scalars(select(Installment.order_id).where(Installment.id == installment_id)).one()


def _row_of(seen: dict[str, Any]) -> ChargeTry | None:
    """Our try of an intent: by Stripe's id, else by the mark we put on it (when its answer never reached us)."""
    row = db.session.scalar(select(ChargeTry).where(ChargeTry.stripe_payment_intent == seen["id"]))
    mark = plain(seen.get("metadata")).get("try", "")
    if row is None and mark.isascii() and mark.isdigit() and len(mark) < 10:
        row = db.session.get(ChargeTry, int(mark))
    return row


def due_now(now: datetime) -> list[int]:
    """Ids of the installments whose time to be charged has come, the longest due first. One indexed query."""
    query = (
        select(Installment.id)
        .join(Order, Order.id == Installment.order_id)
        .where(Installment.status.in_(schedule.CHARGEABLE), Installment.next_try_at <= now)
        .where(Order.status == "part paid", _takes_place())
    )
    return list(db.session.scalars(query.order_by(Installment.next_try_at, Installment.id)))


def _takes_place() -> Exists:
    """Whether the cohort of the order in the query around it was not cancelled."""
    query = select(Enrollment.id).join(Cohort, Cohort.id == Enrollment.cohort_id)
    query = query.where(Enrollment.id == Order.enrollment_id, Cohort.status != "cancelled")
    return query.correlate(Order).exists()


def remind(now: datetime) -> int:
    """Write to everybody whose card is charged in two days, once for each day due. Returns how many."""
    soon = now + timedelta(days=schedule.REMIND_DAYS)
    query = (
        select(Installment)
        .join(Installment.order)
        .where(Installment.status == "scheduled", Installment.next_try_at.between(now, soon))
        .where(Order.status == "part paid", Installment.reminded_on.is_distinct_from(Installment.due_on))
        .where(_takes_place())
        .with_for_update(of=Installment)
    )
    found = db.session.scalars(query).all()
    for part in found:
        part.reminded_on = part.due_on
        messages.reminder(part, part.order, now)
    return len(found)
