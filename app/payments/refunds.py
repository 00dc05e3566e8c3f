"""Verbs on money out: refunds asked for, approved, sent, answered; disputes followed. None of them commits, none of
them asks Stripe; `refunding` does the asking around them. Each locks the order first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audit.actions import record
from app.lib import times
from app.lib.database import db
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import actions, alerts, installments, messages, queries, returns, rules, schedule
from app.payments.models import Dispute, Order, Payment, Refund
from app.payments.stripe import plain

BANK_HAS_IT = "The payer's bank has taken this payment back itself, so nothing was sent a second time."
NOT_ACCEPTED = "Stripe did not accept it: less is left of the payment there than was to go back. See its log."
NOT_WAITING = "None of these refunds is waiting for a second person any more. Nothing was changed."
NOT_BY_HAND = "This refund is not one that goes by check or transfer, or it has been sent already."


def ask(
    actor: User,
    payments: Iterable[tuple[Payment, int]],
    reason: str,
    clause: str,
    second_person: bool,
    now: datetime,
    approved_by_id: int | None = None,
) -> list[Refund]:
    """Write down what goes back of which payment, in cents. The worker sends it, once a second person has approved it
    where one is needed. `approved_by_id`: somebody else who has said yes already. The order is locked by the caller.
    """
    approver_id = None if second_person else approved_by_id or actor.id
    made = [
        Refund(
            payment=payment,
            amount_cents=cents,
            reason=reason,
            clause=clause,
            status="requested" if second_person else "approved",
            external=False,
            by_hand=payment.stripe_payment_intent is None,
            asked_by_id=actor.id,
            approved_by_id=approver_id,
            asked_at=now,
            approved_at=None if second_person else now,
        )
        for payment, cents in payments
    ]
    db.session.add_all(made)
    db.session.flush()
    _ask_for_hands(made, now)
    return made


def _ask_for_hands(refunds: Iterable[Refund], now: datetime) -> None:
    """What goes back by check or transfer is a task: nobody but a person can do it."""
    for row in refunds:
        if row.by_hand and row.status == "approved":
            order = row.payment.order
            amount, name = money(row.amount_cents, order.currency), order.payer.name
            detail = f"{amount} goes back to {name} by check or transfer: send it, then say so."
            alerts.raise_once("pay back by hand", f"pay-back-by-hand:{row.id}", order, detail, now)


def approve(actor: User, order_id: int, now: datetime) -> int:
    """The second person's yes to everything of an order that waits for one. Returns the cents. Raises Refused."""
    order = actions.lock_order(order_id)
    waiting = waiting_of(order)
    for row in waiting:
        returns.check_second(row.asked_by_id, actor.id)
        row.status, row.approved_by_id, row.approved_at = "approved", actor.id, now
    cents = sum(row.amount_cents for row in waiting)
    alerts.close(order, ("refund to approve",), now)
    _ask_for_hands(waiting, now)
    sentence = f"Approved that {money(cents, order.currency)} goes back to {order.payer.name}"
    record(actor, sentence, ("order", order.id), now=now)
    return cents


def waiting_of(order: Order) -> list[Refund]:
    """What of a locked order waits for a second person. Raises Refused when nothing does."""
    waiting = [one for one in lock_refunds(order) if one.status == "requested"]
    if not waiting:
        raise Refused(NOT_WAITING)
    return waiting


def sent_by_hand(actor: User, refund: Refund, now: datetime) -> None:
    """The check is in the mail, or the transfer is made: a person says so. Raises Refused."""
    order = actions.lock_order(refund.payment.order_id)
    db.session.refresh(refund)
    if not refund.by_hand or refund.status != "approved":
        raise Refused(NOT_BY_HAND)
    refund.status, refund.sent_at, refund.ended_at = "succeeded", now, now
    if all(one.status != "approved" for one in lock_refunds(order) if one.by_hand):
        alerts.close(order, ("pay back by hand",), now)
    name = order.payer.name
    sentence = f"Sent {money(refund.amount_cents, order.currency)} back to {name} by check or transfer"
    record(actor, sentence, ("order", order.id), now=now)
    messages.refunded(refund, now)


