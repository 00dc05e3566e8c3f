"""Verbs on money. None of them commits, none of them asks Stripe; `checkout` does the asking around them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.audit.actions import Actor, record
from app.cohorts import actions as cohorts
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import messages, queries, rules
from app.payments.models import CheckoutSession, MoneyAlert, Order, Payment
from app.payments.stripe import plain

# Stripe takes 30 minutes at least, also for a call that is repeated two minutes later; one more for the clocks.
PAGE_LIFE = timedelta(minutes=33)


def open_order(
    actor: Actor | None,
    enrollment: Enrollment,
    amount_cents: int,
    currency: str,
    description: str,
    now: datetime,
) -> Order:
    """Write down what this enrollment owes, frozen; the live order when there is one. `amount_cents` of `currency`."""
    live = select(Order).where(Order.enrollment_id == enrollment.id, Order.status.in_(queries.LIVE))
    found = db.session.scalar(live.with_for_update(of=Order))
    if found:
        return found
    order = Order(
        enrollment=enrollment,
        description=description[:200],
        amount_cents=amount_cents,
        currency=currency.lower(),
        status="open",
        created_at=now,
    )
    db.session.add(order)
    db.session.flush()
    sentence = f"Opened an order of {money(amount_cents, currency)} for {enrollment.user.name}"
    record(actor, sentence, ("order", order.id), now=now)
    return order


def lock_order(order_id: int) -> Order:
    """The order as it is now, locked until this transaction ends. Everything that moves its money locks it first."""
    query = select(Order).where(Order.id == order_id).with_for_update(of=Order)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def begin_session(order: Order, now: datetime) -> CheckoutSession:
    """Write down that we are about to ask Stripe for a payment page, so that its answer cannot get lost."""
    number = db.session.scalar(select(func.count()).where(CheckoutSession.order_id == order.id)) or 0
    row = CheckoutSession(
        order=order,
        number=number + 1,
        amount_cents=order.amount_cents,
        status="created",
        created_at=now,
        expires_at=now + PAGE_LIFE,
    )
    db.session.add(row)
    db.session.flush()
    return row


def record_session(row: CheckoutSession, stripe_id: str, url: str | None) -> None:
    """Keep what Stripe answered for this row. Twice is harmless."""
    row.stripe_id = row.stripe_id or stripe_id
    if row.status == "created":
        row.status, row.url = "open", url


def give_up_session(row: CheckoutSession) -> None:
    """No payment page came of this row, and none will."""
    if row.status == "created":
        row.status = "failed"


def expire_order(order: Order, now: datetime) -> None:
    """Let an unpaid order go, with the seat it was for. Money that arrives later is kept and a person is told."""
    if order.status == "open":
        order.status = "expired"
        sentence = f"Let the unpaid order of {order.enrollment.user.name} go"
        record(None, sentence, ("order", order.id), now=now)


def apply_session(session: Any, now: datetime) -> CheckoutSession | None:
    """Move our rows to what a session at Stripe is now: the one settle step, safe to run twice and at once.

    `session` was fetched with its payment intent and charge. Must run inside `begin_write()`. Returns our row of it;
    None when the session is not one of ours.
    """
    seen = plain(session)
    row = _row_of(seen)
    if row is None:
        return None
    order = lock_order(row.order_id)
    db.session.refresh(row)
    intent = plain(seen.get("payment_intent"))
    outcome = rules.outcome(seen.get("status"), seen.get("payment_status"), intent.get("status"))
    before = row.status
    if row.stripe_id in (
        None,
        seen["id"],
    ):  # a second session under our mark has no say in this row, only its money
        record_session(row, seen["id"], seen.get("url"))
        row.status = rules.advance(row.status, outcome)
    news = row.status != before
    if outcome in ("complete", "processing", "failed") and intent:
        _note_payment(row, seen, intent, outcome, now)
    if outcome == "complete":
        settle_order(order, now)
    elif news and outcome == "processing":
        messages.bank_deciding(row, now)
    elif news and outcome == "failed":
        record(None, f"The bank refused {order.enrollment.user.name}'s payment", ("order", order.id), now=now)
        messages.bank_refused(row, now)
    return row


def settle_order(order: Order, now: datetime) -> None:
    """Let the sum of an order's payments decide: paid opens the cohort, once; what does not fit becomes an alert."""
    db.session.flush()
    received = queries.received_cents(order)
    before, order.status = order.status, rules.order_status(order.status, order.amount_cents, received)
    name = order.enrollment.user.name
    if order.status in ("expired", "cancelled"):
        detail = f"{money(received, order.currency)} from {name} arrived after the seat was let go. Seat or refund?"
        alert("paid late", f"paid-late:order:{order.id}", order, detail, now)
    elif received > order.amount_cents:
        detail = (
            f"{name} paid {money(received, order.currency)} for {money(order.amount_cents, order.currency)}."
        )
        alert(
            "overpaid", f"overpaid:order:{order.id}:{received}", order, f"{detail} The rest goes back.", now
        )
    if order.status == "paid" and before != "paid":
        _open_cohort(order, now)