def by_hand_instead(actor: User, refund: Refund, now: datetime) -> Refund:
    """A refund that failed goes by check or transfer. It was approved already: only the way changes. Raises Refused."""
    order = actions.lock_order(refund.payment.order_id)
    db.session.refresh(refund)
    owed = schedule.owed_cents(order.price_cents, installments.lock(order))
    too_much = queries.net_cents(order) - owed
    came_back = refund.status == "failed" and not refund.external and not refund.is_declined
    if not came_back or too_much < refund.amount_cents:
        raise Refused("This refund has not failed, or its money has gone back already. Nothing was changed.")
    again = Refund(
        payment=refund.payment, amount_cents=refund.amount_cents, reason=refund.reason, clause=refund.clause,
        status="approved", external=False, by_hand=True, asked_by_id=refund.asked_by_id,
        approved_by_id=refund.approved_by_id, asked_at=now, approved_at=now,
    )  # fmt: skip
    db.session.add(again)
    db.session.flush()
    alerts.close(order, ("refund failed",), now)
    _ask_for_hands([again], now)
    sentence = f"Chose a check or transfer for the {money(again.amount_cents, order.currency)} that came back"
    record(actor, sentence, ("order", order.id), now=now)
    return again


def begin_sending(refund_id: int, now: datetime) -> tuple[Refund, bool] | None:
    """Write down that Stripe is about to be asked for this refund. Returns it, and whether that was written before.

    None when it is not to be sent: not approved, by hand, on its way already, or the payer's bank has taken the money.
    """
    row = db.session.get_one(Refund, refund_id)
    order = actions.lock_order(row.payment.order_id)
    db.session.refresh(row)
    db.session.refresh(row.payment)
    if row.status != "approved" or row.by_hand or row.external:
        return None
    if row.payment.disputed_cents:
        _fail(row, order, BANK_HAS_IT, now)
        return None
    before, row.sent_at = row.sent_at, row.sent_at or now
    return row, before is not None


def refuse(refund_id: int, now: datetime) -> None:
    """Stripe would not send this refund, and will not. A person looks at it."""
    row = db.session.get_one(Refund, refund_id)
    order = actions.lock_order(row.payment.order_id)
    db.session.refresh(row)
    if row.status == "approved":
        _fail(row, order, NOT_ACCEPTED, now)


def apply_refund(refund: Any, now: datetime) -> Refund | None:
    """Move our rows to what a refund at Stripe is now: the one settle step, safe to run twice and at once.

    One that we did not ask for becomes a row of its own, *external*. Must run inside `begin_write()`. None: its
    payment is not one of ours.
    """
    seen = plain(refund)
    payment = _payment_of(seen)
    if payment is None:
        return None
    order = actions.lock_order(payment.order_id)
    row = _row_of(seen, payment)
    known = row is not None
    if row is None:
        row = _external(seen, payment, now)
    row.stripe_refund_id = seen["id"]
    before, row.status = row.status, returns.advance(row.status, returns.at_stripe(seen.get("status")))
    if known and row.status == before:
        return row
    if row.status in ("succeeded", "failed"):
        row.ended_at = now
    failed_now = row.status == "failed" and before != "failed"
    db.session.flush()
    if row.external:
        _credit(order, row, failed_now, now)
    if failed_now:
        _say_failed(row, order, _why(seen), now)
    elif row.status == "succeeded" and not row.external:
        messages.refunded(row, now)
    _record(row, order, now)
    actions.settle_order(order, now)
    return row


def _external(seen: dict[str, Any], payment: Payment, now: datetime) -> Refund:
    made_at = min(datetime.fromtimestamp(seen["created"], UTC), now)  # the news may have been lost for days
    row = Refund(
        payment=payment, amount_cents=seen["amount"], reason=str(seen.get("reason") or "")[:200], status="sent",
        external=True, by_hand=False, asked_at=made_at, sent_at=made_at,
    )  # fmt: skip
    db.session.add(row)
    return row


def _credit(order: Order, row: Refund, failed_now: bool, now: datetime) -> None:
    """What was sent back without us is no longer owed; a person is asked what it means for the place."""
    net, name = queries.net_cents(order), order.payer.name
    if order.status in queries.LIVE:
        parts = installments.lock(order)
        owed, to_come = schedule.owed_cents(order.price_cents, parts), schedule.pay_off_cents(parts)
        order.credited_cents += returns.credit_of(
            row.amount_cents, owed, net, to_come, order.credited_cents, failed_now
        )
    if not failed_now:
        detail = returns.external_detail(name, row.amount_cents, order.currency, net == 0)
        alerts.raise_once("external refund", f"external-refund:{row.stripe_refund_id}", order, detail, now)


def _record(row: Refund, order: Order, now: datetime) -> None:
    amount, name = money(row.amount_cents, order.currency), order.payer.name
    said = {
        "sent": f"{amount} is on its way back to {name}",
        "succeeded": f"{amount} went back to {name}",
        "failed": f"{amount} for {name} came back from the bank",
    }[row.status]
    record(None, said + (", from Stripe's dashboard" if row.external else ""), ("order", order.id), now=now)