def revive_order(order: Order, now: datetime) -> None:
    """A seat was found for an order that was paid after it was let go: it counts after all. Alerts about it close."""
    order.status = "open"
    late = select(MoneyAlert).where(
        MoneyAlert.key == f"paid-late:order:{order.id}", MoneyAlert.closed_at.is_(None)
    )
    for row in db.session.scalars(late):
        row.closed_at = now
    settle_order(order, now)


def alert(kind: str, key: str, order: Order | None, detail: str, now: datetime) -> None:
    """Put something about money before a person; the same key does so once."""
    if db.session.scalar(select(MoneyAlert.id).where(MoneyAlert.key == key)):
        return
    order_id = order.id if order else None
    db.session.add(MoneyAlert(kind=kind, key=key, order_id=order_id, detail=detail[:500], opened_at=now))
    db.session.flush()


def _row_of(seen: dict[str, Any]) -> CheckoutSession | None:
    """Our row of a session: by Stripe's id, else by the mark we put on it (when its answer never reached us)."""
    row = db.session.scalar(select(CheckoutSession).where(CheckoutSession.stripe_id == seen["id"]))
    mark = plain(seen.get("metadata")).get("checkout", "")
    if row is None and mark.isascii() and mark.isdigit() and len(mark) < 10:
        row = db.session.get(CheckoutSession, int(mark))
    return row


def _note_payment(
    row: CheckoutSession, seen: dict[str, Any], intent: dict[str, Any], outcome: str, now: datetime
) -> None:
    """One payment row per payment intent, whoever noticed it first; a succeeded one is never taken back here."""
    status = {"complete": "succeeded", "processing": "processing", "failed": "failed"}[outcome]
    found = db.session.scalar(select(Payment).where(Payment.stripe_payment_intent == intent["id"]))
    if found is None:
        found = Payment(
            order_id=row.order_id,
            checkout_session_id=row.id,
            amount_cents=seen["amount_total"],
            currency=seen["currency"],
            status=status,
            stripe_payment_intent=intent["id"],
            received_at=now,
        )
        db.session.add(found)
    elif found.status == "succeeded":
        return
    elif status == "succeeded":
        found.received_at = now
    found.status = status
    charge = plain(intent.get("latest_charge"))
    found.stripe_charge, found.receipt_url = charge.get("id"), charge.get("receipt_url")
    found.method, found.paid_with = _source(charge)
    db.session.flush()
    if status == "succeeded":
        amount = money(found.amount_cents, found.currency)
        record(
            None, f"Received {amount} from {row.order.enrollment.user.name}", ("order", row.order_id), now=now
        )


def _source(charge: dict[str, Any]) -> tuple[str, str]:
    """What was paid with, as Stripe's word and in ours: ('card', 'Visa ending 4242')."""
    details = plain(charge.get("payment_method_details"))
    kind = details.get("type") or "card"
    source = plain(details.get(kind))
    maker = (
        source.get("brand")
        or source.get("bank_name")
        or ("Card" if kind == "card" else kind.replace("_", " "))
    )
    ending = f" ending {source['last4']}" if source.get("last4") else ""
    return kind[:20], f"{maker.title() if maker.islower() else maker}{ending}"[:60]


def _open_cohort(order: Order, now: datetime) -> None:
    order.paid_at = now
    lock = select(Enrollment).where(Enrollment.id == order.enrollment_id).with_for_update(of=Enrollment)
    enrollment = db.session.scalars(lock.execution_options(populate_existing=True)).one()
    try:
        cohorts.activate(None, enrollment, now)
    except Refused as refused:
        detail = f"{enrollment.user.name} has paid, but the cohort could not be opened: {refused.sentence}"
        alert("not opened", f"not-opened:order:{order.id}", order, detail, now)
        return
    messages.welcome(order, now)