def _fail(row: Refund, order: Order, why: str, now: datetime) -> None:
    row.status, row.ended_at = "failed", now
    _say_failed(row, order, why, now)
    _record(row, order, now)
    actions.settle_order(order, now)


def _say_failed(row: Refund, order: Order, why: str, now: datetime) -> None:
    row.failure = why
    amount, name = money(row.amount_cents, order.currency), order.payer.name
    detail = f"{amount} did not reach {name}. {why} Send it another way."
    alerts.raise_once("refund failed", f"refund-failed:{row.id}", order, detail, now)


def _why(seen: dict[str, Any]) -> str:
    reason = str(seen.get("failure_reason") or "").replace("_", " ")[:100]
    return f"The bank sent it back ({reason})." if reason else "The bank sent it back."


def _payment_of(seen: dict[str, Any]) -> Payment | None:
    """Our payment of a refund or a dispute, by its payment intent."""
    intent = plain(seen.get("payment_intent")).get("id")
    query = select(Payment).where(Payment.stripe_payment_intent == intent)
    return db.session.scalar(query) if isinstance(intent, str) else None


def _row_of(seen: dict[str, Any], payment: Payment) -> Refund | None:
    """Our row of a refund: by Stripe's id, else by the mark we put on it (when its answer never reached us)."""
    query = select(Refund).where(Refund.payment_id == payment.id).with_for_update(of=Refund)
    rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
    mark = str(plain(seen.get("metadata")).get("refund", ""))
    for row in rows:
        if row.stripe_refund_id == seen["id"]:
            return row
    unknown = (row for row in rows if row.stripe_refund_id is None and not row.by_hand)
    return next((row for row in unknown if str(row.id) == mark), None)


def lock_refunds(order: Order) -> list[Refund]:
    query = select(Refund).join(Payment, Payment.id == Refund.payment_id).where(Payment.order_id == order.id)
    query = query.order_by(Refund.id).with_for_update(of=Refund)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def arrived(order: Order) -> list[Payment]:
    """The payments that arrived for an order, oldest first, as they are now."""
    mine = (Payment.order_id == order.id, Payment.status == "succeeded", Payment.currency == order.currency)
    query = select(Payment).where(*mine).order_by(Payment.received_at, Payment.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


# --- disputes -----------------------------------------------------------------------------------------------


def apply_dispute(dispute: Any, now: datetime) -> Dispute | None:
    """Move our row to what a dispute at Stripe is now, and put it before a person. Safe to run twice and at once.

    Must run inside `begin_write()`. None: its payment is not one of ours.
    """
    seen = plain(dispute)
    payment = _payment_of(seen)
    if payment is None:
        return None
    order = actions.lock_order(payment.order_id)
    query = select(Dispute).where(Dispute.stripe_dispute_id == seen["id"])
    row = db.session.scalar(query.execution_options(populate_existing=True))
    before = row.status if row else None
    if row is None:
        row = Dispute(payment=payment, stripe_dispute_id=seen["id"], opened_at=now)
        db.session.add(row)
    elif row.status == seen["status"] or row.closed_at is not None:
        return row
    row.status, row.amount_cents = str(seen["status"])[:40], seen["amount"]
    row.reason = str(seen.get("reason") or "")[:60]
    due = plain(seen.get("evidence_details")).get("due_by")
    row.evidence_due = datetime.fromtimestamp(due, UTC) if due else None
    row.closed_at = now if row.status in rules.DECIDED else None
    db.session.flush()
    _tell_of_dispute(row, before, order, now)
    actions.settle_order(order, now)
    return row


def _tell_of_dispute(row: Dispute, before: str | None, order: Order, now: datetime) -> None:
    amount, name = money(row.amount_cents, order.currency), order.payer.name
    if row.closed_at is not None:
        alerts.close(order, ("dispute",), now)
        said = f"The bank closed {name}'s dispute of {amount}: {row.status}"
        record(None, said, ("order", order.id), now=now)
        if row.status == "lost":
            detail = (
                f"{name}'s dispute of {amount} is lost: the money is gone, and their place stays as it is."
            )
            alerts.raise_once("dispute lost", f"dispute-lost:{row.stripe_dispute_id}", order, detail, now)
    elif before is None:
        zone = order.cohort.time_zone
        until = (
            f" Answer at Stripe by {times.day_year(times.local_date(row.evidence_due, zone))}."
            if row.evidence_due
            else ""
        )
        detail = (
            f"{name}'s bank contests {amount}.{until} Nothing of that payment can be sent back meanwhile."
        )
        record(None, f"{name}'s bank contested {amount}", ("order", order.id), now=now)
        alerts.raise_once("dispute", f"dispute:{row.stripe_dispute_id}", order, detail, now)
